"""JSON documents: records, columns, arrays X and y, or nested lists."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError, UserError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.content import ArrayFile, Content
from studio.data.collections.array_sets import dataset_of_arrays
from studio.data.dataset import Dataset
from studio.data.files.text_files import location, read_text
from studio.data.formats.format import Format
from studio.data.tables.json_tables import table_of_columns, table_of_records
from studio.data.tables.typed_tables import typed_dataset

_MOST_BYTES = 1_000_000_000
_DOCUMENT = re.compile(rb'\s*(\[\s*[\[{]|\{\s*"[^"\n]{0,200}"\s*:)')
_OF_TEXT = (".txt", ".csv", ".tsv", ".tab", ".dat", ".text", ".jsonl", ".ndjson")
_FEWEST_ROWS = 2
_MOST_NAMED = 12


def recognises(path: Path, head: bytes) -> bool:
    """Whether the suffix is .json, or the first bytes open a list of lists or objects."""
    if path.suffix.lower() == ".json":
        return True
    marked = head.removeprefix(b"\xef\xbb\xbf")
    return path.suffix.lower() not in _OF_TEXT and _DOCUMENT.match(marked) is not None


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a list of objects or an object of columns as a table, lists of numbers as arrays.

    Raises:
        DatasetError: It is not JSON, or holds neither a table nor arrays; the message names the
            line or the field.
        SpecError: A setting does not fit.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise DatasetError(
            "is a JSON document of more than 1 GB", where=path.name,
            remedy="Save it as JSON lines or Parquet",
        )  # fmt: skip
    text = read_text(path, spec.encoding, any_line=True)
    try:
        value = json.loads(text.data, object_pairs_hook=_object)
    except UserError as error:
        raise DatasetError(error.what, where=path.name, remedy=error.remedy) from None
    except json.JSONDecodeError as error:
        raise DatasetError(
            f"is not JSON: {error.msg.lower()} at column {error.colno}",
            where=location(path, error.lineno),
            remedy="Correct the line",
        ) from None
    except (RecursionError, ValueError):
        raise DatasetError(
            "is nested too deeply, or holds a number that is too long",
            where=path.name,
            remedy="Use flat lists and objects",
        ) from None
    dataset = _Document(path, spec).dataset(value)
    return replace(dataset, notes=(*text.notes, *dataset.notes))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DatasetError(
            f"has the key '{twice}' twice in one object", remedy="Rename one of them"
        )
    return found


class _Document:
    """One parsed document."""

    def __init__(self, path: Path, spec: FileDataset) -> None:
        self._path = path
        self._spec = spec

    def dataset(self, value: Any) -> Dataset:  # noqa: ANN401 - JSON
        found = self._read(value)
        if found is not None:
            return found
        if isinstance(value, dict):
            return self._member(value)
        raise self._unknown(value)

    def _read(self, value: Any) -> Dataset | None:  # noqa: ANN401 - JSON
        """What a value holds, or None where it is neither a table nor arrays."""
        if isinstance(value, list) and value:
            return self._list(value)
        if isinstance(value, dict) and value:
            return self._frame(value) or self._object(value)
        return None

    def _frame(self, value: dict[str, Any]) -> Dataset | None:
        """A table as pandas writes it with the orient split or table."""
        if _is_split_frame(value):
            return self._rows(value["data"], [str(name) for name in value["columns"]])
        if "schema" in value and _are_records(value.get("data")):
            return self._records(value["data"])
        return None

    def _object(self, value: dict[str, Any]) -> Dataset | None:
        if any(_is_part(key) and isinstance(entry, list) for key, entry in value.items()):
            return self._arrays(value)
        if all(isinstance(entry, list) for entry in value.values()):
            return self._lists(value)
        if all(isinstance(entry, dict) and entry for entry in value.values()):
            return self._indexed(value)
        return None

    def _list(self, value: list[Any]) -> Dataset | None:
        if _are_records(value):
            return self._records(value)
        if all(isinstance(entry, list) for entry in value):
            is_headed = len(value) > 1 and value[0] and all(isinstance(e, str) for e in value[0])
            widths = {len(entry) for entry in value}
            if is_headed and len(widths) == 1 and not all(map(_is_text_row, value[1:])):
                return self._rows(value[1:], value[0])
            if len(widths) == 1 and any(isinstance(cell, str) for row in value for cell in row):
                return self._rows(value, [f"column {at + 1}" for at in range(len(value[0]))])
        content = self._content("", value)
        return dataset_of_arrays(ArrayFile(self._path, {"": content}), self._spec)

    def _records(self, records: list[dict[str, Any]]) -> Dataset:
        table = table_of_records(self._path, records, self._spec)
        return typed_dataset(self._path, table, self._spec)

    def _rows(self, rows: list[Any], names: list[str]) -> Dataset:
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, list) or len(row) != len(names):
                raise DatasetError(
                    f"does not have a cell for each of the {len(names)} columns",
                    where=f"{self._path.name}, row {number}",
                    remedy="Complete the row",
                )
        columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
        if len(columns) < len(names):
            raise DatasetError("has two columns of the same name", where=self._path.name,
                               remedy="Give each column a unique name")  # fmt: skip
        return self._columns(columns)

    def _columns(self, columns: dict[str, list[Any]]) -> Dataset:
        table = table_of_columns(self._path, columns, self._spec)
        return typed_dataset(self._path, table, self._spec)

    def _lists(self, value: dict[str, list[Any]]) -> Dataset | None:
        """Columns of equal length, or arrays where entries are themselves lists."""
        if any(isinstance(cell, dict) for entry in value.values() for cell in entry):
            return None
        are_nested = any(isinstance(cell, list) for entry in value.values() for cell in entry)
        lengths = {len(entry) for entry in value.values()}
        if not are_nested and len(lengths) == 1 and lengths != {0}:
            return self._columns(value)
        return self._arrays(value) if are_nested else None

    def _arrays(self, value: dict[str, Any]) -> Dataset | None:
        lists = {key: entry for key, entry in value.items() if isinstance(entry, list) and entry}
        if any(isinstance(cell, dict) for entry in lists.values() for cell in entry):
            return None
        arrays = {key: self._content(key, entry) for key, entry in lists.items()}
        others = {key: "no list" for key in value if key not in lists}
        return dataset_of_arrays(ArrayFile(self._path, arrays, others), self._spec)

    def _indexed(self, value: dict[str, dict[str, Any]]) -> Dataset | None:
        """Objects within an object, as pandas writes columns or rows with their index."""
        inner = list(dict.fromkeys(key for entry in value.values() for key in entry))
        if any(
            isinstance(cell, dict | list) for entry in value.values() for cell in entry.values()
        ):
            return None
        if all(map(_is_index, value)) and not all(map(_is_index, inner)):
            return self._records([{"index": key, **entry} for key, entry in value.items()])
        columns = {key: [entry.get(at) for at in inner] for key, entry in value.items()}
        if all(map(_is_index, inner)) and not _counts_from_zero(inner):
            columns = {"index": list(inner), **columns}
        return self._columns(columns)

    def _content(self, key: str, value: list[Any]) -> Content:
        """Nested lists as an array, or as a list of arrays of unequal length."""
        if value and all(isinstance(entry, str) for entry in value):
            return np.array(value, dtype=str)
        whole = _array(value)
        if whole is not None:
            return whole
        parts = [_array(entry) if isinstance(entry, list) else None for entry in value]
        for number, part in enumerate(parts, start=1):
            if part is None:
                raise DatasetError(
                    "holds something else than numbers, or lists of unequal length in a sequence",
                    where=f"{self._path.name}{f', array {key!r}' if key else ''}, entry {number}",
                    remedy="Use numbers, and null where one is missing",
                )
        return tuple(part for part in parts if part is not None)

    def _member(self, value: dict[str, Any]) -> Dataset:
        """The table among the entries of an object, such as the records of a web service."""
        sizes = {key: _rows_of(entry) for key, entry in value.items()}
        tables = sorted((key for key in value if sizes[key]), key=lambda key: -sizes[key])
        wanted = self._spec.member
        if wanted is not None and wanted not in tables:
            raise SpecError(
                f"there is no table '{wanted}'", where="member",
                remedy=f"Choose one of {', '.join(tables) or 'none'}",
            )  # fmt: skip
        if not tables:
            raise self._unknown(value)
        chosen = wanted or tables[0]
        dataset = self._read(value[chosen])
        if dataset is None:
            raise self._unknown(value[chosen])
        evidence = f"the entry {chosen} holds a table of {sizes[chosen]:,} rows"
        others = tuple(key for key in tables if key != chosen)
        sure = 0.95 if not others else 0.6
        decision = ReadingDecision("member", chosen, sure, evidence, others)
        if wanted is not None:
            decision = set_by_user("member", wanted)
        return replace(dataset, decisions=(decision, *dataset.decisions))

    def _unknown(self, value: Any) -> DatasetError:  # noqa: ANN401 - JSON
        what = "holds neither a table nor lists of numbers"
        if isinstance(value, dict):
            what = f"holds an object with {', '.join(list(value)[:_MOST_NAMED]) or 'nothing'}, "
            what += "which are neither columns of equal length nor arrays"
        return DatasetError(
            what,
            where=self._path.name,
            remedy="Use a list of objects, an object of lists of equal length, or X and y",
        )


def _array(value: list[Any]) -> NDArray[Any] | None:
    """Nested lists of numbers and null as an array; None for ragged lists and other cells."""
    try:
        array = np.array(_with_nan(value), dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    return array


def _with_nan(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_with_nan(entry) for entry in value]
    if isinstance(value, str):
        raise TypeError(value)  # NumPy would turn "1" into a number
    return np.nan if value is None else value


def _are_records(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and bool(value) and all(isinstance(e, dict) for e in value)


def _is_text_row(row: list[Any]) -> bool:
    return all(isinstance(cell, str) for cell in row)


def _is_split_frame(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("columns"), list) and isinstance(value.get("data"), list)


def _is_index(key: str) -> bool:
    return re.fullmatch(r"-?\d+|\d{4}-\d{2}-\d{2}([T ].*)?", key) is not None


def _counts_from_zero(keys: list[str]) -> bool:
    return keys == [str(number) for number in range(len(keys))]


def _is_part(key: str) -> bool:
    return key.lower() in {"x", "y"} or key.lower().startswith(("x_", "y_"))


def _rows_of(value: Any) -> int:  # noqa: ANN401 - JSON
    """The rows of a table, 0 where a value is none."""
    if isinstance(value, list):
        is_table = _are_records(value) or (bool(value) and all(isinstance(e, list) for e in value))
        return len(value) if is_table else 0
    if not isinstance(value, dict) or not value:
        return 0
    lists = [entry for entry in value.values() if isinstance(entry, list)]
    are_columns = len(lists) == len(value) and len({len(entry) for entry in lists}) == 1
    return len(lists[0]) if are_columns and len(lists[0]) >= _FEWEST_ROWS else 0


FORMAT = Format("json", "JSON document", (".json",), recognises, read)
