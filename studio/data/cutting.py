"""A smaller training part: subsets of the whole one, each within every larger one."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.division import WHOLE, Division
from studio.core.errors import SpecError
from studio.core.task import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.dividing import NO_GROUP, strata_of
from studio.data.splits import Seed, growing_groups, growing_order

_WHERE = "training_examples"
_KEY = 3
"""Sets the order in which examples enter apart from that of the split, which has the same seed."""


def cut_training(
    dataset: ExampleSet, parts: list[Integers], task: TaskSpec, division: Division = WHOLE
) -> tuple[list[Integers], tuple[str, ...]]:
    """The parts with as many training examples as the task says, and a sentence on it.

    Examples enter in one order, which follows from the split seed and the division: those of a
    smaller training part are among those of every larger one. Every class enters with its share,
    and one of each comes first. Where the division keeps groups together, whole groups enter, as
    many as there is room for.

    Args:
        dataset: The examples.
        parts: Indices of training, validation and test part.
        task: The complete task.
        division: Which of the task's divisions the parts are of.

    Raises:
        SpecError: More are asked for than there are, or too few to have one of each class, or
            fewer than the first group has.
    """
    whole, wanted = parts[0], task.training_examples
    if wanted is None:
        return parts, ()
    refuse_more(wanted, len(whole))
    if wanted == len(whole):
        return parts, ()
    seed = (task.split_seed, division.repeat, division.fold, _KEY)
    if task.group in {None, NO_GROUP}:
        chosen, groups = _of_each_class(strata_of(dataset)[whole], wanted, seed), ""
    else:
        chosen = _whole_groups(dataset.groups[task.group or ""][whole], wanted, seed)
        groups = f", whole groups of the column '{task.group}'"
    kept = whole[np.sort(chosen)]
    return [kept, *parts[1:]], (f"{cut_note(len(kept), len(whole))}{groups}",)


def refuse_more(wanted: int, there: int) -> None:
    """Raises SpecError where more training examples are asked for than there are."""
    if wanted > there:
        raise SpecError(
            f"the training part has {there:,} examples, and {wanted:,} are asked for",
            where=_WHERE,
            remedy=f"Choose at most {there:,}, or give the training part a larger share",
        )


def cut_note(kept: int, whole: int) -> str:
    """A sentence on a training part that was cut, without its full stop."""
    return f"{kept:,} of the {whole:,} examples of the training part are trained on"


def _of_each_class(classes: Integers, wanted: int, seed: Seed) -> Integers:
    count = len(np.unique(classes))
    if wanted < count:
        raise SpecError(
            f"{wanted:,} training examples cannot hold one of each of the {count:,} classes",
            where=_WHERE,
            remedy=f"Choose at least {count:,}",
        )
    return growing_order(classes, seed)[:wanted]


def _whole_groups(groups: NDArray[np.str_], wanted: int, seed: Seed) -> Integers:
    order, counts = growing_groups(groups, seed)
    first = int(counts[0])
    if wanted < first:
        raise SpecError(
            f"groups are kept whole, and the first that enters has {first:,} examples",
            where=_WHERE,
            remedy=f"Choose at least {first:,}, or divide example by example",
        )
    inside = np.cumsum(counts) <= wanted
    return order[: int(counts[inside].sum())]
