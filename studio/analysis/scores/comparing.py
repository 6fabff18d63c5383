"""Verdicts on test scores of contenders, paired by seed and test example."""

import math
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from studio.analysis.basis import (
    Basis,
    OneExampleDecides,
    PairsTogether,
    Samples,
    StillImproving,
    TrainedLonger,
    folds,
    learning_rates,
    left_out,
    short_fields,
    time_limit,
)
from studio.analysis.intervals import Interval, Sampling, no_interval
from studio.analysis.scores.interim_looks import interim_looks
from studio.analysis.scores.multiple_testing import holm
from studio.analysis.scores.score_samples import (
    DECIDES,
    ScoreSamples,
    baseline_samples,
    complete_pairs,
    ended_pairs,
    score_samples,
)
from studio.analysis.scores.training_end import contender_converged
from studio.analysis.scores.verdicts import UNDECIDED, BaselineComparison, Decision, ScoreVerdict
from studio.core.results.events import PairId
from studio.core.results.history import Baseline, ComparisonHistory, ContenderHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.size_mismatch import size_mismatch


def compare(history: ComparisonHistory, metric: Metric) -> tuple[ScoreVerdict, ...]:
    """A verdict for each pair of contenders.

    Only seeds whose runs have finished for both contenders enter, so that every difference is
    paired by seed and fold. A single seed on a single split never makes a winner, nor does a
    contender that had stopped improving beat, or lose to, one that had not. With several pairs,
    "better" is Holm-corrected. With interim looks, each look uses a stricter interval.
    """
    verdicts = tuple(
        _compare_two(history, metric, first, second)
        for first, second in combinations(history.contenders, 2)
    )
    is_significant = holm([verdict.p for verdict in verdicts], interim_looks(history).level)
    return tuple(
        verdict
        if verdict.decision.kind != "better"
        or (significant and not _is_held_back(history, verdict.basis))
        else replace(verdict, decision=UNDECIDED)
        for verdict, significant in zip(verdicts, is_significant, strict=True)
    )


def _is_held_back(history: ComparisonHistory, basis: tuple[Basis, ...]) -> bool:
    """Whether one of the two was still improving when training ended and the other was not.

    Contenders matched by time are compared at that time, wherever they stand.
    """
    return history.spec.training_in_force.seconds is None and any(
        isinstance(item, StillImproving) and item.others for item in basis
    )


class PairedScores(NamedTuple):
    """What the verdict on two contenders is computed from.

    Attributes:
        pairs: The seeds and folds that both have finished.
        scores: Those of the first and of the second contender.
        values: First - second.
        margin: Differences up to this are practically the same.
    """

    pairs: tuple[PairId, ...]
    scores: tuple[ScoreSamples, ScoreSamples]
    values: ScoreSamples
    margin: float


def difference_of(
    history: ComparisonHistory, metric: Metric, first: ContenderHistory, second: ContenderHistory
) -> PairedScores:
    """The scores of two contenders, paired by seed and test example."""
    pairs = complete_pairs(history, ended_pairs(first, second))
    mine, theirs = (
        score_samples(history, contender, metric, pairs) for contender in (first, second)
    )
    margin = margin_of(history, metric, (mine, theirs))
    return PairedScores(pairs, (mine, theirs), mine.minus(theirs), margin)


def _compare_two(
    history: ComparisonHistory, metric: Metric, first: ContenderHistory, second: ContenderHistory
) -> ScoreVerdict:
    pairs, scores, difference, margin = difference_of(history, metric, first, second)
    looks = interim_looks(history)
    standings = _standings(history, metric, (first, second), scores, pairs)
    return ScoreVerdict(
        metric=metric.name,
        label=metric.label,
        unit=history.preprocessing.unit if metric.in_target_units else "",
        higher_is_better=metric.higher_is_better,
        first=first.name,
        second=second.name,
        difference=difference.interval(),
        p=difference.p,
        posterior=difference.posterior(margin),
        margin=margin,
        decision=_decide(
            metric, (first.name, second.name), scores, margin, standings, 1 - looks.level
        ),
        seeds=tuple(dict.fromkeys(pair.seed for pair in pairs)),
        examples=_examples(history, pairs),
        pairs=math.comb(len(history.contenders), 2),
        standings=standings,
        basis=_basis(history, (first, second), pairs, difference.sampling),
    )


