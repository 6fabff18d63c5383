"""JSON lines: an object in each line."""

import re
from dataclasses import replace
from pathlib import Path

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.reading import LONGEST_LINE, line_too_long, place, read_text
from studio.data.tables.typed import typed_dataset

_SUFFIXES = (".jsonl", ".ndjson")
_DEEPEST = 16
_ROW = re.compile(r"in row (\d+)")
_REASON = re.compile(r"JSON parse error: (.{1,100}?)\.?(?: in row|$)")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the first line is a JSON object, or the name is that of JSON lines."""
    first = head.lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 1)[0].strip()
    return path.suffix.lower() in _SUFFIXES or (
        first.startswith(b'{"') and first.endswith(b"}") and b":" in first
    )


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads objects with the same fields as a table; fields that are lists are sequences.

    Raises:
        DatasetError: A line is no JSON, or fields change their type; the message names the line.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import json  # noqa: PLC0415

    data, notes = read_text(path, spec.encoding)
    _refuse_odd_lines(path, data)
    try:
        table = json.read_json(
            pa.py_buffer(data),
            read_options=json.ReadOptions(block_size=max(len(data), 1), use_threads=False),
        )
    except (pa.ArrowException, OverflowError) as error:
        raise _explain(path, str(error)) from None
    dataset = typed_dataset(path, table, spec)
    return replace(dataset, notes=(*notes, *dataset.notes))


def _refuse_odd_lines(path: Path, data: bytes) -> None:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise line_too_long(path)
        if _depth(line) > _DEEPEST:
            raise DatasetError(
                "is nested too deeply", where=place(path, number), remedy="Give flat objects"
            )
        if line.strip() and not line.lstrip().startswith(b"{"):
            raise DatasetError(
                "is no JSON object", where=place(path, number), remedy="Give an object in each line"
            )


def _depth(line: bytes) -> int:
    """An upper limit of the nesting: brackets open at once, those in texts included."""
    if line.count(b"[") + line.count(b"{") <= _DEEPEST:
        return 0
    deepest = depth = 0
    for mark in re.findall(rb"[\[\]{}]", line):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _explain(path: Path, message: str) -> DatasetError:
    row = _ROW.search(message)
    where = place(path, int(row[1]) + 1) if row else path.name
    found = _REASON.search(message)
    reason = found[1].lower() if found else "it cannot be read as a table"
    return DatasetError(f"is not valid JSON: {reason}", where=where, remedy="Correct the line")


FORMAT = Format("json-lines", "JSON lines", _SUFFIXES, recognises, read)
