"""Whether the values of a stored row are what this program writes, read by the real readers."""

import hashlib
import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import TrainingMemory
from studio.core.specs.comparison_spec import DatasetSpec
from studio.core.specs.search_spec import SearchSpec
from studio.sessions.checks.schema_check import tables_of
from studio.sessions.tables.damage import problem_of
from studio.sessions.tables.reading import read_execution
from studio.sessions.tables.serialization import unpack_array, unpack_number, unpack_scores
from studio.sessions.tables.stored_spec import comparison_spec

_LENGTH_BYTES = 8
_ITEM_BYTES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2}
_SPEC: TypeAdapter[DatasetSpec] = TypeAdapter(DatasetSpec)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "INTEGER": (int,),
    "TEXT": (str,),
    "BLOB": (bytes,),
    "REAL": (int, float),
    "ANY": (int, float, str),
}


@dataclass(frozen=True)
class StoredColumn:
    """A column of a table.

    Attributes:
        name: Its name.
        type: INTEGER, TEXT, BLOB, REAL or ANY.
        is_required: Whether there is always a value.
        is_row_id: Whether the row id is its value.
    """

    name: str
    type: str
    is_required: bool
    is_row_id: bool


@cache
def columns_of(version: int) -> Mapping[str, tuple[StoredColumn, ...]]:
    """The columns of every table of a version, by the table's name."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(tables_of(version))
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = {}
        for (name,) in names:
            rows = db.execute(f"PRAGMA table_info({name})").fetchall()
            keys = sum(bool(key) for *_, key in rows)
            tables[name] = tuple(
                StoredColumn(
                    column, kind, bool(needed), kind == "INTEGER" and bool(key) and keys == 1
                )
                for _, column, kind, needed, _, key in rows
            )
        return tables


def row_problem(table: str, columns: Sequence[StoredColumn], values: Sequence[Any]) -> str:
    """What is wrong with a row, or ""."""
    row = dict(zip((column.name for column in columns), values, strict=True))
    for column in columns:
        value = row[column.name]
        if value is None:
            if column.is_required or column.is_row_id:
                return f"{column.name} is missing"
            continue
        if not isinstance(value, _TYPES[column.type]):
            return f"{column.name} has another type"
        check = _CHECKS.get(f"{table}.{column.name}") or _CHECKS.get(column.name)
        if check is not None:
            try:
                check(value)
            except Exception as error:  # noqa: BLE001 - a stranger's value, whatever is wrong
                return f"{column.name}: {problem_of(error)}"
    return _problem_across(table, row)


def _problem_across(table: str, row: Mapping[str, Any]) -> str:
    if table == "checkpoint" and row["size"] != len(row["weights"]):
        return "the weights have another size than noted"
    content = row.get("content")
    if content is not None and hashlib.sha256(content).hexdigest() != row["sha256"]:
        return "the copy of the data is not the one that was read"
    return ""


def _object(text: str) -> None:
    if not isinstance(json.loads(text), dict):
        raise ValueError("not an object")  # noqa: TRY004 - a value, not an argument


def _list(text: str) -> None:
    if not isinstance(json.loads(text), list):
        raise ValueError("not a list")  # noqa: TRY004 - a value, not an argument


def _tensors(packed: bytes) -> None:
    """Safetensors bytes: the length of the header, the header as JSON, the tensors in order."""
    length = int.from_bytes(packed[:_LENGTH_BYTES], "little")
    body = len(packed) - _LENGTH_BYTES - length
    if body < 0:
        raise ValueError("they end within their header")
    header = json.loads(packed[_LENGTH_BYTES : _LENGTH_BYTES + length])
    end = 0
    for name, tensor in header.items():
        if name == "__metadata__":
            continue
        first, last = tensor["data_offsets"]
        size = math.prod(tensor["shape"]) * _ITEM_BYTES.get(tensor["dtype"], 1)
        if not 0 <= first <= last <= body or last - first != size:
            raise ValueError(f"the tensor {name[:40]} is not all there")
        end = max(end, last)
    if end != body:
        raise ValueError("they are not all there")


def _memory(text: str) -> None:
    TrainingMemory(**json.loads(text))


def _search(text: str) -> None:
    SearchSpec.from_json(json.loads(text))


_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "comparison.spec": comparison_spec,
    "study.spec": comparison_spec,
    "search": _search,
    "settings": _object,
    "losses": _list,
    "dataset.spec": _SPEC.validate_json,
    "schema": _object,
    "environment": _object,
    "preparation": Preprocessing.model_validate_json,
    "part_sizes": _object,
    "test_truth": unpack_array,
    "test_positions": unpack_array,
    "inputs": unpack_array,
    "truth": unpack_array,
    "answers": unpack_array,
    "step_timing.seconds": unpack_array,
    "scores": unpack_scores,
    "validation_scores": unpack_scores,
    "served": read_execution,
    "memory": _memory,
    "weights": _tensors,
    "state": _tensors,
    "tags": _list,
    "train_loss": unpack_number,
    "validation_loss": unpack_number,
    "epoch.seconds": unpack_number,
    "lr": unpack_number,
    "gradient_norm": unpack_number,
    "clipped": unpack_number,
}
"""The reader of each column by table and name, or by name alone."""
