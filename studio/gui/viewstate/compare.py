"""What the page Compare shows, from a history: table, verdicts, differences."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from studio.analysis import (
    ArticleTable,
    CostVerdict,
    Interval,
    ScoreVerdict,
    Summary,
    Verdict,
    article_table,
    summary,
)
from studio.analysis.adviser import said_and_found
from studio.analysis.enough import SeedPlan, seed_plan
from studio.analysis.verdicts import Decision
from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.core.metrics import Metric, metrics_of

Tone = Literal["", "muted", "good", "warning"]


@dataclass(frozen=True, eq=False)
class Results:
    """Everything of a comparison so far; made by `analyse`, off the interface thread.

    Attributes:
        history: The comparison.
        table: The article's table.
        summary: Verdicts and figures.
        metric: The main one.
        seeds: What more seeds would bring, by pair of contenders where that is known.
    """

    history: ComparisonHistory
    table: ArticleTable
    summary: Summary
    metric: Metric
    seeds: Mapping[tuple[str, str], SeedPlan]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All pairs of contenders in their order."""
        return tuple(combinations((each.name for each in self.history.contenders), 2))

    @property
    def score_label(self) -> str:
        """Such as "test RMSE, °C"."""
        unit = self.history.preparation.unit if self.metric.in_target_units else ""
        return f"test {self.metric.label}, {unit}" if unit else f"test {self.metric.label}"


def analyse(history: ComparisonHistory) -> Results:
    """Table, verdicts and intervals; takes up to a tenth of a second."""
    metric = metrics_of(history.preparation)[0]
    names = [each.name for each in history.contenders]
    plans = {pair: seed_plan(history, metric, *pair) for pair in combinations(names, 2)}
    known = {pair: plan for pair, plan in plans.items() if plan is not None}
    return Results(history, article_table(history), summary(history), metric, known)


def progress_words(history: ComparisonHistory) -> str:
    """Such as "2 of 3 seeds complete", or with failures "3 of 3 seeds complete, 1 run failed".

    Where the data is divided into folds, seeds on folds are counted.
    """
    runs = [run for contender in history.contenders for run in contender.runs]
    ended: dict[Pair, list[bool]] = {}
    for run in runs:
        ended.setdefault(run.run.pair, []).append(run.has_ended)
    what = "fold" if history.further else "seed"
    whats = what if len(ended) == 1 else f"{what}s"
    counted = f"{sum(map(all, ended.values()))} of {len(ended)} {whats} complete"
    failed = sum(run.status == "failed" for run in runs)
    return f"{counted}, {failed} run{'' if failed == 1 else 's'} failed" if failed else counted


def what_is_in_brackets(history: ComparisonHistory) -> str:
    """What the intervals of the article's table are over."""
    is_resampled = history.further and not history.is_in_time
    over = "folds and seeds" if is_resampled else "seeds and test examples"
    return (
        f"In brackets: 95 % intervals; of the score over {over}, of the time over runs. Memory is "
        "what one training step holds. Bold: better than every other, as the verdicts say."
    )


@dataclass(frozen=True)
class VerdictWords:
    """A verdict card.

    Attributes:
        title: What it is about.
        headline: The finding in a few words.
        tone: Of the headline.
        findings: Sentences with the numbers.
        details: Further sentences on the numbers, for those who ask.
        basis: Sentences on what all of them rest on.
    """

    title: str
    headline: str
    tone: Tone
    findings: tuple[str, ...]
    details: tuple[str, ...]
    basis: tuple[str, ...]


def verdict_cards(results: Results, pair: tuple[str, str]) -> tuple[VerdictWords, ...]:
    """Score, speed and memory of two contenders."""
    so_far = "" if results.history.is_complete else ", so far"
    return (
        _score_card(results, pair, so_far),
        _cost_card(results, pair, "step_ms", f"Speed{so_far}"),
        _cost_card(results, pair, "memory_bytes", "Training memory"),
    )


_MEMORY_COLUMN, _SCORE_COLUMN = 3, 4


def best_cells(results: Results) -> frozenset[tuple[str, int]]:
    """The cells of the article's table that may be marked as the best, as (contender, column).

    A contender is best where the verdicts on it and each of the others say that it is better;
    the smallest figure alone is not enough.
    """
    columns = {"memory_bytes": _MEMORY_COLUMN, results.metric.name: _SCORE_COLUMN}
    found: set[tuple[str, int]] = set()
    for about, column in columns.items():
        verdicts = [each for each in results.summary.verdicts if each.about == about]
        for name in (each.name for each in results.history.contenders):
            own = [each for each in verdicts if name in (each.first, each.second)]
            if own and all(each.decision == Decision("better", name) for each in own):
                found.add((name, column))
    return frozenset(found)


def score_verdict(results: Results, pair: tuple[str, str]) -> ScoreVerdict | None:
    """The verdict of the main metric on two contenders."""
    found = _verdict(results, pair, results.metric.name)
    return found if isinstance(found, ScoreVerdict) else None


