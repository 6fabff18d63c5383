"""Steps of time as they are written, such as 15min or 2 h."""

import re
from dataclasses import dataclass

_STEP = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min|h|d|w)?\s*")
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000,
                 "w": 604_800_000}  # fmt: skip


@dataclass(frozen=True)
class TimeStep:
    """A step of time.

    Attributes:
        size: In milliseconds, or in the units of a time column of numbers.
        is_of_dates: Whether it has a unit of time, so that it divides dates.
    """

    size: float
    is_of_dates: bool


def time_step(text: str) -> TimeStep:
    """Reads a step: a number with ms, s, min, h, d or w behind it, or a plain number.

    Raises:
        ValueError: It is no such step; the message says how to write one.
    """
    found = _STEP.fullmatch(text)
    if found is None or not float(found[1]):
        raise ValueError("write a step such as 30s, 15min, 1h, 1d or 1w, or a number above 0")
    if found[2] is None:
        return TimeStep(float(found[1]), is_of_dates=False)
    size = float(found[1]) * _MILLISECONDS[found[2]]
    if size != round(size):
        raise ValueError("dates are divided down to one millisecond (1ms)")
    return TimeStep(size, is_of_dates=True)
