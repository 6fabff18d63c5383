"""Tables with typed columns (Parquet, Arrow, JSON lines); columns of lists are sequences."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError
from studio.core.notes import ColumnUnused, NumbersInText
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.labels import decision_of_numbers
from studio.data.arrays.sequences import concatenated
from studio.data.column_names import LABEL_NAMES
from studio.data.dataset import Column, ColumnKind, Dataset, ExampleSet, Role
from studio.data.files.table_size import refuse_too_large
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.parsing.date_formats import parse_date_column
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import is_number
from studio.data.tables.layout import Table
from studio.data.tables.roles.given_roles import as_text, find_roles
from studio.data.tables.sequence_labels import find_labels
from studio.data.transform.labels import Labels
from studio.data.transform.symbols import unlabelled

_DEEPEST = 3
_SAMPLE = 1000
_PANDAS_INDEX = "__index_level_0__"


def typed_dataset(path: Path, table: Any, spec: FileDataset) -> Dataset:  # noqa: ANN401 - pyarrow
    """The dataset of an Arrow table.

    Raises:
        DatasetError: It has no rows, or neither numbers nor labelled texts.
        SpecError: A column named in the settings does not exist.
    """
    if not table.num_rows or not table.num_columns:
        raise DatasetError("has no rows", where=path.name, remedy="Choose a file that holds data")
    table = _with_index_first(_without_structs(_without_extensions(table)))
    _refuse_too_large(path, table)
    names = table.column_names
    if len(set(names)) != len(names):
        raise DatasetError(
            "has two columns of the same name",
            where=path.name,
            remedy="Give each column a unique name",
        )
    lists = [index for index in range(len(names)) if _is_list(table.column(index).type)]
    cells = {
        index: _cells(path, names[index], table.column(index))
        for index in range(len(names))
        if index not in lists
    }
    usable = tuple(column for column in cells.values() if column is not None)
    notes = (
        *(ColumnUnused(names[at], "nested") for at, column in cells.items() if column is None),
        *(
            NumbersInText(column.name)
            for at, column in cells.items()
            if column is not None and column.kind == "number" and is_text(table.column(at).type)
        ),
    )
    if lists:
        return _sequences(path, table, lists, usable, spec).with_notes(notes)
    if not usable:
        raise DatasetError(
            "has no column of numbers or text",
            where=path.name,
            remedy="Use columns that are not nested",
        )
    dataset = Table(path, usable, True, spec).dataset()  # noqa: FBT003 - it has a header
    return replace(dataset, notes=(*dataset.notes, *notes))


def _without_extensions(table: Any) -> Any:  # noqa: ANN401 - pyarrow
    """The table with the plain types behind extension types, such as tensors."""
    import pyarrow as pa

    for index, field in enumerate(table.schema):
        if isinstance(field.type, pa.BaseExtensionType):
            plain = table.column(index).cast(field.type.storage_type)
            table = table.set_column(index, field.name, plain)
    return table


def _without_structs(table: Any) -> Any:  # noqa: ANN401 - pyarrow
    """The table with a column outer.inner for each field of an object."""
    import pyarrow.types as pt

    for _ in range(_DEEPEST):
        if not any(pt.is_struct(field.type) for field in table.schema):
            break
        table = table.flatten()
    return table


def _with_index_first(table: Any) -> Any:  # noqa: ANN401 - pyarrow
    """The table with the index of pandas, which it writes last, as its first column."""
    names = list(table.column_names)
    if _PANDAS_INDEX not in names or "index" in names:
        return table
    ordered = [_PANDAS_INDEX, *(name for name in names if name != _PANDAS_INDEX)]
    return table.select(ordered).rename_columns(["index", *ordered[1:]])


def is_text(kind: Any) -> bool:  # noqa: ANN401 - pyarrow
    """Whether the values of an Arrow type are texts."""
    import pyarrow.types as pt

    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def _is_list(kind: Any) -> bool:  # noqa: ANN401 - pyarrow
    import pyarrow.types as pt

    if not (pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind)):
        return False
    inner = kind.value_type
    if pt.is_struct(inner):
        return any(_is_number(field.type) for field in inner)
    return _is_number(inner) or (_is_list(inner) and _is_number(inner.value_type))


def _is_number(kind: Any) -> bool:  # noqa: ANN401 - pyarrow
    import pyarrow.types as pt

    return any(is_it(kind) for is_it in (pt.is_integer, pt.is_floating, pt.is_decimal,
                                         pt.is_boolean))  # fmt: skip


def _cells(path: Path, name: str, column: Any) -> Cells | None:  # noqa: ANN401 - pyarrow
    """A column, or None if its type cannot be used."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    kind = column.type
    if pt.is_dictionary(kind) and not is_text(kind.value_type):
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
        return _as_cells(path, name, "number", numbers, np.isnan(numbers))
    if pt.is_timestamp(kind) or pt.is_date(kind) or pt.is_time(kind):
        return _dates(path, name, column)
    if pt.is_dictionary(kind) or is_text(kind):
        texts = _texts(column.cast(pa.string()).dictionary_encode() if is_text(kind) else column)
        return _text_or_numbers(path, name, texts)
    if pt.is_duration(kind):
        seconds = pc.cast(column.cast(pa.duration("us")), pa.int64()).to_numpy() / 1e6
        return _as_cells(path, name, "number", seconds, np.isnan(seconds))
    if pt.is_null(kind):
        empty = np.full(len(column), np.nan)
        return _as_cells(path, name, "empty", empty, np.isnan(empty))
    return None


