"""What a measurement says of a claim: supported, partly supported, refuted or undecided."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.analysis.chances import holm
from studio.analysis.intervals import Interval
from studio.analysis.maps import CrossoverMap
from studio.analysis.verdicts import ScoreVerdict
from studio.analysis.words import with_interval

Outcome = Literal["supported", "partly supported", "refuted", "undecided"]
Expected = Literal["first", "second", "same"]

CLAIMED_SAVING = 0.80
"""A saving of 20 to 40 % is a ratio of 0.60 to 0.80; more than was claimed supports it too."""


@dataclass(frozen=True)
class Condition:
    """One of several conditions under which a claim was measured.

    Attributes:
        name: Such as "60 % missing".
        value: The figure there.
        low: Lower end of its 95 % interval; NaN where it is unknown.
        high: Upper end.
    """

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """A claim beside its measurement.

    Attributes:
        verdict: What follows.
        figure: The figure that decides; NaN where there is none.
        low: Lower end of its 95 % interval; NaN where it is exact or unknown.
        high: Upper end of its 95 % interval; NaN where it is exact or unknown.
        unit: Of what kind the figure is.
        text: The same in words.
        engine: With which engine it was measured, or "" where none matters.
        conditions: What was measured under each condition, where there are several.
        conditions_unit: Of what kind those figures are, where it is not `unit`.
        maps: What was measured at each place of two scales, where there are such.
    """

    verdict: Outcome
    figure: float
    low: float
    high: float
    unit: str
    text: str
    engine: str = ""
    conditions: tuple[Condition, ...] = ()
    conditions_unit: str = ""
    maps: tuple[CrossoverMap, ...] = ()


@dataclass(frozen=True)
class KeptResult:
    """What was found of a claim, as it was kept.

    Attributes:
        findings: One for each part or engine.
        seconds: How long it took.
        environment: Versions, processor and threads by name.
        date: When, in ISO form.
    """

    findings: tuple[Finding, ...]
    seconds: float
    environment: Mapping[str, str]
    date: str


def finding(  # noqa: PLR0913 - what a finding is made of
    verdict: Outcome,
    interval: Interval,
    unit: str,
    text: str,
    engine: str = "",
    *,
    conditions: Mapping[str, Interval] | None = None,
    maps: tuple[CrossoverMap, ...] = (),
) -> Finding:
    """A finding with the figure and the ends of an interval."""
    each = tuple(
        Condition(name, found.value, found.low, found.high)
        for name, found in (conditions or {}).items()
    )
    ends = interval.value, interval.low, interval.high
    return Finding(verdict, *ends, unit, text, engine, each, maps=maps)


def differences_of(names: Sequence[str], verdicts: Sequence[ScoreVerdict]) -> dict[str, Interval]:
    """The difference of each verdict under the name of its condition."""
    return {name: verdict.difference for name, verdict in zip(names, verdicts, strict=True)}


def nothing_measured(reason: str, engine: str = "") -> Finding:
    """An undecided claim and why."""
    none = float("nan")
    return Finding("undecided", none, none, none, "", reason, engine)


def judge_saving(ratio: Interval, claimed: float = CLAIMED_SAVING) -> Outcome:
    """Judges a ratio of costs that was claimed to be below a bound.

    Supported where the whole interval is under the bound, partly supported where it is under 1,
    refuted where it is above 1, and undecided where it holds 1 or is not known.
    """
    if not ratio.is_known:
        return "undecided"
    if ratio.high < claimed:
        return "supported"
    if ratio.high < 1:
        return "partly supported"
    return "refuted" if ratio.low > 1 else "undecided"


def judge_difference(difference: Interval, margin: float) -> Outcome:
    """Judges a claim that a difference is above zero; within the margin it is refuted."""
    if not difference.is_known:
        return "undecided"
    if difference.lies_within(margin) or difference.high < 0:
        return "refuted"
    return "supported" if difference.low > 0 else "undecided"


def outcome_of(verdict: ScoreVerdict) -> Expected | Literal["undecided"]:
    """Which of two contenders a verdict prefers."""
    kind = verdict.decision.kind
    if kind in {"tie", "identical"}:
        return "same"
    if kind == "better":
        return "first" if verdict.decision.name == verdict.first else "second"
    return "undecided"


def outcomes_of(
    verdicts: Sequence[ScoreVerdict],
) -> tuple[Expected | Literal["undecided"], ...]:
    """The same for verdicts under several conditions; who is better is judged together (Holm)."""
    certain = holm([verdict.p for verdict in verdicts])
    found = [outcome_of(verdict) for verdict in verdicts]
    return tuple(
        each if each == "same" or holds else "undecided"
        for each, holds in zip(found, certain, strict=True)
    )


def judge_conditions(
    found: Sequence[Expected | Literal["undecided"]], expected: Sequence[Expected]
) -> Outcome:
    """Judges what was claimed of several conditions.

    Supported where all came out as claimed, refuted where some came out otherwise and none as
    claimed, undecided where nothing was told apart, partly supported in between.
    """
    decided = [(have, want) for have, want in zip(found, expected, strict=True) if have != _OPEN]
    hits = sum(have == want for have, want in decided)
    if not decided:
        return "undecided"
    if hits == len(found):
        return "supported"
    return "partly supported" if hits else "refuted"


_OPEN = "undecided"


def largest(verdicts: Sequence[ScoreVerdict]) -> Interval:
    """The difference that is farthest from none, of verdicts that are known."""
    known = [verdict.difference for verdict in verdicts if math.isfinite(verdict.difference.value)]
    return max(known, key=lambda each: abs(each.value))


def told(conditions: Sequence[str], verdicts: Sequence[ScoreVerdict]) -> str:
    """Each condition with its difference and what follows, in one sentence."""
    each = [
        f"{condition}: {verdict.first} − {verdict.second} = {with_interval(verdict.difference)}, "
        f"{_words(verdict, outcome)}"
        for condition, verdict, outcome in zip(
            conditions, verdicts, outcomes_of(verdicts), strict=True
        )
    ]
    return "; ".join(each) + "."


def _words(verdict: ScoreVerdict, outcome: str) -> str:
    if verdict.decision.kind == "baseline":
        return f"but {verdict.decision.name} is better than both"
    names = {"first": verdict.first, "second": verdict.second}
    if outcome in names:
        return f"{names[outcome]} is better"
    return "practically the same" if outcome == "same" else "undecided"
