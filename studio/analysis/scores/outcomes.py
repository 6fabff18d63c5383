"""Which of two contenders verdicts favour, one by one and Holm-corrected."""

from collections.abc import Sequence
from typing import Literal

from studio.analysis.scores.multiple_testing import holm
from studio.analysis.scores.verdicts import ScoreVerdict

Expected = Literal["first", "second", "same"]


def outcome_of(verdict: ScoreVerdict) -> Expected | Literal["undecided"]:
    """Which of two contenders a verdict favours."""
    kind = verdict.decision.kind
    if kind in {"tie", "identical"}:
        return "same"
    if kind == "better":
        return "first" if verdict.decision.name == verdict.first else "second"
    return "undecided"


def outcomes_of(
    verdicts: Sequence[ScoreVerdict],
) -> tuple[Expected | Literal["undecided"], ...]:
    """The same for verdicts under several conditions, Holm-corrected."""
    is_significant = holm([verdict.p for verdict in verdicts])
    outcomes = [outcome_of(verdict) for verdict in verdicts]
    return tuple(
        outcome if outcome == "same" or significant else "undecided"
        for outcome, significant in zip(outcomes, is_significant, strict=True)
    )
