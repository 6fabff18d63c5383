"""Decides between contenders by their test scores, seed by seed and example by example."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np

from studio.analysis.chances import crossed_chances, crossed_p, holm
from studio.analysis.intervals import BOTH, Interval, crossed_mean, nothing
from studio.analysis.values import ended_runs, score_values
from studio.analysis.verdicts import UNDECIDED, Decision, ScoreVerdict, Standing
from studio.analysis.words import tuning
from studio.core.arrays import Doubles
from studio.core.history import Baseline, ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import Metric, metrics_of


def compare(history: ComparisonHistory, metric: Metric) -> tuple[ScoreVerdict, ...]:
    """A verdict for each pair of contenders.

    Only seeds of which both runs have ended by themselves enter, so that every difference is
    paired. One seed never makes a winner. Where there are several pairs, a contender is better
    only if Holm's rule says so of all pairs together.
    """
    verdicts = tuple(
        _compare_two(history, metric, first, second)
        for first, second in combinations(history.contenders, 2)
    )
    certain = holm([each.p for each in verdicts])
    return tuple(
        each if holds or each.decision.kind != "better" else replace(each, decision=UNDECIDED)
        for each, holds in zip(verdicts, certain, strict=True)
    )


def _compare_two(
    history: ComparisonHistory, metric: Metric, first: ContenderHistory, second: ContenderHistory
) -> ScoreVerdict:
    seeds = _common_seeds(first, second)
    values = tuple(_values(history, metric, each, seeds) for each in (first, second))
    standings = _standings(history, metric, (first, second), values)
    margin = _margin(history, metric, values)
    differences = values[0] - values[1]
    return ScoreVerdict(
        metric=metric.name,
        label=metric.label,
        unit=history.preparation.unit if metric.in_target_units else "",
        higher_is_better=metric.higher_is_better,
        first=first.name,
        second=second.name,
        difference=crossed_mean(differences),
        p=crossed_p(differences),
        chances=crossed_chances(differences, margin),
        margin=margin,
        decision=_decide(metric, (first.name, second.name), values, margin, standings),
        seeds=seeds,
        examples=len(history.test_truth),
        pairs=math.comb(len(history.contenders), 2),
        left_out=_left_out((first, second), seeds),
        standings=standings,
        tuning=tuning(history),
    )


def _common_seeds(first: ContenderHistory, second: ContenderHistory) -> tuple[int, ...]:
    others = {run.run.seed for run in ended_runs(second)}
    return tuple(run.run.seed for run in ended_runs(first) if run.run.seed in others)


def _values(
    history: ComparisonHistory, metric: Metric, contender: ContenderHistory, seeds: tuple[int, ...]
) -> Doubles:
    results = [contender.run(seed).result for seed in seeds]
    answers = [result.answers for result in results if result is not None]
    return score_values(history, answers, metric) if answers else np.empty((0, 0))


def _margin(history: ComparisonHistory, metric: Metric, values: tuple[Doubles, ...]) -> float:
    """The user's margin holds for the main metric; a relative one is of the better score."""
    is_main = metric.name == metrics_of(history.preparation)[0].name
    if is_main and history.spec.margin is not None:
        return history.spec.margin
    if not metric.relative_margin:
        return metric.margin
    scores = [each.mean() for each in values if each.size]
    best = max if metric.higher_is_better else min
    return metric.margin * abs(float(best(scores))) if scores else 0.0


def _decide(
    metric: Metric,
    names: tuple[str, str],
    values: tuple[Doubles, ...],
    margin: float,
    standings: tuple[Standing, ...],
) -> Decision:
    first, second = values
    if _baseline_wins(standings):
        return Decision("baseline", standings[0].baseline)
    if first.size and np.array_equal(first, second):
        return Decision("identical")
    difference = crossed_mean(first - second)
    if difference.covers != BOTH:
        return UNDECIDED
    if difference.lies_within(margin):
        return Decision("tie")
    if difference.excludes_zero:
        first_wins = (difference.value > 0) == metric.higher_is_better
        return Decision("better", names[0] if first_wins else names[1])
    return UNDECIDED


def _baseline_wins(standings: tuple[Standing, ...]) -> bool:
    """Both are behind the baseline, and the better of them is so beyond doubt."""
    if not standings or not all(standing.is_behind for standing in standings):
        return False
    return min(standings, key=lambda standing: abs(standing.gap.value)).loses


def _standings(
    history: ComparisonHistory,
    metric: Metric,
    contenders: tuple[ContenderHistory, ...],
    values: tuple[Doubles, ...],
) -> tuple[Standing, ...]:
    baseline = best_baseline(history, metric)
    if baseline is None or not values[0].size:
        return ()
    score = score_values(history, [baseline.answers], metric)
    return tuple(
        Standing(contender.name, baseline.name, crossed_mean(each - score), metric.higher_is_better)
        for contender, each in zip(contenders, values, strict=True)
    )


def best_baseline(history: ComparisonHistory, metric: Metric) -> Baseline | None:
    """The baseline with the best test score, or None where there is none."""
    scored = [
        each for each in history.baselines if np.isfinite(each.scores.get(metric.name, np.nan))
    ]
    best = max if metric.higher_is_better else min
    return best(scored, key=lambda each: each.scores[metric.name]) if scored else None


def baseline_interval(history: ComparisonHistory, baseline: Baseline, metric: Metric) -> Interval:
    """A baseline's test score with its interval over test examples."""
    if not len(history.test_truth):
        return nothing()
    values = score_values(history, [baseline.answers], metric)
    return crossed_mean(values).within(0.0, metric.largest)


def _left_out(contenders: tuple[ContenderHistory, ...], seeds: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(
        _why_left_out(run)
        for contender in contenders
        for run in contender.runs
        if run.run.seed not in seeds
    )


def _why_left_out(run: RunHistory) -> str:
    if run.has_ended and run.result is not None:
        return f"{run.run} has no partner"
    words = {
        "failed": "failed",
        "stopped": "was stopped",
        "running": "is running",
        "waiting": "is waiting",
    }
    reason = f" ({run.reason})" if run.reason else ""
    return f"{run.run} {words.get(run.status, 'has no test result')}{reason}"
