"""Which example belongs to which part: at random by class, by group, or as it was given."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.division import WHOLE, Division
from studio.core.errors import SpecError
from studio.core.task import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.duplicates import MOST_COMPARED, leaked
from studio.data.splits import (
    PART_NAMES,
    Seed,
    grouped_parts,
    part_sizes,
    refuse_empty,
    stratified_parts,
)

NO_GROUP = "none"
_ENOUGH_GROUPS = 5


def group_of(dataset: ExampleSet, asked: str | None) -> str:
    """The column that examples are kept together by, or "none".

    Where nothing is asked for, it is the dataset's own where at least five groups are there.

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
        listed = ", ".join(dataset.groups) or "none: the dataset has no such column"
        raise SpecError(
            f"'{asked}' does not say whose an example is",
            where="group",
            remedy=f"Choose among {listed}",
        )
    return asked


def divide(
    dataset: ExampleSet, pool: Integers, task: TaskSpec, division: Division = WHOLE
) -> list[Integers]:
    """Indices of the examples of training, validation and test part, among those of the pool.

    Of folds, the one of the division is tested. The same split seed and division give the same
    parts; each repetition draws its own.

    Raises:
        SpecError: A part would be empty.
    """
    given = dataset.in_test
    if given is not None and dataset.in_validation is not None:
        rest = ~(given | dataset.in_validation)
        return [pool[mask[pool]] for mask in (rest, dataset.in_validation, given)]
    assert task.split is not None  # noqa: S101 - the task is complete
    free = pool if given is None else pool[~given[pool]]
    if task.folds is not None and task.folds > len(free):
        raise SpecError(
            f"there are {len(free)} examples for {task.folds} folds",
            where="folds",
            remedy="Choose fewer folds",
        )
    sizes = part_sizes(len(free), task.split)
    refuse_empty(sizes, task.split, f"there are {len(free)} examples to divide")
    if task.folds is not None:
        return _fold(dataset, free, task, division)
    chosen = [free[part] for part in _parts(dataset, free, task, task.split, task.split_seed)]
    return chosen if given is None else [*chosen, pool[given[pool]]]


def _fold(
    dataset: ExampleSet, pool: Integers, task: TaskSpec, division: Division
) -> list[Integers]:
    """The fold of a division as test part, and the rest divided into the other two."""
    assert task.folds is not None  # noqa: S101 - just asked
    assert task.split is not None  # noqa: S101 - the task is complete
    shares = (1 / task.folds,) * task.folds
    seed = (task.split_seed, division.repeat)
    _refuse_few_groups(dataset, pool, task)
    test = pool[_parts(dataset, pool, task, shares, seed)[division.fold - 1]]
    rest = pool[~np.isin(pool, test)]
    training, validation, _ = task.split
    whole = training + validation
    left = (training / whole, validation / whole)
    inner = _parts(dataset, rest, task, left, (*seed, division.fold))
    return [*(rest[part] for part in inner), test]


def _refuse_few_groups(dataset: ExampleSet, pool: Integers, task: TaskSpec) -> None:
    if task.group in {None, NO_GROUP} or task.folds is None:
        return
    count = len(np.unique(dataset.groups[task.group or ""][pool]))
    if count < task.folds:
        raise SpecError(
            f"there are {count} groups in the column '{task.group}' for {task.folds} folds",
            where="folds",
            remedy=f"Choose at most {count} folds, or another group",
        )


def _parts(
    dataset: ExampleSet, pool: Integers, task: TaskSpec, shares: tuple[float, ...], seed: Seed
) -> tuple[Integers, ...]:
    """Places in the pool, divided by group where one is set, by class otherwise."""
    if task.group not in {None, NO_GROUP}:
        assert task.group is not None  # noqa: S101 - just asked
        return grouped_parts(dataset.groups[task.group][pool], shares, seed)
    return stratified_parts(strata_of(dataset)[pool], shares, seed)


def strata_of(dataset: ExampleSet) -> Integers:
    """What a division keeps in its share: the class of each example, or zeros, (examples,)."""
    if dataset.class_names is None:
        return np.zeros(len(dataset), dtype=np.int64)
    return dataset.labels.astype(np.int64)


def division_notes(
    dataset: ExampleSet, parts: list[Integers], group: str | None
) -> tuple[str, ...]:
    """Sentences on what is on both sides of the division."""
    notes = []
    if len(dataset) <= MOST_COMPARED:
        same = leaked(dataset.kinds, parts[0], parts[1:])
        if same:
            total = sum(map(len, parts[1:]))
            notes.append(
                f"{same:,} of the {total:,} examples of validation and test part "
                "are also in the training part; duplicates = drop leaves them out"
            )
    for name, values in dataset.groups.items():
        both = _on_both_sides(values, parts)
        if both and (name == group or group in {None, NO_GROUP}) and _is_group(dataset, name):
            notes.append(_shared(dataset, name, both, len(parts)))
    return tuple(notes)


def _shared(dataset: ExampleSet, name: str, both: int, parts: int) -> str:
    """That examples of the same group are on both sides, and whether it can be helped."""
    count = len(np.unique(dataset.groups[name]))
    said = (
        f"{both:,} of the {count:,} values of '{name}' are in the training part and in others too, "
        "so the scores are not those of a new one"
    )
    if dataset.in_test is not None:
        return f"{said}; the division came with the data"
    if count < 2:  # noqa: PLR2004 - one cannot be divided
        return said
    without = ", without a validation part, as there are but two" if count < parts else ""
    return f"{said}; the setting group keeps each in one part{without}"


def _is_group(dataset: ExampleSet, name: str) -> bool:
    return any(column.name == name and column.role == "group" for column in dataset.columns)


def _on_both_sides(values: NDArray[np.str_], parts: list[Integers]) -> int:
    known = set(values[parts[0]].tolist())
    others = set().union(*(values[part].tolist() for part in parts[1:]))
    return len(known & others)


__all__ = ["NO_GROUP", "PART_NAMES", "divide", "division_notes", "group_of", "strata_of"]
