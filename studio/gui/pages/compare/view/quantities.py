"""Quantities of contenders (scores, times, sizes), and the Pareto front of two."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds, no_interval
from studio.analysis.summaries.summary import ContenderSummary
from studio.core.results.metrics import metrics_of
from studio.gui.view.results_view import Results

_MEGA = 1e6


@dataclass(frozen=True)
class Quantity:
    """One figure of each contender.

    Attributes:
        key: Its name in a list of choices.
        label: Of an axis, with the unit.
        higher_is_better: The direction.
        values: With intervals where they have one; contenders without a value are left out.
        limit: What a device allows at most, with its name; None without one.
    """

    key: str
    label: str
    higher_is_better: bool
    values: Mapping[str, Interval]
    limit: tuple[str, float] | None = None

    def is_better(self, value: float, other: float) -> bool:
        return value > other if self.higher_is_better else value < other


def quantities(results: Results) -> tuple[Quantity, ...]:
    """The main metric, the other metrics, then costs."""
    preprocessing = results.history.preprocessing
    figures = []
    for metric in filter(lambda metric: metric.has_direction, metrics_of(preprocessing)):
        unit = preprocessing.unit if metric.in_target_units else ""
        label = f"test {metric.label}, {unit}" if unit else f"test {metric.label}"
        values = {
            contender.history.name: contender.metrics[metric.name] for contender in _all(results)
        }
        figures.append((metric.label, label, metric.higher_is_better, values))
    for key, label, figure in _COSTS:
        values = {contender.history.name: figure(contender) for contender in _all(results)}
        figures.append((key, label, False, values))
    return tuple(
        Quantity(key, label, higher, _known(values)) for key, label, higher, values in figures
    )


def pareto_front(x: Quantity, y: Quantity) -> tuple[str, ...]:
    """Contenders that no other beats in one quantity without losing in the other, by x.

    Means decide; intervals may overlap.
    """
    names = [name for name in x.values if name in y.values]
    front = [name for name in names if not any(_beats(other, name, x, y) for other in names)]
    return tuple(sorted(front, key=lambda name: x.values[name].value))


def _beats(first: str, second: str, x: Quantity, y: Quantity) -> bool:
    pairs = [
        (contender, contender.values[first].value, contender.values[second].value)
        for contender in (x, y)
    ]
    if any(quantity.is_better(theirs, ours) for quantity, ours, theirs in pairs):
        return False
    return any(quantity.is_better(ours, theirs) for quantity, ours, theirs in pairs)


def _all(results: Results) -> Sequence[ContenderSummary]:
    return results.summary.contenders


def _known(values: Mapping[str, Interval]) -> dict[str, Interval]:
    return {name: value for name, value in values.items() if math.isfinite(value.value)}


def _memory(contender: ContenderSummary) -> Interval:
    memory = contender.memory
    return no_interval(math.nan if memory is None else memory.total / _MEGA)


def _epochs(contender: ContenderSummary) -> Interval:
    best_epochs = [
        run.result.kept_epoch for run in contender.history.runs if run.result is not None
    ]
    return (
        mean_over_seeds(np.array(best_epochs, dtype=np.float64)) if best_epochs else no_interval()
    )


_COSTS = (
    ("training time", "training time, s", lambda contender: contender.training_s),
    ("step time", "step time, ms", lambda contender: contender.step_ms),
    (
        "parameters",
        "parameters",
        lambda contender: no_interval(float(contender.history.parameters)),
    ),
    ("training memory", "training memory, MB", _memory),
    (
        "multiply-accumulates",
        "multiply-accumulates per prediction, millions",
        lambda contender: no_interval(contender.history.macs / _MEGA),
    ),
    ("best epoch", "best epoch", _epochs),
)
