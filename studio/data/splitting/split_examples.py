"""Splits examples: at random by class, by group, or as given with the data."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.notes import DataNote, LeakedExamples, SharedGroups
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.splitting.duplicates import MOST_COMPARED, count_leaked
from studio.data.splitting.splits import (
    PART_NAMES,
    Seed,
    grouped_parts,
    part_sizes,
    refuse_empty,
    stratified_parts,
)

NO_GROUP = "none"
_ENOUGH_GROUPS = 5


def group_column(dataset: ExampleSet, asked: str | None) -> str:
    """The column whose groups are kept whole, or "none".

    Unless set, it is the dataset's own group column if that has at least five groups.

    Raises:
        SpecError: There is no such column.
    """
    if asked is None:
        own = [column.name for column in dataset.columns if column.role == "group"]
        enough = (name for name in own if len(np.unique(dataset.groups[name])) >= _ENOUGH_GROUPS)
        return next(enough, NO_GROUP)
    if asked in {"", NO_GROUP}:
        return NO_GROUP
    if asked not in dataset.groups:
        listed = ", ".join((*dataset.groups, NO_GROUP))
        raise SpecError(
            f"the column '{asked}' does not hold groups",
            where="group",
            remedy=f"Choose one of {listed}",
        )
    return asked


def split_examples(
    dataset: ExampleSet, pool: Integers, task: TaskSpec, fold_id: FoldId = SINGLE_SPLIT
) -> list[Integers]:
    """Indices of the training, validation and test examples, chosen from the pool.

    With folds, the fold of fold_id is the test set. The same split seed and fold give the same
    sets; each repetition draws its own.

    Raises:
        SpecError: A set would be empty.
    """
    in_test = dataset.in_test
    if in_test is not None and dataset.in_validation is not None:
        in_training = ~(in_test | dataset.in_validation)
        return [pool[mask[pool]] for mask in (in_training, dataset.in_validation, in_test)]
    assert task.split is not None  # noqa: S101 - the task is complete
    free = pool if in_test is None else pool[~in_test[pool]]
    if task.folds is not None and task.folds > len(free):
        raise SpecError(
            f"there are only {len(free)} examples for {task.folds} folds",
            where="folds",
            remedy="Choose fewer folds",
        )
    sizes = part_sizes(len(free), task.split)
    refuse_empty(sizes, task.split, f"there are only {len(free)} examples")
    if task.folds is not None:
        return _fold(dataset, free, task, fold_id)
    chosen = [free[part] for part in _parts(dataset, free, task, task.split, task.split_seed)]
    return chosen if in_test is None else [*chosen, pool[in_test[pool]]]


def _fold(dataset: ExampleSet, pool: Integers, task: TaskSpec, fold_id: FoldId) -> list[Integers]:
    """The fold as test set, and the rest split into training and validation sets."""
    assert task.folds is not None  # noqa: S101 - just asked
    assert task.split is not None  # noqa: S101 - the task is complete
    shares = (1 / task.folds,) * task.folds
    seed = (task.split_seed, fold_id.repeat)
    _refuse_few_groups(dataset, pool, task)
    test = pool[_parts(dataset, pool, task, shares, seed)[fold_id.fold - 1]]
    rest = pool[~np.isin(pool, test)]
    training, validation, _ = task.split
    not_tested = training + validation
    shares_of_rest = (training / not_tested, validation / not_tested)
    inner = _parts(dataset, rest, task, shares_of_rest, (*seed, fold_id.fold))
    return [*(rest[part] for part in inner), test]


def _refuse_few_groups(dataset: ExampleSet, pool: Integers, task: TaskSpec) -> None:
    if task.group in {None, NO_GROUP} or task.folds is None:
        return
    count = len(np.unique(dataset.groups[task.group or ""][pool]))
    if count < task.folds:
        raise SpecError(
            f"the column '{task.group}' has only {count} groups for {task.folds} folds",
            where="folds",
            remedy=f"Choose at most {count} folds, or another group column",
        )


def _parts(
    dataset: ExampleSet, pool: Integers, task: TaskSpec, shares: tuple[float, ...], seed: Seed
) -> tuple[Integers, ...]:
    """Positions in the pool, split by group where one is set, otherwise by class."""
    if task.group not in {None, NO_GROUP}:
        assert task.group is not None  # noqa: S101 - just asked
        return grouped_parts(dataset.groups[task.group][pool], shares, seed)
    return stratified_parts(strata(dataset)[pool], shares, seed)


def strata(dataset: ExampleSet) -> Integers:
    """What a split is stratified by: the class of each example, or zeros, (examples,)."""
    if dataset.class_names is None:
        return np.zeros(len(dataset), dtype=np.int64)
    return dataset.labels.astype(np.int64)


def split_notes(
    dataset: ExampleSet, parts: list[Integers], group: str | None
) -> tuple[DataNote, ...]:
    """Notes on examples and groups that are in the training set and in another set."""
    notes: list[DataNote] = []
    if len(dataset) <= MOST_COMPARED:
        leaked = count_leaked(dataset.kinds, parts[0], parts[1:])
        if leaked:
            notes.append(LeakedExamples(leaked, sum(map(len, parts[1:]))))
    for name, values in dataset.groups.items():
        shared = _count_shared(values, parts)
        if shared and (name == group or group in {None, NO_GROUP}) and _is_group(dataset, name):
            notes.append(_shared_groups(dataset, name, shared, len(parts)))
    return tuple(notes)


def _shared_groups(dataset: ExampleSet, name: str, shared: int, parts: int) -> SharedGroups:
    total = len(np.unique(dataset.groups[name]))
    if dataset.in_test is not None and dataset.first_rows is None:
        return SharedGroups(name, shared, total, "given split")
    if total < 2:  # noqa: PLR2004 - one cannot be split
        return SharedGroups(name, shared, total, "one group")
    return SharedGroups(name, shared, total, "few groups" if total < parts else "no grouping")


def _is_group(dataset: ExampleSet, name: str) -> bool:
    return any(column.name == name and column.role == "group" for column in dataset.columns)


def _count_shared(values: NDArray[np.str_], parts: list[Integers]) -> int:
    training = set(values[parts[0]].tolist())
    held_out = set().union(*(values[part].tolist() for part in parts[1:]))
    return len(training & held_out)


__all__ = ["NO_GROUP", "PART_NAMES", "group_column", "split_examples", "split_notes", "strata"]
