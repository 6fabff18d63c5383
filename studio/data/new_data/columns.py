"""Columns of new data, matched with those that a model was trained on."""

from collections.abc import Sequence

import numpy as np

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError
from studio.core.new_data_notes import ColumnsReordered, ColumnsUnused, UnitDiffers
from studio.core.notes import DataNote
from studio.data.dataset import Column

_MOST_NAMES = 6


def match_columns(
    columns: Sequence[Column], available: Sequence[Column], names: Sequence[str], source: str
) -> list[int]:
    """The index in `available` of each name.

    Args:
        columns: All columns of the new data.
        available: Those that hold numbers to read.
        names: What the model reads, in its order.
        source: The new data, for messages.

    Raises:
        DatasetError: A column is missing, or does not hold numbers here.
    """
    places = {column.name: index for index, column in enumerate(available)}
    missing = [name for name in names if name not in places]
    if missing:
        raise _missing(missing, columns, available, source)
    return [places[name] for name in names]


def _missing(
    names: list[str], columns: Sequence[Column], available: Sequence[Column], source: str
) -> DatasetError:
    other = next((column for column in columns if column.name in names), None)
    if other is not None:
        here = "holds text" if other.kind == "text" else f"has the role {other.role}"
        return DatasetError(
            f"the model reads the numbers of '{other.name}', but here that column {here}",
            where=source,
            remedy="Write it as in the training data",
        )
    listed = _listed([column.name for column in available])
    return DatasetError(
        f"has no column {_listed(names)}, which the model reads",
        where=source,
        remedy=f"Add what is missing; the file has {listed or 'no column of numbers'}",
    )


def column_notes(
    available: Sequence[Column], chosen: Sequence[int], units: Sequence[str], known: Sequence[str]
) -> list[DataNote]:
    """What differs: unused columns, their order, their units.

    Args:
        available: The columns of numbers of the new data.
        chosen: The index of each that the model reads.
        units: The unit of each in training, "" if unknown.
        known: Names of further columns that have a meaning, such as targets.
    """
    notes: list[DataNote] = []
    used = {*chosen}
    spare = tuple(
        column.name
        for index, column in enumerate(available)
        if index not in used and column.name not in known
    )
    if spare:
        notes.append(ColumnsUnused(spare))
    if any(np.diff(chosen) < 0):
        notes.append(ColumnsReordered())
    for index, unit in zip(chosen, units, strict=False):
        column = available[index]
        if unit and column.unit and unit != column.unit:
            notes.append(UnitDiffers(column.name, unit, column.unit))
    return notes


def columns_at(values: Doubles, chosen: Sequence[int]) -> Doubles:
    """Some channels of (rows, channels), without a copy where these are all."""
    if list(chosen) == list(range(values.shape[1])):
        return values
    return np.ascontiguousarray(values[:, chosen])


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_MOST_NAMES])
    return f"{shown}, …" if len(names) > _MOST_NAMES else shown
