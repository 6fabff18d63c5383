"""In which order contenders take turns, and how long a turn is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class TurnRule:
    """How long one contender trains before the next has its turn.

    A turn ends after `seconds`, or at the end of an epoch once `least_steps` were made: short
    epochs are whole turns, and very short ones are bundled so that enough steps are left after
    the first ones, which follow a switch and are dropped from the statistics.

    Attributes:
        seconds: Length of a turn.
        least_steps: Steps below which the end of an epoch does not end the turn.
        warmup: Steps after a switch that are left out of timing statistics.
        report_seconds: Step times are reported in arrays of at least this length.
    """

    seconds: float = 0.5
    least_steps: int = 12
    warmup: int = 2
    report_seconds: float = 0.05


def turn_order(contenders: Sequence[T], turn: int) -> list[T]:
    """The order of one round of turns: ABBA, so that a drifting machine treats all alike."""
    return list(contenders) if turn % 2 == 0 else list(reversed(contenders))
