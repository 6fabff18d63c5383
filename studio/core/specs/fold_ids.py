"""Which split of the data a run is trained and tested on."""

from typing import NamedTuple


class FoldId(NamedTuple):
    """One split into training, validation and test set.

    Attributes:
        repeat: Number of the repeat, from 1; 0 if there is only one.
        fold: Number of the test fold, from 1; 0 for a single split.
    """

    repeat: int = 0
    fold: int = 0

    def __str__(self) -> str:
        """For people: "repeat 2, fold 3", "fold 3", or "" for a single split."""
        repeat = f"repeat {self.repeat}" if self.repeat else ""
        return ", ".join(filter(None, (repeat, f"fold {self.fold}" if self.fold else "")))


SINGLE_SPLIT = FoldId()


def fold_ids(folds: int | None, repeats: int) -> tuple[FoldId, ...]:
    """All folds, repeat by repeat; the single split without folds."""
    if folds is None:
        return (SINGLE_SPLIT,)
    numbers = range(1, repeats + 1) if repeats > 1 else range(1)
    return tuple(FoldId(repeat, fold) for repeat in numbers for fold in range(1, folds + 1))
