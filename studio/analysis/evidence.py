"""Scores of runs taken apart, and what their differences say, however the data was divided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from studio.analysis.chances import Chances, crossed_chances, crossed_p
from studio.analysis.intervals import BOTH, FOLDS, LEVEL, Interval, crossed_mean, nothing
from studio.analysis.resampled import corrected_resampled_test, resampled_chances
from studio.analysis.stretches import in_stretches
from studio.analysis.values import score_values, shortest_stretch
from studio.core.arrays import Doubles, Floats
from studio.core.events import Pair, RunResult
from studio.core.history import Baseline, ComparisonHistory, ContenderHistory, DivisionRecord
from studio.core.metrics import Metric


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores, or differences of scores.

    Attributes:
        values: (seeds, test examples or blocks of them), or (seeds, folds), NaN where a run is
            missing, where folds share training examples.
        test_share: Test examples over training and test examples of such folds; None otherwise.
        shortest: Neighbours in time that count as one at least; None where none do.
    """

    values: Doubles
    test_share: float | None = None
    shortest: int | None = None

    def __bool__(self) -> bool:
        return bool(self.values.size)

    def minus(self, other: "Evidence") -> "Evidence":
        """The difference value by value; one row of a rule without seeds stands for all."""
        return replace(self, values=self.values - other.values)

    @property
    def mean(self) -> float:
        """The mean score."""
        return float(self._folds.mean()) if self.test_share is not None else self.values.mean()

    def interval(self, level: float = LEVEL) -> Interval:
        """The mean with its interval."""
        if self.test_share is None:
            return crossed_mean(self._columns, level)
        return corrected_resampled_test(self._folds, self.test_share, level).difference

    @property
    def crossed(self) -> Doubles | None:
        """(seeds, test examples or stretches of them); None where folds are judged instead."""
        return None if self.test_share is not None or not self else self._columns

    @property
    def p(self) -> float:
        """The level at which the interval would just touch zero; 1 where there is none."""
        if self.test_share is None:
            return crossed_p(self._columns)
        return corrected_resampled_test(self._folds, self.test_share).p

    def chances(self, margin: float) -> Chances | None:
        """How probable a mean above, within and below the margin is; None where none can tell."""
        if self.test_share is None:
            return crossed_chances(self._columns, margin)
        return resampled_chances(self._folds, self.test_share, margin)

    def equals(self, other: "Evidence") -> bool:
        """Whether both are the same in every value."""
        known = bool(self) and bool(np.isfinite(self.values).any())
        return known and np.array_equal(self.values, other.values, equal_nan=True)

    @cached_property
    def _columns(self) -> Doubles:
        """The test examples, or stretches of time that count as one each."""
        if self.shortest is None or not self:
            return self.values
        return in_stretches(self.values, self.shortest)

    @cached_property
    def _folds(self) -> Doubles:
        """The mean over the seeds of each fold that has one."""
        known = self.values[:, ~np.isnan(self.values).all(axis=0)]
        return np.asarray(np.nanmean(known, axis=0))


DECIDES = frozenset({BOTH, FOLDS})
"""What an interval must cover for a verdict to rest on it."""


def ended_pairs(*contenders: ContenderHistory) -> tuple[Pair, ...]:
    """The seeds and divisions whose runs have ended by themselves for all of the contenders."""
    ended = [
        [run.run.pair for run in each.runs if run.has_ended and run.result is not None]
        for each in contenders
    ]
    return tuple(pair for pair in ended[0] if all(pair in others for others in ended[1:]))


