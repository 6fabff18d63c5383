"""Scores of runs by seed and test example or fold, with intervals of their means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from studio.analysis.intervals import (
    ALL_ALIKE,
    BOTH,
    FOLDS,
    LEVEL,
    Interval,
    Sampling,
    crossed_mean,
    no_interval,
)
from studio.analysis.scores.block_sums import block_sums
from studio.analysis.scores.corrected_t_test import corrected_posterior, corrected_resampled_test
from studio.analysis.scores.counting import Counting, counting_of
from studio.analysis.scores.influence_values import (
    TestSet,
    influence_values,
    minimum_block_length,
)
from studio.analysis.scores.posterior import Posterior, crossed_p, crossed_posterior
from studio.core.arrays import Doubles, Floats
from studio.core.results.events import PairId, RunResult
from studio.core.results.history import (
    Baseline,
    ComparisonHistory,
    ContenderHistory,
    FoldRecord,
)
from studio.core.results.metrics import Metric


@dataclass(frozen=True, eq=False)
class ScoreSamples:
    """Scores, or differences of scores.

    Attributes:
        values: (seeds, test examples or blocks of them), or (seeds, folds), NaN where a run is
            missing, where folds share training examples.
        test_share: Test examples over training and test examples of such folds; None otherwise.
        shortest: Minimum length of a block of time; None where examples are independent.
        counting: What a single error changes, for scores that count errors; None for others.
        is_difference: Whether the values are differences of two contenders.
    """

    values: Doubles
    test_share: float | None = None
    shortest: int | None = None
    counting: Counting | None = None
    is_difference: bool = False

    def __bool__(self) -> bool:
        return bool(self.values.size)

    def minus(self, other: "ScoreSamples") -> "ScoreSamples":
        """The elementwise difference; a single row, of a baseline, is broadcast over seeds."""
        return replace(self, values=self.values - other.values, is_difference=True)

    @property
    def mean(self) -> float:
        return float(self._folds.mean()) if self.test_share is not None else self.values.mean()

    def interval(self, level: float = LEVEL) -> Interval:
        if self.test_share is None:
            return crossed_mean(self._columns, level, self.sampling)
        return corrected_resampled_test(self._folds, self.test_share, level).difference

    @property
    def crossed(self) -> Doubles | None:
        """(seeds, test examples or blocks of them); None where folds are judged instead."""
        return None if self.test_share is not None or not self else self._columns

    @property
    def sampling(self) -> Sampling:
        """What is known of the test examples beside their values."""
        if self.counting is None or not self:
            return ALL_ALIKE
        return self.counting.sampling(self._columns.shape[1], is_difference=self.is_difference)

    @property
    def p(self) -> float:
        """The p-value at which the interval would just touch zero; 1 where there is none."""
        if self.test_share is None:
            return crossed_p(self._columns, self.sampling)
        return corrected_resampled_test(self._folds, self.test_share).p

    def posterior(self, margin: float) -> Posterior | None:
        """Probabilities of a mean above, within and below the margin; None with too few values."""
        if self.test_share is None:
            return crossed_posterior(self._columns, margin, self.sampling)
        return corrected_posterior(self._folds, self.test_share, margin)

    def equals(self, other: "ScoreSamples") -> bool:
        known = bool(self) and bool(np.isfinite(self.values).any())
        return known and np.array_equal(self.values, other.values, equal_nan=True)

    @cached_property
    def _columns(self) -> Doubles:
        if self.shortest is None or not self:
            return self.values
        return block_sums(self.values, self.shortest)

    @cached_property
    def _folds(self) -> Doubles:
        """Mean over the seeds of each fold with at least one run."""
        tested = self.values[:, ~np.isnan(self.values).all(axis=0)]
        return np.asarray(np.nanmean(tested, axis=0))


DECIDES = frozenset({BOTH, FOLDS})
"""What an interval must cover for a verdict to be based on it."""


def ended_pairs(*contenders: ContenderHistory) -> tuple[PairId, ...]:
    """The seeds and folds whose runs have finished for all of the contenders."""
    ended = [
        [run.run.pair for run in contender.runs if run.has_ended and run.result is not None]
        for contender in contenders
    ]
    return tuple(pair for pair in ended[0] if all(pair in pairs for pairs in ended[1:]))


def complete_pairs(history: ComparisonHistory, pairs: Iterable[PairId]) -> tuple[PairId, ...]:
    """The pairs that can be judged: for expanding-window folds, seeds that finished all of them."""
    candidates = tuple(pairs)
    if not history.is_in_time:
        return candidates
    fold_ids = {pair.fold_id for pair in candidates}
    complete_seeds = {
        seed
        for seed, _ in candidates
        if all(PairId(seed, fold_id) in candidates for fold_id in fold_ids)
    }
    return tuple(pair for pair in candidates if pair.seed in complete_seeds)


def score_samples(
    history: ComparisonHistory, contender: ContenderHistory, metric: Metric, pairs: Sequence[PairId]
) -> ScoreSamples:
    """The test scores of a contender's runs.

    A single split gives a value for each seed and test example. Expanding-window folds are
    disjoint in time and are joined to one test set. Folds that share training examples give a
    score for each seed and fold.
    """
    by_pair = {pair: contender.run(*pair).result for pair in pairs}
    results = {pair: result for pair, result in by_pair.items() if result is not None}
    if history.further and not history.is_in_time:
        return _by_fold(history, metric, results)
    seeds = list(dict.fromkeys(pair.seed for pair in results))
    records = [
        record for record in history.folds if record.fold_id in {fold_id for _, fold_id in results}
    ]
    if not results:
        return ScoreSamples(np.empty((0, 0)))
    rows = [
        _joined_predictions([results[PairId(seed, record.fold_id)] for record in records])
        for seed in seeds
    ]
    return samples_of(join_folds(records), rows, metric)


def baseline_samples(
    history: ComparisonHistory, name: str, metric: Metric, pairs: Sequence[PairId] | None = None
) -> ScoreSamples:
    """The same for a baseline, one row, on the folds of the pairs, or on all folds."""
    wanted = None if pairs is None else {pair.fold_id for pair in pairs}
    records = [record for record in history.folds if wanted is None or record.fold_id in wanted]
    rules = [record.baseline(name) for record in records]
    if history.further and not history.is_in_time:
        scores = np.full((1, len(history.folds)), np.nan)
        columns = {record.fold_id: index for index, record in enumerate(history.folds)}
        for fold_id, rule in zip(records, rules, strict=True):
            scores[0, columns[fold_id.fold_id]] = rule.scores.get(metric.name, np.nan)
        return ScoreSamples(scores, test_share(history))
    if not records or not sum(len(record.test_truth) for record in records):
        return ScoreSamples(np.empty((0, 0)))
    return samples_of(join_folds(records), [_joined_predictions(rules)], metric)


def samples_of(part: TestSet, predictions: Sequence[Floats], metric: Metric) -> ScoreSamples:
    """The scores of predictions on a test set, a row for each; see ScoreSamples."""
    return ScoreSamples(
        influence_values(part, predictions, metric),
        shortest=minimum_block_length(part, metric),
        counting=counting_of(part, metric),
    )


def score_interval(
    history: ComparisonHistory, contender: ContenderHistory, metric: Metric
) -> Interval:
    """A contender's mean test score with its interval over seeds and test examples, or folds.

    With one seed the interval covers the test examples alone; NaN where no run has ended.
    """
    pairs = complete_pairs(history, ended_pairs(contender))
    samples = score_samples(history, contender, metric, pairs)
    return samples.interval().within(0.0, metric.largest) if samples else no_interval()


def join_folds(records: Sequence[FoldRecord]) -> FoldRecord:
    """Expanding-window folds as one test set, with the preprocessing of the first."""
    first = records[0]
    if len(records) == 1:
        return first
    return replace(
        first,
        test_truth=np.concatenate([record.test_truth for record in records]),
        test_positions=np.concatenate([record.test_positions for record in records]),
    )


def test_share(history: ComparisonHistory) -> float:
    """Test examples over training and test examples, the mean over the folds."""
    sizes = [(record.part_sizes["test"], record.part_sizes["training"]) for record in history.folds]
    return float(np.mean([test / (test + training) for test, training in sizes]))


def _joined_predictions(sources: Sequence[RunResult] | Sequence[Baseline]) -> Floats:
    return np.concatenate([source.predictions for source in sources])


def _by_fold(
    history: ComparisonHistory, metric: Metric, results: dict[PairId, RunResult]
) -> ScoreSamples:
    columns = {record.fold_id: index for index, record in enumerate(history.folds)}
    rows = {seed: index for index, seed in enumerate(dict.fromkeys(pair.seed for pair in results))}
    values = np.full((len(rows), len(columns)), np.nan)
    for (seed, fold_id), result in results.items():
        values[rows[seed], columns[fold_id]] = result.scores.get(metric.name, np.nan)
    return ScoreSamples(values, test_share(history))
