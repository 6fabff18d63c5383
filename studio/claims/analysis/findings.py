"""Findings on a claim: supported, partly supported, refuted or undecided."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.analysis.intervals import Interval
from studio.analysis.scores.outcomes import Expected, outcomes_of
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.analysis.wording import with_interval
from studio.claims.analysis.crossover_map import CrossoverMap, Number

Outcome = Literal["supported", "partly supported", "refuted", "undecided"]

_ENGINES = frozenset({"fused", "torch"})
CLAIMED_SAVING = 0.80
"""A saving of 20 to 40 % is a ratio of 0.60 to 0.80; a larger saving supports it too."""


@dataclass(frozen=True)
class Condition:
    """One of several conditions under which a claim was measured.

    Attributes:
        name: Such as "60 % missing".
        value: The measured value.
        low: Lower end of its 95 % interval; NaN where it is unknown.
        high: Upper end of its 95 % interval; NaN where it is unknown.
    """

    name: str
    value: Number
    low: Number
    high: Number


@dataclass(frozen=True)
class Finding:
    """What one part of a claim's experiment says about it.

    Attributes:
        verdict: The outcome.
        figure: The value that decides; NaN where there is none.
        low: Lower end of its 95 % interval; NaN where it is exact or unknown.
        high: Upper end of its 95 % interval; NaN where it is exact or unknown.
        unit: The quantity of the value, such as "accuracy, GRU - LSTM".
        text: The finding in words.
        engine: The engine or exported form that was measured, or "" where it does not matter.
        conditions: The value under each condition, where there are several.
        conditions_unit: The quantity of those values, where it is not `unit`.
        maps: Crossover maps, where there are any.
    """

    verdict: Outcome
    figure: Number
    low: Number
    high: Number
    unit: str
    text: str
    engine: str = ""
    conditions: tuple[Condition, ...] = ()
    conditions_unit: str = ""
    maps: tuple[CrossoverMap, ...] = ()

    @property
    def measured(self) -> str:
        """What was measured, such as "fused engine" or "C, int8", or ""."""
        return f"{self.engine} engine" if self.engine in _ENGINES else self.engine


@dataclass(frozen=True)
class StoredClaimResult:
    """A claim's result as stored.

    Attributes:
        findings: One per part or engine.
        seconds: How long it took.
        environment: Versions, CPU and threads by name.
        date: When it was measured, in ISO format.
    """

    findings: tuple[Finding, ...]
    seconds: float
    environment: Mapping[str, str]
    date: str


def finding(  # noqa: PLR0913 - the parts of a finding
    verdict: Outcome,
    interval: Interval,
    unit: str,
    text: str,
    engine: str = "",
    *,
    conditions: Mapping[str, Interval] | None = None,
    maps: tuple[CrossoverMap, ...] = (),
) -> Finding:
    """A finding with the value and ends of an interval."""
    rows = tuple(
        Condition(name, measured.value, measured.low, measured.high)
        for name, measured in (conditions or {}).items()
    )
    ends = interval.value, interval.low, interval.high
    return Finding(verdict, *ends, unit, text, engine, rows, maps=maps)


def differences_of(names: Sequence[str], verdicts: Sequence[ScoreVerdict]) -> dict[str, Interval]:
    """The difference of each verdict by the name of its condition."""
    return {name: verdict.difference for name, verdict in zip(names, verdicts, strict=True)}


def not_measured(reason: str, engine: str = "") -> Finding:
    """An undecided finding with its reason."""
    none = float("nan")
    return Finding("undecided", none, none, none, "", reason, engine)


def judge_saving(ratio: Interval, claimed: float = CLAIMED_SAVING) -> Outcome:
    """Judges a ratio of costs that is claimed to be below a bound.

    Supported where the whole interval is below the bound, partly supported where it is below 1,
    refuted where it is above 1, and undecided where it includes 1 or is unknown.
    """
    if not ratio.is_known:
        return "undecided"
    if ratio.high < claimed:
        return "supported"
    if ratio.high < 1:
        return "partly supported"
    return "refuted" if ratio.low > 1 else "undecided"


def judge_difference(difference: Interval, margin: float) -> Outcome:
    """Judges the claim that a difference is above zero; within the margin it is refuted."""
    if not difference.is_known:
        return "undecided"
    if difference.lies_within(margin) or difference.high < 0:
        return "refuted"
    return "supported" if difference.low > 0 else "undecided"


def judge_conditions(
    outcomes: Sequence[Expected | Literal["undecided"]], expected: Sequence[Expected]
) -> Outcome:
    """Judges a claim over several conditions.

    Supported where all outcomes are as claimed, refuted where some are otherwise and none is as
    claimed, undecided where all are undecided, partly supported in between.
    """
    decided = [
        (outcome, claimed)
        for outcome, claimed in zip(outcomes, expected, strict=True)
        if outcome != "undecided"
    ]
    hits = sum(outcome == claimed for outcome, claimed in decided)
    if not decided:
        return "undecided"
    if hits == len(outcomes):
        return "supported"
    return "partly supported" if hits else "refuted"


def largest(verdicts: Sequence[ScoreVerdict]) -> Interval:
    """The largest known difference in absolute value."""
    known = [verdict.difference for verdict in verdicts if math.isfinite(verdict.difference.value)]
    return max(known, key=lambda difference: abs(difference.value))


def describe_conditions(conditions: Sequence[str], verdicts: Sequence[ScoreVerdict]) -> str:
    """Each condition with its difference and outcome, in one sentence."""
    parts = [
        f"{condition}: {verdict.first} − {verdict.second} = {with_interval(verdict.difference)}, "
        f"{_describe_outcome(verdict, outcome)}"
        for condition, verdict, outcome in zip(
            conditions, verdicts, outcomes_of(verdicts), strict=True
        )
    ]
    return "; ".join(parts) + "."


def _describe_outcome(verdict: ScoreVerdict, outcome: str) -> str:
    if verdict.decision.kind == "baseline":
        return f"but {verdict.decision.name} is better than both"
    names = {"first": verdict.first, "second": verdict.second}
    if outcome in names:
        return f"{names[outcome]} is better"
    return "practically the same" if outcome == "same" else "inconclusive"
