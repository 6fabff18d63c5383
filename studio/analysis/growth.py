"""What more training examples changed, from one comparison to the same one on more of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from studio.analysis.comparing import compare
from studio.analysis.evidence import (
    DECIDES,
    Evidence,
    complete_pairs,
    ended_pairs,
    evidence_of,
)
from studio.analysis.intervals import Interval
from studio.analysis.same_but_for_size import examples_of
from studio.analysis.words import figure, with_interval
from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.core.metrics import Metric

Trend = Literal["better", "worse", "moves", "level", "undecided"]


@dataclass(frozen=True)
class Change:
    """How a score, or the difference of two, changes from a smaller to a larger training part.

    Attributes:
        names: The contender, or the two whose difference it is.
        smaller: Examples of the smaller training part.
        larger: Those of the larger one.
        label: The metric's name for people.
        unit: Its unit, or "".
        interval: Larger - smaller, paired by seed and test example, with its interval.
        margin: Changes up to this count as none.
        trend: What follows: "better" or "worse" of a score, "moves" of a difference, "level" where
            the interval lies within the margin, else "undecided".
    """

    names: tuple[str, ...]
    smaller: int
    larger: int
    label: str
    unit: str
    interval: Interval
    margin: float
    trend: Trend

    @property
    def sentence(self) -> str:
        """The same in words."""
        what = f"{self.label} of {self.names[0]}"
        if len(self.names) > 1:
            what = f"difference {self.names[0]} − {self.names[1]}"
        found = with_interval(self.interval, self.unit)
        margin = figure(self.margin, self.margin)
        return (
            f"From {self.smaller:,} to {self.larger:,} training examples the {what} changes by "
            f"{found}: {_WORDS[self.trend].format(margin=margin)}."
        )


_WORDS: dict[Trend, str] = {
    "better": "more examples still helped",
    "worse": "more examples made it worse",
    "moves": "it still moves, so more data may change the verdict",
    "level": "inside the margin of {margin}, it has levelled off",
    "undecided": "neither away from zero nor inside the margin of {margin}, undecided",
}


def changes(
    small: ComparisonHistory, large: ComparisonHistory, metric: Metric
) -> tuple[Change, ...]:
    """A change for each contender and for each pair; those of which nothing ended are left out.

    Both comparisons must be alike but for their size: the same seeds and test examples are paired,
    as the contenders of one comparison are.
    """
    names = [each.name for each in large.contenders]
    margins = {
        (each.first, each.second): each.margin for each in compare(large, metric) if each.seeds
    }
    widest = max(margins.values(), default=_margin(large, metric))
    alone = (_change(small, large, metric, (name,), widest) for name in names)
    both = (
        _change(small, large, metric, pair, margins.get(pair, widest))
        for pair in combinations(names, 2)
    )
    return tuple(each for each in (*alone, *both) if each is not None)


def _margin(history: ComparisonHistory, metric: Metric) -> float:
    """Without a pair: the user's margin, or the metric's own of the only contender's score."""
    if history.spec.margin is not None or not metric.relative_margin:
        return history.spec.margin or metric.margin
    contender = history.contenders[0]
    found = evidence_of(history, contender, metric, _pairs((history,), (contender.name,)))
    return metric.margin * abs(found.mean) if found else 0.0


def _change(
    small: ComparisonHistory,
    large: ComparisonHistory,
    metric: Metric,
    names: tuple[str, ...],
    margin: float,
) -> Change | None:
    pairs = _pairs((small, large), names)
    if not pairs:
        return None
    before, after = (_evidence(each, metric, names, pairs) for each in (small, large))
    interval = after.minus(before).interval()
    trend = _trend(interval, margin, metric, is_pair=len(names) > 1)
    unit = large.preparation.unit if metric.in_target_units else ""
    sizes = examples_of(small), examples_of(large)
    return Change(names, *sizes, metric.label, unit, interval, margin, trend)


def _pairs(histories: Sequence[ComparisonHistory], names: Sequence[str]) -> tuple[Pair, ...]:
    """Seeds and divisions that ended for these contenders in every comparison."""
    contenders = [history.contender(name) for history in histories for name in names]
    return complete_pairs(histories[-1], ended_pairs(*contenders))


def _evidence(
    history: ComparisonHistory, metric: Metric, names: tuple[str, ...], pairs: tuple[Pair, ...]
) -> Evidence:
    found = [evidence_of(history, history.contender(name), metric, pairs) for name in names]
    return found[0] if len(found) == 1 else found[0].minus(found[1])


def _trend(interval: Interval, margin: float, metric: Metric, *, is_pair: bool) -> Trend:
    if interval.covers not in DECIDES:
        return "undecided"
    if interval.lies_within(margin):
        return "level"
    if not interval.excludes_zero:
        return "undecided"
    if is_pair:
        return "moves"
    return "better" if (interval.value > 0) == metric.higher_is_better else "worse"
