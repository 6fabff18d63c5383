"""Large tables of one series: read in pieces into a row-major file of single precision.

The file lies in the cache and is memory-mapped, so that the table opens at once the next time and
its rows need no memory of their own.
"""

import json
import mmap
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.cache import Cache, key_of
from studio.data.dataset import Column, Series
from studio.data.reading import place, read_head
from studio.data.tables.columns import Cells, read_columns
from studio.data.tables.dialect import MISSING, Dialect, find_dialect
from studio.data.tables.layout import Table
from studio.data.tables.rows_file import RowsFile

LARGE_BYTES = 64_000_000
"""Tables from this size on are read in pieces."""

_VERSION = 3
_BLANK_LINE = re.compile(rb"\S[ \t]*(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]\s*\S")
_ALMOST = 0.99
_BLOCK = 1 << 24
_NOTE = "the table is large, so its numbers are kept in single precision in the cache"


class _NotSimpleError(Exception):
    """The table is no plain series of numbers; it is read whole instead."""


def large_series(path: Path, spec: FileDataset, cache: Cache) -> Series | None:
    """The series of a large table through the cache, or None where it must be read whole.

    Raises:
        DatasetError: A cell is infinite, or the cache cannot be written.
        Exception: What the cache's progress raises, which ends reading.
    """
    if path.stat().st_size < LARGE_BYTES:
        return None
    key = key_of([path], "series", _VERSION, spec.model_dump_json(exclude={"path"}))
    entry = cache.entry(key)
    if entry is not None:
        try:
            return _opened(entry, path)
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            cache.drop(key)
    try:
        sample, dialect = _sampled(path, spec, cache)
        return _opened(cache.make(key, _Filling(path, sample, dialect, cache).fill), path)
    except _NotSimpleError:
        return None


def _sampled(path: Path, spec: FileDataset, cache: Cache) -> tuple[Series, Dialect]:
    """The first rows as a series, which say what each column is."""
    head = read_head(path)
    head = head[: head.rfind(b"\n") + 1]
    try:
        head.decode("utf-8")
        dialect = find_dialect(path, head, spec)
        cells = read_columns(path, head, dialect)
    except (DatasetError, UnicodeDecodeError):
        raise _NotSimpleError from None
    if len(cells) == 1 and _has_blank_lines(path, dialect):
        raise _NotSimpleError  # they are gaps, which Arrow would pass over
    if dialect.delimiter == " " or spec.encoding or head.startswith(b"\xef\xbb"):
        raise _NotSimpleError
    sample = _plain_series(Table(path, cells, dialect.has_header, spec))
    late = _filled_later(path, dialect, cells, cache)
    if late:  # numbers, as far as anyone can tell without reading them
        cells = tuple(
            replace(each, kind="number") if at in late else each for at, each in enumerate(cells)
        )
        sample = _plain_series(Table(path, cells, dialect.has_header, spec))
    return sample, dialect


def _has_blank_lines(path: Path, dialect: Dialect) -> bool:
    """Whether a blank line stands between two rows."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return _BLANK_LINE.search(whole, dialect.body) is not None


def _plain_series(table: Table) -> Series:
    try:
        found = table.dataset()
    except DatasetError:
        raise _NotSimpleError from None
    if not isinstance(found, Series) or found.lengths is not None or found.symbols is not None:
        raise _NotSimpleError
    is_dated = any(column.role == "time" and column.kind == "date" for column in found.columns)
    if table.spec.resample and not is_dated:
        raise _NotSimpleError  # times that are numbers are not kept
    return found


def _filled_later(
    path: Path, dialect: Dialect, cells: tuple[Cells, ...], cache: Cache
) -> frozenset[int]:
    """The columns without a cell in the first rows that have one further down."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    import pyarrow.compute as pc  # noqa: PLC0415

    empty = {at for at, each in enumerate(cells) if each.kind == "empty"}
    found: set[int] = set()
    missing = pa.array(MISSING)
    try:
        with pa.OSFile(str(path)) as file:
            for batch in _batches(file, dialect, dict.fromkeys(empty, pa.string())):
                if found == empty:
                    break
                for at in empty - found:
                    texts = pc.utf8_trim_whitespace(batch.column(str(at)))
                    if not pc.all(pc.is_in(texts, value_set=missing)).as_py():
                        found.add(at)
                cache.progress(0.0)
    except pa.ArrowInvalid:
        raise _NotSimpleError from None
    return frozenset(found)


def _batches(file: Any, dialect: Dialect, types: Mapping[int, Any]) -> Iterator[Any]:  # noqa: ANN401 - pyarrow
    """Rows of the columns that have a type, named by their numbers."""
    from pyarrow import csv  # noqa: PLC0415

    if not types:
        return
    named = {str(at): each for at, each in types.items()}
    file.seek(dialect.body)
    with csv.open_csv(
        file,
        read_options=csv.ReadOptions(
            column_names=[str(at) for at in range(len(dialect.names))], block_size=_BLOCK
        ),
        parse_options=csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=False),
        convert_options=csv.ConvertOptions(
            column_types=named,
            include_columns=list(named),
            null_values=list(MISSING),
            decimal_point=dialect.decimal,
        ),
    ) as reader:
        yield from reader


