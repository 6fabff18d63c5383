"""Which example belongs to which part: at random by class, by group, or as it was given."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.task import TaskSpec
from studio.data.dataset import ExampleSet
from studio.data.duplicates import MOST_COMPARED, leaked
from studio.data.splits import (
    PART_NAMES,
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


def divide(dataset: ExampleSet, pool: Integers, task: TaskSpec) -> list[Integers]:
    """Indices of the examples of training, validation and test part, among those of the pool.

    Raises:
        SpecError: A part would be empty.
    """
    given = dataset.in_test
    if given is not None and dataset.in_validation is not None:
        rest = ~(given | dataset.in_validation)
        return [pool[mask[pool]] for mask in (rest, dataset.in_validation, given)]
    assert task.split is not None  # noqa: S101 - the task is complete
    free = pool if given is None else pool[~given[pool]]
    sizes = part_sizes(len(free), task.split)
    refuse_empty(sizes, task.split, f"there are {len(free)} examples to divide")
    if task.group not in {None, NO_GROUP}:
        assert task.group is not None  # noqa: S101 - just asked
        parts = grouped_parts(dataset.groups[task.group][free], task.split, task.split_seed)
    else:
        parts = stratified_parts(_strata(dataset)[free], task.split, task.split_seed)
    chosen = [free[part] for part in parts]
    return chosen if given is None else [*chosen, pool[given[pool]]]


def _strata(dataset: ExampleSet) -> Integers:
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
            notes.append(
                f"{both:,} groups of the column '{name}' have examples in the training part "
                "and in others"
            )
    return tuple(notes)


def _is_group(dataset: ExampleSet, name: str) -> bool:
    return any(column.name == name and column.role == "group" for column in dataset.columns)


def _on_both_sides(values: NDArray[np.str_], parts: list[Integers]) -> int:
    known = set(values[parts[0]].tolist())
    others = set().union(*(values[part].tolist() for part in parts[1:]))
    return len(known & others)


__all__ = ["NO_GROUP", "PART_NAMES", "divide", "division_notes", "group_of"]
