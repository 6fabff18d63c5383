"""The effect of more training examples on scores and differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from studio.analysis.intervals import Interval
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.score_samples import (
    DECIDES,
    ScoreSamples,
    complete_pairs,
    ended_pairs,
    score_samples,
)
from studio.analysis.summaries.comparability import training_examples
from studio.analysis.wording import format_figure, with_interval
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import Metric

Trend = Literal["better", "worse", "moves", "level", "undecided"]


@dataclass(frozen=True)
class SizeEffect:
    """How a score, or the difference of two, changes from a smaller to a larger training set.

    Attributes:
        names: The contender, or the two whose difference it is.
        smaller: Examples of the smaller training set.
        larger: Examples of the larger training set.
        label: The metric's display name.
        unit: Its unit, or "".
        interval: Larger - smaller, paired by seed and test example, with its interval.
        margin: Changes up to this count as none.
        trend: "better" or "worse" for a score, "moves" for a difference, "level" where the
            interval lies within the margin, otherwise "undecided".
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
        what = f"{self.label} of {self.names[0]}"
        if len(self.names) > 1:
            what = f"difference {self.names[0]} − {self.names[1]}"
        change = with_interval(self.interval, self.unit)
        margin = format_figure(self.margin, self.margin)
        return (
            f"From {self.smaller:,} to {self.larger:,} training examples the {what} changes by "
            f"{change}: {_WORDS[self.trend].format(margin=margin)}."
        )


_WORDS: dict[Trend, str] = {
    "better": "more examples still help",
    "worse": "more examples make it worse",
    "moves": "it still changes, so more data may change the verdict",
    "level": "within the margin of {margin}, so it has levelled off",
    "undecided": "inconclusive, with a margin of {margin}",
}


def size_effects(
    small: ComparisonHistory, large: ComparisonHistory, metric: Metric
) -> tuple[SizeEffect, ...]:
    """The change for each contender and each pair that has finished runs.

    Both comparisons must differ only in size: the same seeds and test examples are paired, like
    contenders within one comparison.
    """
    names = [contender.name for contender in large.contenders]
    margins = {
        (verdict.first, verdict.second): verdict.margin
        for verdict in compare(large, metric)
        if verdict.seeds
    }
    widest = max(margins.values(), default=_margin(large, metric))
    alone = (_change(small, large, metric, (name,), widest) for name in names)
    both = (
        _change(small, large, metric, pair, margins.get(pair, widest))
        for pair in combinations(names, 2)
    )
    return tuple(change for change in (*alone, *both) if change is not None)


def _margin(history: ComparisonHistory, metric: Metric) -> float:
    """Without a pair: the user's margin, or the metric's own for the only contender's score."""
    if history.spec.margin is not None or not metric.relative_margin:
        return history.spec.margin or metric.margin
    contender = history.contenders[0]
    samples = score_samples(history, contender, metric, _pairs((history,), (contender.name,)))
    return metric.margin * abs(samples.mean) if samples else 0.0


def _change(
    small: ComparisonHistory,
    large: ComparisonHistory,
    metric: Metric,
    names: tuple[str, ...],
    margin: float,
) -> SizeEffect | None:
    pairs = _pairs((small, large), names)
    if not pairs:
        return None
    before, after = (_samples(history, metric, names, pairs) for history in (small, large))
    interval = after.minus(before).interval()
    trend = _trend(interval, margin, metric, is_pair=len(names) > 1)
    unit = large.preprocessing.unit if metric.in_target_units else ""
    sizes = training_examples(small), training_examples(large)
    return SizeEffect(names, *sizes, metric.label, unit, interval, margin, trend)


def _pairs(histories: Sequence[ComparisonHistory], names: Sequence[str]) -> tuple[PairId, ...]:
    """Seeds and folds that these contenders have finished in every comparison."""
    contenders = [history.contender(name) for history in histories for name in names]
    return complete_pairs(histories[-1], ended_pairs(*contenders))


def _samples(
    history: ComparisonHistory, metric: Metric, names: tuple[str, ...], pairs: tuple[PairId, ...]
) -> ScoreSamples:
    samples = [score_samples(history, history.contender(name), metric, pairs) for name in names]
    return samples[0] if len(samples) == 1 else samples[0].minus(samples[1])


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
