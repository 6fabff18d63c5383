"""The order and length of turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class TurnRule:
    """How long one contender trains before the next one's turn.

    A turn ends after `seconds`, or at the end of an epoch once `least_steps` were taken: a short
    epoch is a turn of its own, and very short ones are bundled, so that enough steps remain after
    the first ones, which follow a switch and are excluded from timing statistics.

    Attributes:
        seconds: Length of a turn.
        least_steps: Minimum steps before the end of an epoch ends the turn.
        warmup: Steps after a switch that are excluded from timing statistics.
        report_seconds: Step times are reported in arrays of at least this length.
    """

    seconds: float = 0.5
    least_steps: int = 12
    warmup: int = 2
    report_seconds: float = 0.05


def turn_order(contenders: Sequence[T], turn: int) -> list[T]:
    """The order of turns in one round: ABBA, so that drift affects all contenders equally."""
    return list(contenders) if turn % 2 == 0 else list(reversed(contenders))