def _basis(
    history: ComparisonHistory,
    contenders: tuple[ContenderHistory, ContenderHistory],
    pairs: tuple[PairId, ...],
    sampling: Sampling,
) -> tuple[Basis, ...]:
    names = (contenders[0].name, contenders[1].name)
    excluded = [
        run for contender in contenders for run in contender.runs if run.run.pair not in pairs
    ]
    pair_count = math.comb(len(history.contenders), 2)
    looks = interim_looks(history)
    basis = (
        left_out(excluded),
        size_mismatch(_restricted_to(history.spec, names)),
        short_fields(history, names),
        Samples(len(dict.fromkeys(pair.seed for pair in pairs)), _examples(history, pairs)),
        folds(history, pairs),
        PairsTogether(pair_count) if pair_count > 1 else None,
        looks if looks.planned else None,
        time_limit(history, names),
        learning_rates(history),
        _still_improving(contenders),
        OneExampleDecides() if sampling.one_decides else None,
        TrainedLonger(history.spec.seen_at) if history.spec.seen_at else None,
    )
    return tuple(item for item in basis if item is not None)


def _still_improving(contenders: tuple[ContenderHistory, ...]) -> StillImproving | None:
    converged = {contender.name: contender_converged(contender) for contender in contenders}
    names = tuple(name for name, done in converged.items() if done is False)
    others = tuple(name for name, done in converged.items() if done)
    return StillImproving(names, others) if names else None


def _restricted_to(spec: ComparisonSpec, names: tuple[str, str]) -> ComparisonSpec:
    contenders = tuple(contender for contender in spec.contenders if contender.name in names)
    return spec.model_copy(update={"contenders": contenders})


def _examples(history: ComparisonHistory, pairs: tuple[PairId, ...]) -> int:
    """Test examples of the folds that entered, counted for one repeat."""
    used = {pair.fold_id for pair in pairs} or {history.folds[0].fold_id}
    repeat = min(used).repeat
    return sum(
        len(record.test_truth)
        for record in history.folds
        if record.fold_id in used and record.fold_id.repeat == repeat
    )


def margin_of(
    history: ComparisonHistory, metric: Metric, scores: tuple[ScoreSamples, ...]
) -> float:
    """The user's margin for the main metric; a relative margin refers to the better score."""
    is_main = metric.name == metrics_of(history.preprocessing)[0].name
    if is_main and history.spec.margin is not None:
        return history.spec.margin
    if not metric.relative_margin:
        return metric.margin
    means = [samples.mean for samples in scores if samples]
    best = max if metric.higher_is_better else min
    return metric.margin * abs(float(best(means))) if means else 0.0


def _decide(  # noqa: PLR0913, PLR0917 - what a decision depends on
    metric: Metric,
    names: tuple[str, str],
    scores: tuple[ScoreSamples, ...],
    margin: float,
    standings: tuple[BaselineComparison, ...],
    level: float,
) -> Decision:
    first, second = scores
    if _baseline_wins(standings):
        return Decision("baseline", standings[0].baseline)
    if first.equals(second):
        return Decision("identical")
    difference = first.minus(second).interval(level)
    if difference.covers not in DECIDES:
        return UNDECIDED
    if difference.lies_within(margin):
        return Decision("tie")
    if difference.excludes_zero:
        first_wins = (difference.value > 0) == metric.higher_is_better
        return Decision("better", names[0] if first_wins else names[1])
    return UNDECIDED


def _baseline_wins(standings: tuple[BaselineComparison, ...]) -> bool:
    """Both score worse than the baseline, and the better of them does so significantly."""
    if not standings or not all(comparison.is_behind for comparison in standings):
        return False
    return min(standings, key=lambda comparison: abs(comparison.gap.value)).loses


def _standings(
    history: ComparisonHistory,
    metric: Metric,
    contenders: tuple[ContenderHistory, ...],
    scores: tuple[ScoreSamples, ...],
    pairs: tuple[PairId, ...],
) -> tuple[BaselineComparison, ...]:
    baseline = best_baseline(history, metric)
    if baseline is None or not scores[0]:
        return ()
    rule = baseline_samples(history, baseline.name, metric, pairs)
    looks = interim_looks(history)
    gaps = [samples.minus(rule) for samples in scores]
    return tuple(
        BaselineComparison(
            contender.name,
            baseline.name,
            gap.interval(),
            metric.higher_is_better,
            gap.interval(1 - looks.level) if looks.planned else None,
        )
        for contender, gap in zip(contenders, gaps, strict=True)
    )


def best_baseline(history: ComparisonHistory, metric: Metric) -> Baseline | None:
    """The baseline with the best mean test score, or None where there is none."""

    def score(rule: Baseline) -> float:
        records = (record.baseline(rule.name) for record in history.folds)
        return float(np.mean([record.scores.get(metric.name, np.nan) for record in records]))

    scored = [rule for rule in history.baselines if np.isfinite(score(rule))]
    best = max if metric.higher_is_better else min
    return best(scored, key=score) if scored else None


def baseline_interval(history: ComparisonHistory, baseline: Baseline, metric: Metric) -> Interval:
    """A baseline's test score with its interval over test examples, or over folds."""
    samples = baseline_samples(history, baseline.name, metric)
    return samples.interval().within(0.0, metric.largest) if samples else no_interval()
