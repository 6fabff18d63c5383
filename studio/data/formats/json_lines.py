"""JSON lines: one object per line."""

import re
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.text_files import LONGEST_LINE, line_too_long, location, read_text
from studio.data.formats.format import Format
from studio.data.tables.typed_tables import typed_dataset

_SUFFIXES = (".jsonl", ".ndjson")
_DEEPEST = 16
_ROW = re.compile(r"in row (\d+)")
_REASON = re.compile(r"JSON parse error: (.{1,100}?)\.?(?: in row|$)")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the first two lines are JSON objects, or the suffix is one of JSON lines."""
    lines = head.lstrip(b"\xef\xbb\xbf \r\n\t").split(b"\n", 2)[:2]
    are_objects = [line.strip().startswith(b'{"') and b":" in line for line in lines]
    is_closed = lines[0].strip().endswith(b"}")
    is_listed = len(lines) == 2 and all(are_objects) and is_closed  # noqa: PLR2004 - the first two
    return path.suffix.lower() in _SUFFIXES or is_listed


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads objects with equal fields as a table; fields with lists are sequences.

    Raises:
        DatasetError: A line is not JSON, or a field changes its type; the message names the line.
    """
    import pyarrow as pa
    from pyarrow import json

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
                "is nested too deeply", where=location(path, number), remedy="Use flat objects"
            )
        if line.strip() and not line.lstrip().startswith(b"{"):
            raise DatasetError(
                "is not a JSON object",
                where=location(path, number),
                remedy="Put one object on each line",
            )


def _depth(line: bytes) -> int:
    """An upper bound of the nesting depth: brackets in strings count too."""
    if line.count(b"[") + line.count(b"{") <= _DEEPEST:
        return 0
    deepest = depth = 0
    for mark in re.findall(rb"[\[\]{}]", line):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _explain(path: Path, message: str) -> DatasetError:
    row = _ROW.search(message)
    where = location(path, int(row[1]) + 1) if row else path.name
    found = _REASON.search(message)
    reason = found[1].lower() if found else "it cannot be read as a table"
    return DatasetError(f"is not valid JSON: {reason}", where=where, remedy="Correct the line")


FORMAT = Format("json-lines", "JSON lines", _SUFFIXES, recognises, read)
