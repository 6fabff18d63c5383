"""The label, id, time and group columns of a table, as set or by name."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import GROUP_NAMES
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import split_unit


@dataclass(frozen=True)
class Roles:
    """Column indices, None where not set; the group is also found by its name."""

    given_label: int | None
    given_id: int | None
    given_time: int | None
    group: int | None
    static: tuple[int, ...] = ()


def find_roles(cells: tuple[Cells, ...], spec: FileDataset) -> Roles:
    """The roles in the settings.

    Raises:
        SpecError: A column named in the settings does not exist.
    """
    group = _find_index(cells, spec.group_column, "group_column")
    if group is None:
        named = [index for index, column in enumerate(cells) if column.name.lower() in GROUP_NAMES]
        group = next((index for index in named if _repeats(cells[index])), None)
    return Roles(
        given_label=_find_index(cells, spec.label_column, "label_column"),
        given_id=_find_index(cells, spec.id_column, "id_column"),
        given_time=None
        if is_without_time(cells, spec)
        else _find_index(cells, spec.time_column, "time_column"),
        group=group,
        static=_static_indices(cells, spec),
    )


def _static_indices(cells: tuple[Cells, ...], spec: FileDataset) -> tuple[int, ...]:
    names = [name.strip() for name in (spec.static_columns or "").split(",")]
    whole = {column.name for column in cells}
    bare = {split_unit(column.name)[0]: column.name for column in cells}
    named = [name if name in whole else bare.get(name, name) for name in names if name]
    places = [_find_index(cells, name, "static_columns") for name in named]
    return tuple(place for place in dict.fromkeys(places) if place is not None)


def is_without_time(cells: tuple[Cells, ...], spec: FileDataset) -> bool:
    """Whether the setting says that no column is the time."""
    return spec.time_column == "none" and all(column.name != "none" for column in cells)


def no_numeric_column(path: Path, other_roles: str) -> DatasetError:
    """The error for a table whose numeric columns all have other roles."""
    return DatasetError(
        f"has no numeric column apart from {other_roles}",
        where=path.name,
        remedy="Add a column of values",
    )


def as_text(cells: Cells) -> NDArray[np.str_]:
    """The cells of any column as text, "" where missing."""
    if cells.kind in {"date", "text"}:
        return np.asarray(cells.values, dtype=str)
    numbers = np.asarray(cells.values, dtype=np.float64).tolist()
    return np.array(["" if value != value else f"{value:.15g}" for value in numbers], dtype=str)  # noqa: PLR0124 - NaN


def _repeats(cells: Cells) -> bool:
    return len(np.unique(as_text(cells))) * 2 <= len(cells.values)


def _find_index(cells: tuple[Cells, ...], name: str | None, where: str) -> int | None:
    if not name:
        return None
    for index, column in enumerate(cells):
        if column.name == name:
            return index
    listed = ", ".join(column.name for column in cells[:20])
    raise SpecError(
        f"the data has no column '{name}'", where=where, remedy=f"Choose one of {listed}"
    )