def _expected_rows(path: Path) -> float:
    """About how many rows a table has, from the length of its first."""
    head = read_head(path)
    return max(1.0, path.stat().st_size / len(head) * head.count(b"\n"))


class _Filling:
    """Writes the files of a cache entry: rows, times and what the columns are."""

    def __init__(self, path: Path, sample: Series, dialect: Dialect, cache: Cache) -> None:
        self._path, self._sample, self._dialect, self._cache = path, sample, dialect, cache
        self._missing = np.zeros(len(sample.channels), dtype=np.int64)
        self._first_missing = np.full(len(sample.channels), -1, dtype=np.int64)
        self._disorder = False
        self._latest = np.datetime64("NaT", "s")

    def fill(self, folder: Path) -> None:
        """Reads the table block by block."""
        import pyarrow as pa  # noqa: PLC0415 - slow to import

        numbers = [at for at, column in enumerate(self._sample.columns)
                   if column.role in {"feature", "target"}]  # fmt: skip
        dates = [at for at, column in enumerate(self._sample.columns) if column.role == "time"
                 and column.kind == "date"]  # fmt: skip
        types = dict.fromkeys(numbers, pa.float64()) | dict.fromkeys(dates, pa.string())
        expected = _expected_rows(self._path)  # the reader is ahead of what has been written
        try:
            with (
                pa.OSFile(str(self._path)) as file,  # its threads must need nothing of Python's
                RowsFile(folder / "values.npy", len(numbers), np.dtype(np.float32)) as rows,
                RowsFile(folder / "times.npy", 1, np.dtype("datetime64[s]")) as times,
            ):
                for batch in _batches(file, self._dialect, types):
                    rows.add(self._values(batch, numbers, rows.rows))
                    if dates:
                        times.add(self._times(batch.column(str(dates[0]))))
                    self._cache.progress(min(_ALMOST, rows.rows / expected))
                self._cache.progress(1.0)
        except (pa.ArrowInvalid, ValueError):
            raise _NotSimpleError from None
        described = {
            "columns": [asdict(each) for each in self._columns()],
            "notes": self._sample.notes,
            "has_times": bool(dates),
            "disorder": self._disorder,
        }
        (folder / "about.json").write_text(json.dumps(described), encoding="utf-8")

    def _values(self, batch: Any, numbers: list[int], before: int) -> Doubles:  # noqa: ANN401 - pyarrow
        columns = []
        for place_of, at in enumerate(numbers):
            column = batch.column(str(at))
            values = column.to_numpy(zero_copy_only=False)
            lost = np.isnan(values)
            if np.isinf(values).any():
                row = before + int(np.flatnonzero(np.isinf(values))[0])
                raise DatasetError(
                    "holds an infinite value",
                    where=place(self._path, self._dialect.first_line + row,
                                self._dialect.names[at]),
                    remedy="Correct the cell",
                )  # fmt: skip
            if lost.any() and self._first_missing[place_of] < 0:
                self._first_missing[place_of] = before + int(lost.argmax())
            self._missing[place_of] += int(lost.sum())
            columns.append(values)
        return np.stack(columns, axis=1)

    def _times(self, column: Any) -> NDArray[np.datetime64]:  # noqa: ANN401 - pyarrow
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        stamps = pc.cast(column, pa.timestamp("s")).to_numpy(zero_copy_only=False)
        seconds = np.asarray(stamps, dtype="datetime64[s]")
        with_last = np.concatenate([[self._latest], seconds])
        self._disorder |= bool(np.any(with_last[1:] < with_last[:-1]))
        self._latest = seconds[-1]
        return seconds

    def _columns(self) -> Iterator[Column]:
        counted = {column.name: at for at, column in enumerate(self._sample.channels)}
        for column in self._sample.columns:
            at = counted.get(column.name)
            if at is None:
                yield column
                continue
            first = int(self._first_missing[at])
            where = place(self._path, self._dialect.first_line + first) if first >= 0 else ""
            yield replace(column, missing=int(self._missing[at]), first_missing=where)


def _opened(entry: Path, path: Path) -> Series:
    about = json.loads((entry / "about.json").read_text(encoding="utf-8"))
    columns = tuple(Column(**each) for each in about["columns"])
    values = np.load(entry / "values.npy", mmap_mode="r", allow_pickle=False)
    times = None
    if about["has_times"]:
        times = np.load(entry / "times.npy", mmap_mode="r", allow_pickle=False)[:, 0]
    made = Series(
        name=path.stem,
        source=path.name,
        columns=columns,
        values=values,
        times=times,
        notes=(*about["notes"], _NOTE),
        problems=("the dates are not in rising order",) if about["disorder"] else (),
    )
    if values.shape != (len(values), len(made.channels)) or not len(values):
        raise ValueError(entry)
    return made
