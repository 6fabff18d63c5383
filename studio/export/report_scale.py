"""From values to places in a picture, with round figures at an axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_TICKS = 5
_LOG_FROM = 8.0


@dataclass(frozen=True)
class Scale:
    """An axis.

    Attributes:
        low: Value at the begin.
        high: Value at the end.
        begin: Place of the lowest value.
        end: Place of the highest.
        is_log: Whether equal ratios are equally far apart.
    """

    low: float
    high: float
    begin: float
    end: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """Where a value stands."""
        low, high, at = self.low, self.high, value
        if self.is_log:
            low, high, at = math.log10(low), math.log10(high), math.log10(value)
        share = (at - low) / (high - low)
        return self.begin + share * (self.end - self.begin)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round values between the ends, in words."""
        if self.is_log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            fine = [m * 10.0**power for power in powers for m in (1, 2, 5)]
            values = [each for each in fine if self.low <= each <= self.high]
            if len(values) > 2 * _TICKS:
                values = [each for each in values if math.log10(each).is_integer()]
        else:
            step = _round_step((self.high - self.low) / _TICKS)
            first = math.ceil(self.low / step - 1e-9)
            count = math.floor(self.high / step + 1e-9) - first + 1
            values = [(first + number) * step for number in range(count)]
        return [(value, f"{value:.6g}") for value in values]


def scale_for(
    values: Sequence[float], begin: float, end: float, *, may_be_log: bool = False
) -> Scale:
    """An axis that holds all values, logarithmic where positive ones differ by a factor of 8."""
    low, high = min(values), max(values)
    is_log = may_be_log and low > 0 and high / low >= _LOG_FROM
    if low == high:
        room = abs(low) / 2 or 0.5
        low, high = low - room, high + room
    return Scale(low, high, begin, end, is_log)


def _round_step(least: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(each * power for each in (1, 2, 5, 10) if each * power >= least * (1 - 1e-9))