def complete_pairs(history: ComparisonHistory, pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Those that can be judged together: of blocks in time, the seeds that ended all of them."""
    given = tuple(pairs)
    if not history.is_in_time:
        return given
    begun = {pair.division for pair in given}
    whole = {seed for seed, _ in given if all(Pair(seed, each) in given for each in begun)}
    return tuple(pair for pair in given if pair.seed in whole)


def evidence_of(
    history: ComparisonHistory, contender: ContenderHistory, metric: Metric, pairs: Sequence[Pair]
) -> Evidence:
    """The test scores of a contender's runs.

    Data that is divided once gives a value for each seed and test example. Blocks in time order
    are disjoint and are joined to one test part. Folds that share training examples give a
    score for each seed and fold.
    """
    results = {pair: contender.run(*pair).result for pair in pairs}
    found = {pair: result for pair, result in results.items() if result is not None}
    if history.further and not history.is_in_time:
        return _by_fold(history, metric, found)
    seeds = list(dict.fromkeys(pair.seed for pair in found))
    divisions = [each for each in history.divisions if each.division in {d for _, d in found}]
    if not found:
        return Evidence(np.empty((0, 0)))
    rows = [_joined([found[Pair(seed, each.division)] for each in divisions]) for seed in seeds]
    return _on(joined(divisions), rows, metric)


def evidence_of_rule(
    history: ComparisonHistory, name: str, metric: Metric, pairs: Sequence[Pair] | None = None
) -> Evidence:
    """The same of a rule without learning, one row, on the divisions of the pairs, or on all."""
    wanted = None if pairs is None else {pair.division for pair in pairs}
    divisions = [each for each in history.divisions if wanted is None or each.division in wanted]
    rules = [each.baseline(name) for each in divisions]
    if history.further and not history.is_in_time:
        scores = np.full((1, len(history.divisions)), np.nan)
        places = {each.division: at for at, each in enumerate(history.divisions)}
        for division, rule in zip(divisions, rules, strict=True):
            scores[0, places[division.division]] = rule.scores.get(metric.name, np.nan)
        return Evidence(scores, share_tested(history))
    if not divisions or not sum(len(each.test_truth) for each in divisions):
        return Evidence(np.empty((0, 0)))
    return _on(joined(divisions), [_joined(rules)], metric)


def _on(part: DivisionRecord, answers: Sequence[Floats], metric: Metric) -> Evidence:
    shortest = shortest_stretch(part, metric)
    return Evidence(score_values(part, answers, metric), shortest=shortest)


def score_interval(
    history: ComparisonHistory, contender: ContenderHistory, metric: Metric
) -> Interval:
    """A contender's mean test score with its interval over seeds and test examples, or folds.

    With one seed the interval covers the test examples alone; NaN where no run has ended.
    """
    pairs = complete_pairs(history, ended_pairs(contender))
    found = evidence_of(history, contender, metric, pairs)
    return found.interval().within(0.0, metric.largest) if found else nothing()


def joined(divisions: Sequence[DivisionRecord]) -> DivisionRecord:
    """Blocks in time order as one test part, in the terms of the first."""
    first = divisions[0]
    if len(divisions) == 1:
        return first
    return replace(
        first,
        test_truth=np.concatenate([each.test_truth for each in divisions]),
        test_positions=np.concatenate([each.test_positions for each in divisions]),
    )


def share_tested(history: ComparisonHistory) -> float:
    """Test examples over training and test examples, the mean over the divisions."""
    sizes = [(each.part_sizes["test"], each.part_sizes["training"]) for each in history.divisions]
    return float(np.mean([test / (test + training) for test, training in sizes]))


def _joined(answered: Sequence[RunResult] | Sequence[Baseline]) -> Floats:
    return np.concatenate([each.answers for each in answered])


def _by_fold(history: ComparisonHistory, metric: Metric, found: dict[Pair, RunResult]) -> Evidence:
    places = {each.division: at for at, each in enumerate(history.divisions)}
    seeds = {seed: at for at, seed in enumerate(dict.fromkeys(pair.seed for pair in found))}
    values = np.full((len(seeds), len(places)), np.nan)
    for (seed, division), result in found.items():
        values[seeds[seed], places[division]] = result.scores.get(metric.name, np.nan)
    return Evidence(values, share_tested(history))