def _texts(column: Any) -> Any:  # noqa: ANN401 - pyarrow
    """The texts of a column that holds each of them once; rows share them."""
    column = column.unify_dictionaries().combine_chunks()
    chunk = column.chunk(0) if hasattr(column, "chunk") else column
    distinct = np.array([*chunk.dictionary.to_pylist(), ""], dtype=object)
    distinct[:-1][[text is None for text in distinct[:-1]]] = ""
    return distinct[chunk.indices.fill_null(len(distinct) - 1).to_numpy()]


def _refuse_too_large(path: Path, table: Any) -> None:  # noqa: ANN401 - pyarrow
    import pyarrow.compute as pc
    import pyarrow.types as pt

    characters = 0
    for column in table.columns:
        if pt.is_dictionary(column.type) and is_text(column.type.value_type):
            for chunk in column.chunks:
                lengths = pc.binary_length(chunk.dictionary).fill_null(0)
                characters += pc.sum(lengths.take(chunk.indices)).as_py() or 0
    refuse_decompression_bomb(characters, path)
    refuse_too_large(
        path.name,
        cells=table.num_rows * table.num_columns,
        columns=table.num_columns,
        characters=characters,
    )


def _as_cells(path: Path, name: str, kind: ColumnKind, values: Any, absent: Any) -> Cells:  # noqa: ANN401
    missing = int(np.sum(absent))
    if missing == len(values):
        kind, values = "empty", np.full(len(values), np.nan)
    first = f"{path.name}, row {int(np.argmax(absent)) + 1}" if missing else ""
    return Cells(name, kind, values, missing, first)