def _verdict(results: Results, pair: tuple[str, str], about: str) -> Verdict | None:
    for verdict in results.summary.verdicts:
        if verdict.about == about and (verdict.first, verdict.second) == pair:
            return verdict
    return None


def _score_card(results: Results, pair: tuple[str, str], so_far: str) -> VerdictWords:
    title = f"Score: {results.score_label}{so_far}"
    verdict = score_verdict(results, pair)
    if verdict is None or not verdict.seeds:
        return _unknown(title, "No seed has ended for both yet.")
    kind, name = verdict.decision.kind, verdict.decision.name
    headline, tone = _SCORE_HEADLINES[kind]
    standings = tuple(standing.sentence for standing in verdict.standings)
    said = said_and_found(results.history, [verdict])
    told = tuple(filter(None, (verdict.finding, verdict.sizes, said)))
    details = tuple(filter(None, (verdict.odds, *standings)))
    basis = tuple(sentence for sentence in verdict.basis if sentence != verdict.sizes)
    return VerdictWords(title, headline.format(name=name), tone, told, details, basis)


_SCORE_HEADLINES: dict[str, tuple[str, Tone]] = {
    "better": ("{name} is better", ""),
    "tie": ("practically the same", ""),
    "identical": ("exactly the same", ""),
    "undecided": ("undecided", "muted"),
    "baseline": ("the naive baseline wins", "warning"),
}


def _cost_card(results: Results, pair: tuple[str, str], about: str, title: str) -> VerdictWords:
    verdict = _verdict(results, pair, about)
    if not isinstance(verdict, CostVerdict):
        return _unknown(title, "Known once both have begun.")
    better = "{name} is faster" if about == "step_ms" else "{name} needs less"
    headlines: dict[str, tuple[str, Tone]] = {**_SCORE_HEADLINES, "better": (better, "")}
    headline, tone = headlines[verdict.decision.kind]
    text = headline.format(name=verdict.decision.name)
    finding = verdict.finding[:1].upper() + verdict.finding[1:]
    return VerdictWords(title, text, tone, (finding,), (), verdict.basis)


def _unknown(title: str, why: str) -> VerdictWords:
    return VerdictWords(title, "not known yet", "muted", (why,), (), ())


@dataclass(frozen=True)
class Differences:
    """First - second, seed by seed or fold by fold, against the margin.

    Attributes:
        label: What is subtracted, with its unit.
        kind: "seed", or "fold" where the data is divided into folds.
        points: What both ended, such as "2" or "repeat 1, fold 2", with the difference; of a fold
            it is the mean over the seeds.
        mean: The mean with its interval.
        margin: Differences up to this are practically the same.
        better_left: Who is better where the difference is below zero.
        better_right: Who is better above zero.
    """

    label: str
    kind: str
    points: tuple[tuple[str, float], ...]
    mean: Interval
    margin: float
    better_left: str
    better_right: str


def differences(results: Results, pair: tuple[str, str]) -> Differences | None:
    """What the plot of differences shows; None before a seed has ended for both."""
    verdict = score_verdict(results, pair)
    if verdict is None or not verdict.seeds:
        return None
    first, second = pair
    is_folded = bool(results.history.further)
    kind = "fold" if is_folded else "seed"
    unit = f", {verdict.unit}" if verdict.unit else ""
    left, right = (second, first) if verdict.higher_is_better else (first, second)
    return Differences(
        f"{first} − {second}, test {verdict.label}{unit}",
        kind,
        _by_fold(results, pair) if is_folded else _by_seed(results, pair, verdict.seeds),
        verdict.difference,
        verdict.margin,
        left,
        right,
    )


def _by_seed(
    results: Results, pair: tuple[str, str], seeds: Sequence[int]
) -> tuple[tuple[str, float], ...]:
    name = results.metric.name
    found = []
    for seed in seeds:
        runs = [results.history.contender(each).run(seed) for each in pair]
        mine, other = (run.result.scores[name] if run.result else math.nan for run in runs)
        found.append((str(seed), float(mine - other)))
    return tuple(found)


def _by_fold(results: Results, pair: tuple[str, str]) -> tuple[tuple[str, float], ...]:
    name = results.metric.name
    first, second = (results.history.contender(each) for each in pair)
    found: dict[str, list[float]] = {}
    for run in first.runs:
        other = second.run(*run.run.pair)
        if run.has_ended and other.has_ended and run.result and other.result:
            difference = float(run.result.scores[name] - other.result.scores[name])
            found.setdefault(str(run.run.division), []).append(difference)
    return tuple((fold, sum(each) / len(each)) for fold, each in found.items())


def best_baseline_score(results: Results) -> tuple[str, float] | None:
    """Name and score of the best rule without learning, or None."""
    rows = results.table.rows[len(results.history.contenders) :]
    known = [row for row in rows if math.isfinite(row.score.value)]
    if not known:
        return None
    best = max if results.metric.higher_is_better else min
    row = best(known, key=lambda each: each.score.value)
    return row.model, row.score.value
