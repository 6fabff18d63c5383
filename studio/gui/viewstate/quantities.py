"""What contenders can be placed by: scores, times, sizes; and who is beaten by nobody in two."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds, nothing
from studio.analysis.summary import ContenderSummary
from studio.core.metrics import metrics_of
from studio.gui.viewstate.compare import Results

_MEGA = 1e6


@dataclass(frozen=True)
class Quantity:
    """One figure of each contender.

    Attributes:
        key: Its word in a choice.
        label: Of an axis, with the unit.
        higher_is_better: The direction.
        values: With intervals where they have one; contenders without a value are left out.
    """

    key: str
    label: str
    higher_is_better: bool
    values: Mapping[str, Interval]

    def is_better(self, value: float, other: float) -> bool:
        """Whether a value is strictly better."""
        return value > other if self.higher_is_better else value < other


def quantities(results: Results) -> tuple[Quantity, ...]:
    """All that is known of the contenders: the main metric, the other metrics, then costs."""
    preparation = results.history.preparation
    found = []
    for metric in metrics_of(preparation):
        unit = preparation.unit if metric.in_target_units else ""
        label = f"test {metric.label}, {unit}" if unit else f"test {metric.label}"
        values = {each.history.name: each.metrics[metric.name] for each in _all(results)}
        found.append((metric.label, label, metric.higher_is_better, values))
    for key, label, figure in _COSTS:
        values = {each.history.name: figure(each) for each in _all(results)}
        found.append((key, label, False, values))
    return tuple(
        Quantity(key, label, higher, _known(values)) for key, label, higher, values in found
    )


def pareto_front(x: Quantity, y: Quantity) -> tuple[str, ...]:
    """Contenders that no other beats in one quantity without losing in the other, by x.

    Means decide; intervals may overlap.
    """
    names = [name for name in x.values if name in y.values]
    kept = [name for name in names if not any(_beats(other, name, x, y) for other in names)]
    return tuple(sorted(kept, key=lambda name: x.values[name].value))


def _beats(first: str, second: str, x: Quantity, y: Quantity) -> bool:
    pairs = [(each, each.values[first].value, each.values[second].value) for each in (x, y)]
    if any(quantity.is_better(theirs, ours) for quantity, ours, theirs in pairs):
        return False
    return any(quantity.is_better(ours, theirs) for quantity, ours, theirs in pairs)


def _all(results: Results) -> Sequence[ContenderSummary]:
    return results.summary.contenders


def _known(values: Mapping[str, Interval]) -> dict[str, Interval]:
    return {name: value for name, value in values.items() if math.isfinite(value.value)}


def _memory(contender: ContenderSummary) -> Interval:
    memory = contender.memory
    return nothing(math.nan if memory is None else memory.total / _MEGA)


def _epochs(contender: ContenderSummary) -> Interval:
    kept = [run.result.kept_epoch for run in contender.history.runs if run.result is not None]
    return mean_over_seeds(np.array(kept, dtype=np.float64)) if kept else nothing()


_COSTS = (
    ("training time", "training time, s", lambda each: each.training_s),
    ("step time", "time of a step, ms", lambda each: each.step_ms),
    ("parameters", "parameters", lambda each: nothing(float(each.history.parameters))),
    ("training memory", "training memory, MB", _memory),
    (
        "multiply-accumulates",
        "multiply-accumulates of an answer, millions",
        lambda each: nothing(each.history.macs / _MEGA),
    ),
    ("kept epoch", "epoch that was kept", _epochs),
)
