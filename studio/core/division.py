"""Which division of the data a run is trained and tested on."""

from typing import NamedTuple


class Division(NamedTuple):
    """One division into training, validation and test part.

    Attributes:
        repeat: Number of the repetition, from 1; 0 where there is one alone.
        fold: Number of the fold that is tested, from 1; 0 where the data is divided once.
    """

    repeat: int = 0
    fold: int = 0

    def __str__(self) -> str:
        """As shown to people: "repeat 2, fold 3", "fold 3", or "" where divided once."""
        repeat = f"repeat {self.repeat}" if self.repeat else ""
        return ", ".join(filter(None, (repeat, f"fold {self.fold}" if self.fold else "")))


WHOLE = Division()
"""The one division of data that is divided once."""


def divisions_of(folds: int | None, repeats: int) -> tuple[Division, ...]:
    """All divisions of so many folds, repetition by repetition."""
    if folds is None:
        return (WHOLE,)
    numbers = range(1, repeats + 1) if repeats > 1 else range(1)
    return tuple(Division(repeat, fold) for repeat in numbers for fold in range(1, folds + 1))
