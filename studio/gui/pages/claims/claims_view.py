"""What the page Claims shows: verdicts, measurements as pictures, the machine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.claims.analysis.findings import Condition, Finding, StoredClaimResult
from studio.core.durations import format_duration
from studio.gui.view.number_format import local_time
from studio.gui.view.results_view import Tone

_LARGEST = ", the largest difference"
_RATIO = "GRU over LSTM"
TONES: dict[str, Tone] = {
    "supported": "good",
    "partly supported": "good",
    "refuted": "warning",
    "undecided": "muted",
}


@dataclass(frozen=True)
class Picture:
    """Intervals beside the values that they are judged by.

    Attributes:
        label: Of the axis of values.
        rows: From above.
        marks: Values with their meaning.
        starts_at_zero: Whether the axis shows zero.
    """

    label: str
    rows: tuple[Condition, ...]
    marks: tuple[tuple[float, str], ...]
    starts_at_zero: bool = False


def pictures(findings: Sequence[Finding], claimed: float | None) -> tuple[Picture, ...]:
    """One picture of all ratios, and one for each finding under several conditions.

    A finding with maps has its figures there.

    Args:
        findings: Of one claim.
        claimed: The ratio up to which the claim holds in full, or None.
    """
    ratios, others = [], []
    for finding in findings:
        if finding.maps:
            continue
        if finding.conditions:
            others.append(_of_conditions(finding))
        elif math.isfinite(finding.figure) and _is_ratio(finding):
            ratios.append(_row(finding))
        elif math.isfinite(finding.low):
            others.append(Picture(finding.unit, (_row(finding),), ((0.0, "no difference"),)))
    if not ratios:
        return tuple(others)
    marks = [(1.0, "the same")]
    if claimed is not None:
        marks.append((claimed, "as claimed"))
    return (Picture(_RATIO, tuple(ratios), tuple(marks), starts_at_zero=True), *others)


def headline(finding: Finding) -> str:
    """Such as "Fused engine: partly supported"."""
    words = f"{finding.measured}: {finding.verdict}" if finding.measured else finding.verdict
    return words[:1].upper() + words[1:]


def stamp(result: StoredClaimResult) -> str:
    """Where and when it was measured."""
    environment = result.environment
    threads, torch = environment.get("threads", "?"), environment.get("torch", "?")
    return (
        f"{environment.get('cpu', 'unknown processor')}, {threads} threads, torch {torch}, "
        f"{local_time(result.date)}, took {format_duration(result.seconds)}."
    )


def at_most(limit: float, spent: float) -> str:
    """How long a claim still takes, such as "at most 3 min left"; it may round off at the end."""
    left = limit - spent
    return f"at most {format_duration(left)} left" if left > 1 else "almost done"


def _of_conditions(finding: Finding) -> Picture:
    label = finding.conditions_unit or finding.unit.removesuffix(_LARGEST)
    marks = () if finding.conditions_unit else ((0.0, "no difference"),)
    return Picture(label, finding.conditions, marks)


def _is_ratio(finding: Finding) -> bool:
    return "ratio" in finding.unit or " over " in finding.unit


def _row(finding: Finding) -> Condition:
    what = finding.unit.split(", ratio", maxsplit=1)[0]
    name = f"{what}, {finding.engine}" if finding.engine else what
    return Condition(name, finding.figure, finding.low, finding.high)
