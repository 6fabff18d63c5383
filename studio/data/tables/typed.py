"""Tables whose columns have types (Parquet, Arrow, JSON lines) as cells, or lists as sequences."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.arrays import Integers
from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.dataset import Column, ColumnKind, Dataset, ExampleSet, Role
from studio.data.symbols import unlabelled
from studio.data.tables.columns import Cells
from studio.data.tables.dialect import is_date
from studio.data.tables.layout import Table
from studio.data.tables.roles import as_text, find_roles
from studio.data.tables.sequences import label_of

MOST_CELLS = 1_000_000_000
"""Rows times columns that are still read."""

_SAMPLE = 1000


def refuse_vast(rows: int, columns: int, where: str) -> None:
    """Raises DatasetError where a table has more cells than can be held.

    A file can claim any number of rows in a few bytes.
    """
    if rows * max(1, columns) > MOST_CELLS:
        raise DatasetError(
            f"has {rows:,} rows of {columns:,} columns, more than can be held",
            where=where,
            remedy="Give a part of it",
        )


def typed_dataset(path: Path, table: Any, spec: FileDataset) -> Dataset:  # noqa: ANN401 - pyarrow
    """The dataset of an Arrow table.

    Raises:
        DatasetError: It has no rows, or holds no numbers and no labelled texts.
        SpecError: A column that the settings name is not there.
    """
    if not table.num_rows or not table.num_columns:
        raise DatasetError("has no rows", where=path.name, remedy="Give a file that holds data")
    refuse_vast(table.num_rows, table.num_columns, path.name)
    names = table.column_names
    if len(set(names)) != len(names):
        raise DatasetError(
            "has two columns of the same name", where=path.name, remedy="Name each differently"
        )
    lists = [at for at in range(len(names)) if _is_list(table.column(at).type)]
    cells = {
        at: _cells(path, names[at], table.column(at)) for at in range(len(names)) if at not in lists
    }
    kept = tuple(each for each in cells.values() if each is not None)
    if lists:
        return _sequences(path, table, lists, kept, spec)
    if not kept:
        raise DatasetError(
            "has no column of numbers or text", where=path.name, remedy="Give plain columns"
        )
    dataset = Table(path, kept, True, spec).dataset()  # noqa: FBT003 - it has a header
    nested = [names[at] for at, each in cells.items() if each is None]
    notes = tuple(f"the column '{name}' is not used because it is nested" for name in nested)
    return replace(dataset, notes=(*dataset.notes, *notes))


def _is_list(kind: Any) -> bool:  # noqa: ANN401 - pyarrow
    import pyarrow.types as pt  # noqa: PLC0415 - slow to import

    is_list = pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind)
    return is_list and _is_number(kind.value_type)


def _is_number(kind: Any) -> bool:  # noqa: ANN401 - pyarrow
    import pyarrow.types as pt  # noqa: PLC0415

    return any(is_it(kind) for is_it in (pt.is_integer, pt.is_floating, pt.is_decimal,
                                         pt.is_boolean))  # fmt: skip


def _cells(path: Path, name: str, column: Any) -> Cells | None:  # noqa: ANN401 - pyarrow
    """A column, or None where its type cannot be used."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.types as pt  # noqa: PLC0415

    kind = column.type
    if pt.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if _is_number(kind):
        numbers = pc.cast(column, pa.float64(), safe=False).to_numpy().astype(np.float64)
        if np.isinf(numbers).any():
            row = int(np.flatnonzero(np.isinf(numbers))[0]) + 1
            raise DatasetError(
                "holds an infinite value",
                where=f"{path.name}, row {row}, column '{name}'",
                remedy="Correct the cell",
            )
        return _told(path, name, "number", numbers, np.isnan(numbers))
    if pt.is_timestamp(kind) or pt.is_date(kind) or pt.is_time(kind):
        texts = pc.fill_null(pc.cast(column, pa.string()), "").to_numpy(zero_copy_only=False)
        return _told(path, name, "date", texts, texts == "")
    if pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind):
        texts = pc.fill_null(column.cast(pa.string()), "").to_numpy(zero_copy_only=False)
        sample = [text for text in texts[:_SAMPLE].tolist() if text]
        dates = bool(sample) and all(map(is_date, sample))
        return _told(path, name, "date" if dates else "text", texts, texts == "")
    if pt.is_null(kind):
        empty = np.full(len(column), np.nan)
        return _told(path, name, "empty", empty, np.isnan(empty))
    return None


def _told(path: Path, name: str, kind: ColumnKind, values: Any, absent: Any) -> Cells:  # noqa: ANN401
    missing = int(np.sum(absent))
    if missing == len(values):
        kind, values = "empty", np.full(len(values), np.nan)
    first = f"{path.name}, row {int(np.argmax(absent)) + 1}" if missing else ""
    return Cells(name, kind, values, missing, first)


def _sequences(
    path: Path,
    table: Any,  # noqa: ANN401 - pyarrow
    lists: list[int],
    cells: tuple[Cells, ...],
    spec: FileDataset,
) -> ExampleSet:
    """A sequence in each row, a channel for each column of lists."""
    channels, lengths = _channels(path, table, lists)
    roles = find_roles(cells, spec)
    label, labels = label_of(cells, roles)
    values = np.stack([numbers for _, numbers in channels], axis=1)
    columns = [
        Column(name, "feature", missing=int(np.isnan(numbers).sum())) for name, numbers in channels
    ]
    role: Role = "label" if labels is not None and labels[1] is not None else "target"
    others = [
        Column(
            each.name,
            role if at == label else "group" if at == roles.group else "ignored",
            each.kind, "", each.missing, each.first_missing,
        )
        for at, each in enumerate(cells)
    ]  # fmt: skip
    group = roles.group
    found_labels = unlabelled(len(lengths)) if labels is None else labels
    return ExampleSet(
        name=path.stem,
        source=path.name,
        columns=(*columns, *others),
        channels=tuple(columns),
        values=values,
        lengths=lengths,
        labels=found_labels[0],
        class_names=found_labels[1],
        groups={} if group is None else {cells[group].name: as_text(cells[group])},
    )


def _channels(
    path: Path,
    table: Any,  # noqa: ANN401 - pyarrow
    lists: list[int],
) -> tuple[list[tuple[str, Any]], Integers]:
    """Name and numbers of each column of lists, and the steps of each row."""
    channels: list[tuple[str, Any]] = []
    lengths = np.zeros(0)
    for at in lists:
        name = table.column_names[at]
        chunk = table.column(at).combine_chunks()
        found = np.asarray(chunk.value_lengths().to_numpy(zero_copy_only=False), dtype=np.float64)
        where = f"{path.name}, column '{name}'"
        if np.isnan(found).any() or not found.all():
            row = int(np.flatnonzero(np.isnan(found) | (found == 0))[0]) + 1
            raise DatasetError(f"row {row} has no steps", where=where, remedy="Leave the row out")
        if channels and not np.array_equal(found, lengths):
            raise DatasetError(
                "the lists of a row differ in length", where=where, remedy="Give equal lengths"
            )
        lengths = found
        channels.append((name, _numbers(chunk.flatten(), where)))
    return channels, lengths.astype(np.int64)


def _numbers(flat: Any, where: str) -> Any:  # noqa: ANN401 - pyarrow
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    numbers = np.asarray(
        pc.cast(flat, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64
    )
    if np.isinf(numbers).any():
        raise DatasetError("holds an infinite value", where=where, remedy="Correct it")
    return numbers
