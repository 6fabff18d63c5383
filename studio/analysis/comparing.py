"""Decides between contenders by their test scores, seed by seed and example by example."""

import math
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from studio.analysis.chances import holm
from studio.analysis.evidence import (
    DECIDES,
    Evidence,
    complete_pairs,
    ended_pairs,
    evidence_of,
    evidence_of_rule,
)
from studio.analysis.intervals import Interval, nothing
from studio.analysis.looks import looks_of
from studio.analysis.verdicts import UNDECIDED, Decision, ScoreVerdict, Standing
from studio.analysis.words import budget_of, rule_of, tuning
from studio.core.events import Pair
from studio.core.history import Baseline, ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import Metric, metrics_of
from studio.core.spec import ComparisonSpec
from studio.core.unequal_sizes import unequal_sizes


def compare(history: ComparisonHistory, metric: Metric) -> tuple[ScoreVerdict, ...]:
    """A verdict for each pair of contenders.

    Only seeds of which both runs have ended by themselves enter, so that every difference is
    paired, seed by seed and fold by fold. One seed on one division never makes a winner. Where
    there are several pairs, a contender is better only if Holm's rule says so of all together.
    Where it is looked several times, each look decides by a stricter interval.
    """
    verdicts = tuple(
        _compare_two(history, metric, first, second)
        for first, second in combinations(history.contenders, 2)
    )
    certain = holm([each.p for each in verdicts], looks_of(history).level)
    return tuple(
        each if holds or each.decision.kind != "better" else replace(each, decision=UNDECIDED)
        for each, holds in zip(verdicts, certain, strict=True)
    )


class PairedScores(NamedTuple):
    """What the verdict on two contenders is made of.

    Attributes:
        pairs: The seeds and divisions that both ended.
        scores: Of the first and of the second.
        values: First - second.
        margin: Differences up to this are practically the same.
    """

    pairs: tuple[Pair, ...]
    scores: tuple[Evidence, Evidence]
    values: Evidence
    margin: float


def difference_of(
    history: ComparisonHistory, metric: Metric, first: ContenderHistory, second: ContenderHistory
) -> PairedScores:
    """The scores of two contenders, paired by seed and test example."""
    pairs = complete_pairs(history, ended_pairs(first, second))
    one, other = (evidence_of(history, each, metric, pairs) for each in (first, second))
    margin = _margin(history, metric, (one, other))
    return PairedScores(pairs, (one, other), one.minus(other), margin)


def _compare_two(
    history: ComparisonHistory, metric: Metric, first: ContenderHistory, second: ContenderHistory
) -> ScoreVerdict:
    pairs, scores, difference, margin = difference_of(history, metric, first, second)
    looks = looks_of(history)
    standings = _standings(history, metric, (first, second), scores, pairs)
    return ScoreVerdict(
        metric=metric.name,
        label=metric.label,
        unit=history.preparation.unit if metric.in_target_units else "",
        higher_is_better=metric.higher_is_better,
        first=first.name,
        second=second.name,
        difference=difference.interval(),
        p=difference.p,
        chances=difference.chances(margin),
        margin=margin,
        decision=_decide(
            metric, (first.name, second.name), scores, margin, standings, 1 - looks.level
        ),
        seeds=tuple(dict.fromkeys(pair.seed for pair in pairs)),
        examples=_examples(history, pairs),
        pairs=math.comb(len(history.contenders), 2),
        left_out=_left_out((first, second), pairs),
        standings=standings,
        tuning=tuning(history),
        rule=rule_of(history, pairs),
        looks=looks.sentence,
        budget=budget_of(history, (first.name, second.name)),
        sizes=unequal_sizes(_only(history.spec, (first.name, second.name))),
    )


def _only(spec: ComparisonSpec, names: tuple[str, str]) -> ComparisonSpec:
    """A spec with these contenders alone."""
    two = tuple(each for each in spec.contenders if each.name in names)
    return spec.model_copy(update={"contenders": two})


def _examples(history: ComparisonHistory, pairs: tuple[Pair, ...]) -> int:
    """Test examples of the divisions that entered; those of one repetition."""
    used = {pair.division for pair in pairs} or {history.divisions[0].division}
    repeat = min(used).repeat
    return sum(
        len(each.test_truth)
        for each in history.divisions
        if each.division in used and each.division.repeat == repeat
    )


def _margin(history: ComparisonHistory, metric: Metric, scores: tuple[Evidence, ...]) -> float:
    """The user's margin holds for the main metric; a relative one is of the better score."""
    is_main = metric.name == metrics_of(history.preparation)[0].name
    if is_main and history.spec.margin is not None:
        return history.spec.margin
    if not metric.relative_margin:
        return metric.margin
    means = [each.mean for each in scores if each]
    best = max if metric.higher_is_better else min
    return metric.margin * abs(float(best(means))) if means else 0.0


def _decide(  # noqa: PLR0913, PLR0917 - what a decision rests on
    metric: Metric,
    names: tuple[str, str],
    scores: tuple[Evidence, ...],
    margin: float,
    standings: tuple[Standing, ...],
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


def _baseline_wins(standings: tuple[Standing, ...]) -> bool:
    """Both are behind the baseline, and the better of them is so beyond doubt."""
    if not standings or not all(standing.is_behind for standing in standings):
        return False
    return min(standings, key=lambda standing: abs(standing.gap.value)).loses


def _standings(
    history: ComparisonHistory,
    metric: Metric,
    contenders: tuple[ContenderHistory, ...],
    scores: tuple[Evidence, ...],
    pairs: tuple[Pair, ...],
) -> tuple[Standing, ...]:
    baseline = best_baseline(history, metric)
    if baseline is None or not scores[0]:
        return ()
    rule = evidence_of_rule(history, baseline.name, metric, pairs)
    looks = looks_of(history)
    gaps = [each.minus(rule) for each in scores]
    return tuple(
        Standing(
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
        every = (each.baseline(rule.name) for each in history.divisions)
        return float(np.mean([each.scores.get(metric.name, np.nan) for each in every]))

    scored = [each for each in history.baselines if np.isfinite(score(each))]
    best = max if metric.higher_is_better else min
    return best(scored, key=score) if scored else None


def baseline_interval(history: ComparisonHistory, baseline: Baseline, metric: Metric) -> Interval:
    """A baseline's test score with its interval over test examples, or over folds."""
    found = evidence_of_rule(history, baseline.name, metric)
    return found.interval().within(0.0, metric.largest) if found else nothing()


def _left_out(contenders: tuple[ContenderHistory, ...], pairs: tuple[Pair, ...]) -> tuple[str, ...]:
    return tuple(
        _why_left_out(run)
        for contender in contenders
        for run in contender.runs
        if run.run.pair not in pairs
    )


def _why_left_out(run: RunHistory) -> str:
    if run.has_ended and run.result is not None:
        return f"{run.run} has no partner"
    words = {
        "failed": "failed",
        "stopped": "was stopped",
        "running": "has not ended",
        "waiting": "has not begun",
    }
    reason = f" ({run.reason})" if run.reason else ""
    return f"{run.run} {words.get(run.status, 'has no test result')}{reason}"
