"""Which column of a table is the label, the id, the time, the group: as said, or by its name."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError, SpecError
from studio.data.names import GROUP_NAMES
from studio.data.tables.columns import Cells


@dataclass(frozen=True)
class Roles:
    """Columns by number, None where not said; the group is also found by its name."""

    given_label: int | None
    given_id: int | None
    given_time: int | None
    group: int | None


def find_roles(cells: tuple[Cells, ...], spec: FileDataset) -> Roles:
    """The roles that the settings give.

    Raises:
        SpecError: A setting names a column that is not there.
    """
    group = _at(cells, spec.group_column, "group_column")
    if group is None:
        named = [at for at, each in enumerate(cells) if each.name.lower() in GROUP_NAMES]
        group = next((at for at in named if _repeats(cells[at])), None)
    return Roles(
        given_label=_at(cells, spec.label_column, "label_column"),
        given_id=_at(cells, spec.id_column, "id_column"),
        given_time=_at(cells, spec.time_column, "time_column"),
        group=group,
    )


def no_numbers(path: Path, beside: str) -> DatasetError:
    """The error for a table whose columns of numbers all have another role."""
    return DatasetError(
        f"has no column of numbers beside {beside}",
        where=path.name,
        remedy="Give a column of values",
    )


def as_text(cells: Cells) -> NDArray[np.str_]:
    """The cells of any column as text, "" where missing."""
    if cells.kind in {"date", "text"}:
        return np.asarray(cells.values, dtype=str)
    numbers = np.asarray(cells.values, dtype=np.float64).tolist()
    return np.array(["" if value != value else f"{value:.15g}" for value in numbers], dtype=str)  # noqa: PLR0124 - NaN


def _repeats(cells: Cells) -> bool:
    return len(np.unique(as_text(cells))) * 2 <= len(cells.values)


def _at(cells: tuple[Cells, ...], name: str | None, where: str) -> int | None:
    if not name:
        return None
    for at, each in enumerate(cells):
        if each.name == name:
            return at
    listed = ", ".join(each.name for each in cells[:20])
    raise SpecError(
        f"the data has no column '{name}'", where=where, remedy=f"Choose among {listed}"
    )
