"""Nested subsets of the training set, for learning curves."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.notes import TrainingSetReduced
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.splitting.split_examples import NO_GROUP, strata
from studio.data.splitting.splits import Seed, nested_groups, nested_order

_WHERE = "training_examples"
_KEY = 3
"""Separates these random numbers from those of the split, which has the same seed."""


def subset_training(
    dataset: ExampleSet, parts: list[Integers], task: TaskSpec, fold_id: FoldId = SINGLE_SPLIT
) -> tuple[list[Integers], tuple[TrainingSetReduced, ...]]:
    """The sets with as many training examples as the task asks for, and a note on it.

    Examples enter in one order, given by the split seed and the fold, so that a smaller training
    set is contained in every larger one. Classes stay in proportion, and one example of each
    enters first. Where the split keeps groups whole, whole groups enter, as many as fit.

    Args:
        dataset: The examples.
        parts: Indices of the training, validation and test sets.
        task: The complete task.
        fold_id: The fold that the sets belong to.

    Raises:
        SpecError: There are fewer examples than requested, or too few are requested to have one
            of each class, or to have the whole first group.
    """
    training, wanted = parts[0], task.training_examples
    if wanted is None:
        return parts, ()
    refuse_too_many_examples(wanted, len(training))
    if wanted == len(training):
        return parts, ()
    seed = (task.split_seed, fold_id.repeat, fold_id.fold, _KEY)
    if task.group in {None, NO_GROUP}:
        chosen, group = _of_each_class(strata(dataset)[training], wanted, seed), ""
    else:
        group = task.group or ""
        chosen = _whole_groups(dataset.groups[group][training], wanted, seed)
    used = training[np.sort(chosen)]
    return [used, *parts[1:]], (TrainingSetReduced(len(used), len(training), group),)


def refuse_too_many_examples(wanted: int, available: int) -> None:
    """Raises SpecError where more training examples are requested than exist."""
    if wanted > available:
        raise SpecError(
            f"the training set has {available:,} examples, but {wanted:,} are requested",
            where=_WHERE,
            remedy=f"Choose at most {available:,}, or give the training set a larger share",
        )


def _of_each_class(classes: Integers, wanted: int, seed: Seed) -> Integers:
    count = len(np.unique(classes))
    if wanted < count:
        raise SpecError(
            f"{wanted:,} training examples cannot include one of each of the {count:,} classes",
            where=_WHERE,
            remedy=f"Choose at least {count:,}",
        )
    return nested_order(classes, seed)[:wanted]


def _whole_groups(groups: NDArray[np.str_], wanted: int, seed: Seed) -> Integers:
    order, counts = nested_groups(groups, seed)
    first = int(counts[0])
    if wanted < first:
        raise SpecError(
            f"groups are kept whole, and the first group has {first:,} examples",
            where=_WHERE,
            remedy=f"Choose at least {first:,}, or split without groups",
        )
    inside = np.cumsum(counts) <= wanted
    return order[: int(counts[inside].sum())]
