"""The scale of an axis, from values to positions, with round ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_TICKS = 5
_LOG_FROM = 8.0


@dataclass(frozen=True)
class Scale:
    """An axis.

    Attributes:
        low: Lowest value.
        high: Highest value.
        begin: Position of the lowest value.
        end: Position of the highest value.
        is_log: Whether it is logarithmic.
    """

    low: float
    high: float
    begin: float
    end: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """The position of a value."""
        low, high, point = self.low, self.high, value
        if self.is_log:
            low, high, point = math.log10(low), math.log10(high), math.log10(value)
        share = (point - low) / (high - low)
        return self.begin + share * (self.end - self.begin)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round values between the ends with their labels."""
        if self.is_log:
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            fine = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
            values = [tick for tick in fine if self.low <= tick <= self.high]
            if len(values) > 2 * _TICKS:
                values = [tick for tick in values if math.log10(tick).is_integer()]
        else:
            step = _round_step((self.high - self.low) / _TICKS)
            first = math.ceil(self.low / step - 1e-9)
            count = math.floor(self.high / step + 1e-9) - first + 1
            values = [(first + number) * step for number in range(count)]
        return [(value, f"{value:.6g}") for value in values]


def scale_for(
    values: Sequence[float], begin: float, end: float, *, may_be_log: bool = False
) -> Scale:
    """An axis that spans all values, logarithmic where positive ones differ by a factor of 8."""
    low, high = min(values), max(values)
    is_log = may_be_log and low > 0 and high / low >= _LOG_FROM
    if low == high:
        room = abs(low) / 2 or 0.5
        low, high = low - room, high + room
    return Scale(low, high, begin, end, is_log)


def _round_step(least: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    steps = (factor * power for factor in (1, 2, 5, 10))
    return next(step for step in steps if step >= least * (1 - 1e-9))
