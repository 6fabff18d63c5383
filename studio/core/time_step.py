"""Time steps as text, such as 15min or 2 h."""

import re
from dataclasses import dataclass

_STEP = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d|w)?\s*")
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
                 "w": 604_800_000}  # fmt: skip


@dataclass(frozen=True)
class TimeStep:
    """A time step.

    Attributes:
        size: In milliseconds, or in the units of a numeric time column.
        is_of_dates: Whether it has a unit of time and so applies to dates.
    """

    size: float
    is_of_dates: bool


def time_step(text: str) -> TimeStep:
    """Reads a time step: a number followed by ms, s, min, h, d or w, or a plain number.

    Raises:
        ValueError: The text is no time step; the message says how to write one.
    """
    match = _STEP.fullmatch(text)
    if match is None or not float(match[1]):
        raise ValueError("give a time step such as 30s, 15min, 1h, 1d or 1w, or a number above 0")
    if match[2] is None:
        return TimeStep(float(match[1]), is_of_dates=False)
    size = float(match[1]) * _MILLISECONDS[match[2]]
    if size != round(size):
        raise ValueError("give whole milliseconds; the smallest step of dates is 1ms")
    return TimeStep(size, is_of_dates=True)