def _dates(path: Path, name: str, column: Any) -> Cells:  # noqa: ANN401 - pyarrow
    """A column of dates or times, in UTC where they have a zone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    zone = getattr(column.type, "tz", None)
    if zone:
        column = column.cast(pa.timestamp(column.type.unit))
    texts = pc.fill_null(pc.cast(column, pa.string()), "").to_numpy(zero_copy_only=False)
    cells = _as_cells(path, name, "date", texts, texts == "")
    if not zone:
        return cells
    evidence = f"column '{name}': its times are stored with the zone {zone}"
    return replace(cells, decisions=(ReadingDecision("zone", "UTC", 1.0, evidence),))


def _text_or_numbers(
    path: Path,
    name: str,
    texts: Any,  # noqa: ANN401 - an array of objects
) -> Cells:
    """A column of text, of dates, or of numbers that are written as text."""
    given = [text for text in texts.tolist() if text]
    if given and all(map(_is_plain_number, given)):
        numbers = np.array([float(text) if text else np.nan for text in texts.tolist()])
        return _as_cells(path, name, "number", numbers, np.isnan(numbers))
    dates = parse_date_column(name, texts)
    if dates is None:
        return _as_cells(path, name, "text", texts, texts == "")
    cells = _as_cells(path, name, "date", dates.texts, dates.texts == "")
    return replace(cells, decisions=dates.decisions)


def _is_plain_number(text: str) -> bool:
    """Whether a text is a finite number that is no code, such as 007."""
    is_code = len(text) > 1 and text[0] == "0" and text[1].isdigit()
    return is_number(text) and "," not in text and not is_code and math.isfinite(float(text))


def _sequences(
    path: Path,
    table: Any,  # noqa: ANN401 - pyarrow
    lists: list[int],
    cells: tuple[Cells, ...],
    spec: FileDataset,
) -> ExampleSet:
    """Examples with a sequence in each row and one or more channels for each column of lists."""
    blocks = [_block(path, table, index, spec) for index in lists]
    lengths = blocks[0].lengths
    for block in blocks[1:]:
        if not np.array_equal(block.lengths, lengths):
            raise DatasetError(
                "the lists of a row differ in length",
                where=f"{path.name}, column '{block.column}'",
                remedy="Use lists of equal length",
            )
    roles = find_roles(cells, spec)
    label, labels = find_labels(cells, roles)
    values = np.concatenate([block.values for block in blocks], axis=1)
    names = [name for block in blocks for name in block.names]
    missing = np.isnan(values).sum(axis=0).tolist()
    columns = [
        Column(name, "feature", missing=absent) for name, absent in zip(names, missing, strict=True)
    ]
    role: Role = "label" if labels is not None and labels[1] is not None else "target"
    others = [
        Column(
            column.name,
            role if index == label else "group" if index == roles.group else "ignored",
            column.kind, "", column.missing, column.first_missing,
        )
        for index, column in enumerate(cells)
    ]  # fmt: skip
    group = roles.group
    used_labels = unlabelled(len(lengths)) if labels is None else labels
    axes = tuple(decision for block in blocks for decision in block.decisions)
    return ExampleSet(
        name=path.stem,
        source=path.name,
        columns=(*columns, *others),
        channels=tuple(columns),
        values=values,
        lengths=lengths,
        labels=used_labels[0],
        class_names=used_labels[1],
        groups={} if group is None else {cells[group].name: as_text(cells[group])},
        decisions=(*axes[:1], *_label_decisions(cells, label, labels, spec)),
    )


def _label_decisions(
    cells: tuple[Cells, ...], label: int | None, labels: Labels | None, spec: FileDataset
) -> Iterator[ReadingDecision]:
    """Which column was taken for the label, and whether it holds classes."""
    if label is None or labels is None:
        return
    column = cells[label]
    others = tuple(each.name for index, each in enumerate(cells) if index != label)
    if spec.label_column:
        yield set_by_user("label", spec.label_column)
    elif column.name.lower() in LABEL_NAMES:
        yield ReadingDecision(
            "label", column.name, 0.9, f"the column is named {column.name}", others
        )
    else:
        evidence = f"the texts of the column {column.name} recur"
        yield ReadingDecision("label", column.name, 0.7, evidence, others)
    if column.kind == "number":
        numbers = np.asarray(column.values, dtype=np.float64)
        yield decision_of_numbers(numbers, column.name, labels)
    else:
        yield ReadingDecision("task", "classify", 1.0, f"the column {column.name} holds text")


class _Block(NamedTuple):
    """The sequences of one column of lists."""

    column: str
    names: list[str]
    values: Doubles
    lengths: Integers
    decisions: tuple[ReadingDecision, ...] = ()


def _block(
    path: Path,
    table: Any,  # noqa: ANN401 - pyarrow
    index: int,
    spec: FileDataset,
) -> _Block:
    import pyarrow.types as pt

    name = table.column_names[index]
    where = f"{path.name}, column '{name}'"
    chunk = table.column(index).combine_chunks()
    lengths = _lengths(chunk, where)
    flat = chunk.flatten()
    if pt.is_struct(flat.type):
        fields = [field for field in flat.type if _is_number(field.type)]
        columns = [
            _numbers(pc_field, f"{where}, field '{field.name}'")
            for field, pc_field in ((each, _field(flat, each.name)) for each in fields)
        ]
        names = [f"{name}.{field.name}" for field in fields]
        return _Block(name, names, np.stack(columns, axis=1), lengths)
    if not _is_list(flat.type):
        return _Block(name, [name], _numbers(flat, where)[:, np.newaxis], lengths)
    read = concatenated(_matrices(flat, lengths, where), spec.axes, where, "row")
    channels = read.values.shape[1]
    names = [name] if channels == 1 else [f"{name} {number + 1}" for number in range(channels)]
    return _Block(name, names, read.values, read.lengths, read.decisions)


def _field(flat: Any, name: str) -> Any:  # noqa: ANN401 - pyarrow
    import pyarrow.compute as pc

    return pc.struct_field(flat, name)


def _lengths(chunk: Any, where: str) -> Integers:  # noqa: ANN401 - pyarrow
    """The lengths of the lists of a column."""
    steps = np.asarray(chunk.value_lengths().to_numpy(zero_copy_only=False), dtype=np.float64)
    if np.isnan(steps).any() or not steps.all():
        row = int(np.flatnonzero(np.isnan(steps) | (steps == 0))[0]) + 1
        raise DatasetError(
            f"the list in row {row} is empty", where=where, remedy="Leave the row out"
        )
    return steps.astype(np.int64)


def _matrices(flat: Any, lengths: Integers, where: str) -> list[Doubles]:  # noqa: ANN401 - pyarrow
    """Lists of lists as matrices, (outer, inner)."""
    inner = _lengths(flat, f"{where}, inner lists")
    numbers = _numbers(flat.flatten(), where)
    ends, outer_ends = np.cumsum(inner), np.cumsum(lengths)
    matrices = []
    for row, (end, length) in enumerate(zip(outer_ends.tolist(), lengths.tolist(), strict=True)):
        widths = inner[end - length : end]
        if not np.all(widths == widths[0]):
            raise DatasetError(
                f"the lists in row {row + 1} have {widths.min()} to {widths.max()} entries",
                where=where,
                remedy="Use inner lists of equal length",
            )
        last = ends[end - 1]
        matrices.append(numbers[last - length * widths[0] : last].reshape(length, widths[0]))
    return matrices


def _numbers(flat: Any, where: str) -> Any:  # noqa: ANN401 - pyarrow
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = np.asarray(
        pc.cast(flat, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64
    )
    if np.isinf(numbers).any():
        raise DatasetError("holds an infinite value", where=where, remedy="Correct it")
    return numbers
