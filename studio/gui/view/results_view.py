"""What the page Compare shows, from a history: table, verdicts, differences."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from studio.analysis import (
    CostVerdict,
    Interval,
    ResultsTable,
    ScoreVerdict,
    Summary,
    Verdict,
    results_table,
    summary,
)
from studio.analysis.adviser import advice_and_outcome
from studio.analysis.basis import ShortReceptiveFields, StillImproving
from studio.analysis.scores.seed_power import SeedPlan, seed_plan
from studio.analysis.scores.verdicts import Decision
from studio.analysis.wording import basis_sentences
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.specs.size_mismatch import SizeMismatch
from studio.gui.view.short_names import short_names

_LONGEST_NAME = 16
"""Letters; two names stand beside each other at an axis."""
_WARNINGS = SizeMismatch | ShortReceptiveFields | StillImproving
"""What of a verdict's basis stands beside its finding."""
Tone = Literal["", "muted", "good", "warning"]


@dataclass(frozen=True, eq=False)
class Results:
    """Everything of a comparison so far; made by `analyse`, off the interface thread.

    Attributes:
        history: The comparison.
        table: The results table.
        summary: Verdicts and figures.
        metric: The main one.
        seeds: The effect of more seeds, by pair of contenders where it is known.
    """

    history: ComparisonHistory
    table: ResultsTable
    summary: Summary
    metric: Metric
    seeds: Mapping[tuple[str, str], SeedPlan]

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All pairs of contenders in their order."""
        return tuple(combinations((contender.name for contender in self.history.contenders), 2))

    @property
    def score_label(self) -> str:
        """Such as "test RMSE, °C"."""
        unit = self.history.preprocessing.unit if self.metric.in_target_units else ""
        return f"test {self.metric.label}, {unit}" if unit else f"test {self.metric.label}"


def analyse(history: ComparisonHistory) -> Results:
    """Table, verdicts and intervals; takes up to a tenth of a second."""
    metric = metrics_of(history.preprocessing)[0]
    names = [contender.name for contender in history.contenders]
    plans = {pair: seed_plan(history, metric, *pair) for pair in combinations(names, 2)}
    known_plans = {pair: plan for pair, plan in plans.items() if plan is not None}
    return Results(history, results_table(history), summary(history), metric, known_plans)


def progress_text(history: ComparisonHistory) -> str:
    """Such as "2 of 3 seeds complete", or with failures "3 of 3 seeds complete, 1 run failed".

    Where the data is divided into folds, seeds on folds are counted.
    """
    runs = [run for contender in history.contenders for run in contender.runs]
    ended: dict[PairId, list[bool]] = {}
    for run in runs:
        ended.setdefault(run.run.pair, []).append(run.has_ended)
    what = "fold" if history.further else "seed"
    whats = what if len(ended) == 1 else f"{what}s"
    counted = f"{sum(map(all, ended.values()))} of {len(ended)} {whats} complete"
    failed = sum(run.status == "failed" for run in runs)
    return f"{counted}, {failed} run{'' if failed == 1 else 's'} failed" if failed else counted


def what_is_in_brackets(history: ComparisonHistory) -> str:
    """What the intervals of the results table are over."""
    is_resampled = history.further and not history.is_in_time
    over = "folds and seeds" if is_resampled else "seeds and test examples"
    return (
        f"Brackets: 95 % confidence intervals, of the score over {over}, of the time over runs. "
        "Memory is that of one training step. Bold: better than every other contender, according "
        "to the verdicts."
    )


@dataclass(frozen=True)
class VerdictText:
    """A verdict card.

    Attributes:
        title: What it is about.
        headline: The finding in a few words.
        tone: Of the headline.
        findings: Sentences with the numbers.
        details: Further sentences on the numbers.
        basis: Sentences on what the verdict is based on.
    """

    title: str
    headline: str
    tone: Tone
    findings: tuple[str, ...]
    details: tuple[str, ...]
    basis: tuple[str, ...]


def verdict_cards(results: Results, pair: tuple[str, str]) -> tuple[VerdictText, ...]:
    """Score, speed and memory of two contenders."""
    so_far = "" if results.history.is_complete else ", so far"
    return (
        _score_card(results, pair, so_far),
        _cost_card(results, pair, "step_ms", f"Speed{so_far}"),
        _cost_card(results, pair, "memory_bytes", "Training memory"),
    )


_MEMORY_COLUMN, _SCORE_COLUMN = 3, 4


def best_cells(results: Results) -> frozenset[tuple[str, int]]:
    """The cells of the results table that may be marked as the best, as (contender, column).

    A contender is best where the verdicts on it and each of the others say that it is better;
    the smallest figure alone is not enough.
    """
    columns = {"memory_bytes": _MEMORY_COLUMN, results.metric.name: _SCORE_COLUMN}
    cells: set[tuple[str, int]] = set()
    for about, column in columns.items():
        verdicts = [verdict for verdict in results.summary.verdicts if verdict.about == about]
        for name in (contender.name for contender in results.history.contenders):
            own = [verdict for verdict in verdicts if name in (verdict.first, verdict.second)]
            if own and all(each.decision == Decision("better", name) for each in own):
                cells.add((name, column))
    return frozenset(cells)


def score_verdict(results: Results, pair: tuple[str, str]) -> ScoreVerdict | None:
    """The verdict of the main metric on two contenders."""
    verdict = _verdict(results, pair, results.metric.name)
    return verdict if isinstance(verdict, ScoreVerdict) else None


def _verdict(results: Results, pair: tuple[str, str], about: str) -> Verdict | None:
    for verdict in results.summary.verdicts:
        if verdict.about == about and (verdict.first, verdict.second) == pair:
            return verdict
    return None


def _score_card(results: Results, pair: tuple[str, str], so_far: str) -> VerdictText:
    title = f"Score: {results.score_label}{so_far}"
    verdict = score_verdict(results, pair)
    if verdict is None or not verdict.seeds:
        return _unknown(title, "Available once both have finished a seed.")
    kind, name = verdict.decision.kind, verdict.decision.name
    headline, tone = _SCORE_HEADLINES[kind]
    standings = tuple(comparison.sentence for comparison in verdict.standings)
    advice = advice_and_outcome(results.history, [verdict])
    warnings = [item for item in verdict.basis if isinstance(item, _WARNINGS)]
    findings = tuple(filter(None, (verdict.finding, *basis_sentences(warnings), advice)))
    details = tuple(filter(None, (verdict.odds, *standings)))
    basis = basis_sentences(item for item in verdict.basis if item not in warnings)
    return VerdictText(title, headline.format(name=name), tone, findings, details, basis)


_SCORE_HEADLINES: dict[str, tuple[str, Tone]] = {
    "better": ("{name} is better", ""),
    "tie": ("practically the same", ""),
    "identical": ("exactly the same", ""),
    "undecided": ("inconclusive", "muted"),
    "baseline": ("a baseline wins", "warning"),
}


def _cost_card(results: Results, pair: tuple[str, str], about: str, title: str) -> VerdictText:
    verdict = _verdict(results, pair, about)
    if not isinstance(verdict, CostVerdict):
        return _unknown(title, "Available once both have started.")
    better = "{name} is faster" if about == "step_ms" else "{name} needs less"
    headlines: dict[str, tuple[str, Tone]] = {**_SCORE_HEADLINES, "better": (better, "")}
    headline, tone = headlines[verdict.decision.kind]
    text = headline.format(name=verdict.decision.name)
    finding = verdict.finding[:1].upper() + verdict.finding[1:]
    return VerdictText(title, text, tone, (finding,), (), basis_sentences(verdict.basis))


def _unknown(title: str, why: str) -> VerdictText:
    return VerdictText(title, "not available yet", "muted", (why,), (), ())


@dataclass(frozen=True)
class Differences:
    """First - second, seed by seed or fold by fold, against the margin.

    Attributes:
        label: What is subtracted, with its unit.
        kind: "seed", or "fold" where the data is divided into folds.
        points: Seeds or folds that both finished, such as "2" or "repeat 1, fold 2", with the
            difference; of a fold it is the mean over the seeds.
        mean: The mean with its interval.
        margin: Differences up to this are practically the same.
        better_left: The better one where the difference is below zero.
        better_right: The better one above zero.
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
    short = short_names(pair, _LONGEST_NAME)
    return Differences(
        f"{short[first]} − {short[second]}, test {verdict.label}{unit}",
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
    differences_by_seed = []
    for seed in seeds:
        runs = [results.history.contender(each).run(seed) for each in pair]
        mine, other = (run.result.scores[name] if run.result else math.nan for run in runs)
        differences_by_seed.append((str(seed), float(mine - other)))
    return tuple(differences_by_seed)


def _by_fold(results: Results, pair: tuple[str, str]) -> tuple[tuple[str, float], ...]:
    name = results.metric.name
    first, second = (results.history.contender(each) for each in pair)
    differences_by_fold: dict[str, list[float]] = {}
    for run in first.runs:
        other = second.run(*run.run.pair)
        if run.has_ended and other.has_ended and run.result and other.result:
            difference = float(run.result.scores[name] - other.result.scores[name])
            differences_by_fold.setdefault(str(run.run.fold_id), []).append(difference)
    return tuple((fold, sum(values) / len(values)) for fold, values in differences_by_fold.items())


def best_baseline_score(results: Results) -> tuple[str, float] | None:
    """Name and score of the best baseline, or None."""
    rows = results.table.rows[len(results.history.contenders) :]
    scored = [row for row in rows if math.isfinite(row.score.value)]
    if not scored:
        return None
    best = max if results.metric.higher_is_better else min
    best_row = best(scored, key=lambda row: row.score.value)
    return best_row.model, best_row.score.value
