"""What the page Claims shows: verdicts in words, what was measured as a picture, the machine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.claims import Condition, Finding, KeptResult
from studio.core.durations import in_words
from studio.gui.viewstate.compare import Tone
from studio.gui.viewstate.figures import local_time

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
    for found in findings:
        if found.maps:
            continue
        if found.conditions:
            others.append(_of_conditions(found))
        elif math.isfinite(found.figure) and _is_ratio(found):
            ratios.append(_row(found))
        elif math.isfinite(found.low):
            others.append(Picture(found.unit, (_row(found),), ((0.0, "no difference"),)))
    if not ratios:
        return tuple(others)
    marks = [(1.0, "the same")]
    if claimed is not None:
        marks.append((claimed, "as claimed"))
    return (Picture(_RATIO, tuple(ratios), tuple(marks), starts_at_zero=True), *others)


def headline(found: Finding) -> str:
    """Such as "Fused engine: partly supported"."""
    words = f"{found.engine} engine: {found.verdict}" if found.engine else found.verdict
    return words[:1].upper() + words[1:]


def stamp(result: KeptResult) -> str:
    """Where and when it was measured."""
    known = result.environment
    return (
        f"{known.get('cpu', 'unknown processor')}, {known.get('threads', '?')} threads, torch "
        f"{known.get('torch', '?')}, {local_time(result.date)}, took {in_words(result.seconds)}."
    )


def at_most(limit: float, spent: float) -> str:
    """How long a claim still takes, such as "at most 3 min more"; it may round off at the end."""
    left = limit - spent
    return f"at most {in_words(left)} more" if left > 1 else "about to end"


def _of_conditions(found: Finding) -> Picture:
    label = found.conditions_unit or found.unit.removesuffix(_LARGEST)
    marks = () if found.conditions_unit else ((0.0, "no difference"),)
    return Picture(label, found.conditions, marks)


def _is_ratio(found: Finding) -> bool:
    return "ratio" in found.unit or " over " in found.unit


def _row(found: Finding) -> Condition:
    what = found.unit.split(", ratio", maxsplit=1)[0]
    name = f"{what}, {found.engine}" if found.engine else what
    return Condition(name, found.figure, found.low, found.high)
