"""Large tables of one series: read in blocks into a row-major file.

The file is cached and memory-mapped, so that the table opens immediately the next time and its
rows take no memory.
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
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.problems import HourRepeated, Problem, TimesRepeated
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, Series
from studio.data.files.cache import Cache, cache_key
from studio.data.files.rows_file import RowsFile
from studio.data.files.text_files import location, read_head
from studio.data.parsing.date_formats import DateReader, date_reader
from studio.data.parsing.missing_marks import MISSING
from studio.data.tables.delimited import Cells, read_columns
from studio.data.tables.dialect import Dialect, find_dialect
from studio.data.tables.layout import Table, unused_columns
from studio.data.tables.long_tables import is_clock_change

LARGE_BYTES = 64_000_000
"""Tables of at least this size are read in blocks."""

_VERSION = 6
_BLANK_LINE = re.compile(rb"\S[ \t]*(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]\s*\S")
_ALMOST = 0.99
_TAIL_BYTES = 1 << 16
_BLOCK = 1 << 24
_SAMPLED = 1000
_MOST_REPEATED = 100_000


class _NotSimpleError(Exception):
    """The table is not a plain series of numbers, so it is read whole."""


def large_series(path: Path, spec: FileDataset, cache: Cache) -> Series | None:
    """The series of a large table through the cache, or None where it must be read whole.

    Raises:
        DatasetError: A cell is infinite, or the cache cannot be written.
        Exception: Whatever the cache's progress callback raises to stop reading.
    """
    if path.stat().st_size < LARGE_BYTES:
        return None
    key = cache_key([path], "series", _VERSION, spec.model_dump_json(exclude={"path"}))
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
    """The first rows as a series, from which the columns are known."""
    head = read_head(path)
    head = head[: head.rfind(b"\n") + 1]
    try:
        head.decode("utf-8")
        dialect = find_dialect(path, head, spec)
        cells = read_columns(path, head, dialect)
    except (DatasetError, UnicodeDecodeError):
        raise _NotSimpleError from None
    if len(cells) == 1 and _has_blank_lines(path, dialect):
        raise _NotSimpleError  # they are missing values, which Arrow would skip
    if not _is_simple(path, head, dialect, cells, spec):
        raise _NotSimpleError
    table = Table(path, cells, dialect.has_header, spec, decisions=dialect.decisions)
    sample = _plain_series(table)
    filled_later = _filled_later(path, dialect, cells, cache)
    if filled_later:  # assumed to be numbers until they are read
        cells = tuple(
            replace(column, kind="number") if index in filled_later else column
            for index, column in enumerate(cells)
        )
        sample = _plain_series(replace(table, cells=cells))
    return sample, dialect


def _is_simple(
    path: Path, head: bytes, dialect: Dialect, cells: tuple[Cells, ...], spec: FileDataset
) -> bool:
    """Whether its cells can be read by pyarrow as they stand."""
    is_read_as_written = not any(
        column.odd or (column.decisions and column.kind != "date") for column in cells
    )
    is_encoded = bool(spec.encoding) or head.startswith(b"\xef\xbb")
    is_set = spec.na_values or spec.zone or spec.skip_footer or "%" in (spec.dates or "")
    is_plain = dialect.delimiter != " " and not dialect.style.thousands and not dialect.closing
    is_plain = is_plain and not is_set
    return is_plain and is_read_as_written and not is_encoded and not _has_footer(path, dialect)


def _has_footer(path: Path, dialect: Dialect) -> bool:
    """Whether the last line has not the cells of the table, or only empty ones."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        lines = file.read().rstrip(b"\r\n").splitlines()
    mark = dialect.delimiter.encode()
    is_empty = bool(lines) and not lines[-1].strip(mark + b" \t")
    return is_empty or (bool(lines) and lines[-1].count(mark) != len(dialect.names) - 1)


def _has_blank_lines(path: Path, dialect: Dialect) -> bool:
    """Whether there is a blank line between two rows."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return _BLANK_LINE.search(whole, dialect.body) is not None


def _plain_series(table: Table) -> Series:
    try:
        dataset = table.dataset()
    except DatasetError:
        raise _NotSimpleError from None
    if (
        not isinstance(dataset, Series)
        or dataset.lengths is not None
        or dataset.symbols is not None
        or dataset.tags is not None
    ):
        raise _NotSimpleError
    names = {column.name for column in table.cells}
    if len(dataset.columns) != len(table.cells):
        raise _NotSimpleError  # columns are joined or encoded
    changed = any(decision.name in {"order", "na_values"} for decision in dataset.decisions)
    if changed or any(
        column.name.split("=")[0] in names - {column.name} for column in dataset.columns
    ):
        raise _NotSimpleError  # rows are put in order, or text is encoded
    is_dated = any(column.role == "time" and column.kind == "date" for column in dataset.columns)
    if table.spec.resample and not is_dated:
        raise _NotSimpleError  # times that are numbers are not kept
    return dataset


def _filled_later(
    path: Path, dialect: Dialect, cells: tuple[Cells, ...], cache: Cache
) -> frozenset[int]:
    """The columns that are empty in the first rows and filled further down."""
    import pyarrow as pa
    import pyarrow.compute as pc

    empty = {index for index, column in enumerate(cells) if column.kind == "empty"}
    filled: set[int] = set()
    missing = pa.array(MISSING)
    try:
        with pa.OSFile(str(path)) as file:
            for batch in _batches(file, dialect, dict.fromkeys(empty, pa.string())):
                if filled == empty:
                    break
                for index in empty - filled:
                    texts = pc.utf8_trim_whitespace(batch.column(str(index)))
                    if not pc.all(pc.is_in(texts, value_set=missing)).as_py():
                        filled.add(index)
                cache.progress(0.0)
    except pa.ArrowInvalid:
        raise _NotSimpleError from None
    return frozenset(filled)


def _batches(file: Any, dialect: Dialect, types: Mapping[int, Any]) -> Iterator[Any]:  # noqa: ANN401 - pyarrow
    """Batches of rows of the typed columns, which are named by their indices."""
    from pyarrow import csv

    if not types:
        return
    type_by_name = {str(index): column_type for index, column_type in types.items()}
    file.seek(dialect.body)
    with csv.open_csv(
        file,
        read_options=csv.ReadOptions(
            column_names=[str(index) for index in range(len(dialect.names))], block_size=_BLOCK
        ),
        parse_options=csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=False),
        convert_options=csv.ConvertOptions(
            column_types=type_by_name,
            include_columns=list(type_by_name),
            null_values=list(MISSING),
            decimal_point=dialect.decimal,
        ),
    ) as reader:
        yield from reader


def _expected_rows(path: Path) -> float:
    """An estimate of the number of rows from the length of the first ones."""
    head = read_head(path)
    return max(1.0, path.stat().st_size / len(head) * head.count(b"\n"))


class _Filling:
    """Writes the files of a cache entry: rows, times and columns."""

    def __init__(self, path: Path, sample: Series, dialect: Dialect, cache: Cache) -> None:
        self._path, self._sample, self._dialect, self._cache = path, sample, dialect, cache
        self._missing = np.zeros(len(sample.channels), dtype=np.int64)
        self._first_missing = np.full(len(sample.channels), -1, dtype=np.int64)
        self._latest = np.datetime64("NaT", "s")
        self._latest_number = np.nan
        self._first_time: np.datetime64 | None = None
        self._repeated = 0
        self._repeated_dates: list[NDArray[np.datetime64]] = []
        self._date_decisions = [
            decision for decision in sample.decisions if decision.name in {"dates", "zone"}
        ]
        self._reader: DateReader | None = None

    def fill(self, folder: Path) -> None:
        """Reads the table block by block."""
        import pyarrow as pa

        numbers = [index for index, column in enumerate(self._sample.columns)
                   if column.role in {"feature", "target"}]  # fmt: skip
        dates = [index for index, column in enumerate(self._sample.columns) if column.role == "time"
                 and column.kind == "date"]  # fmt: skip
        clocks = [index for index, column in enumerate(self._sample.columns)
                  if column.role == "time" and column.kind == "number"]  # fmt: skip
        types = dict.fromkeys((*numbers, *clocks), pa.float64())
        types |= dict.fromkeys(dates, pa.string())
        expected = _expected_rows(self._path)  # the file position would count what is read ahead
        try:
            with (
                pa.OSFile(str(self._path)) as file,  # whose threads need no Python
                RowsFile(folder / "values.npy", len(numbers), np.dtype(np.float64)) as rows,
                RowsFile(folder / "times.npy", 1, np.dtype("datetime64[s]")) as times,
            ):
                for batch in _batches(file, self._dialect, types):
                    rows.add(self._values(batch, numbers, rows.rows))
                    if dates:
                        times.add(self._times(batch.column(str(dates[0]))))
                    for index in clocks[:1]:
                        self._check_numbers(batch.column(str(index)))
                    self._cache.progress(min(_ALMOST, rows.rows / expected))
                self._cache.progress(1.0)
        except (pa.ArrowInvalid, ValueError):
            raise _NotSimpleError from None
        described = {
            "columns": [asdict(column) for column in self._columns()],
            "has_times": bool(dates),
            "decisions": [asdict(decision) for decision in self._sample.decisions],
            "repeated": self._repeated_times(),
        }
        (folder / "about.json").write_text(json.dumps(described), encoding="utf-8")

    def _values(self, batch: Any, numbers: list[int], before: int) -> Doubles:  # noqa: ANN401 - pyarrow
        columns = []
        for channel, index in enumerate(numbers):
            column = batch.column(str(index))
            values = column.to_numpy(zero_copy_only=False)
            is_missing = np.isnan(values)
            if np.isinf(values).any():
                row = before + int(np.flatnonzero(np.isinf(values))[0])
                raise DatasetError(
                    "holds an infinite value",
                    where=location(self._path, self._dialect.first_line + row,
                                self._dialect.names[index]),
                    remedy="Correct the cell",
                )  # fmt: skip
            if is_missing.any() and self._first_missing[channel] < 0:
                self._first_missing[channel] = before + int(is_missing.argmax())
            self._missing[channel] += int(is_missing.sum())
            columns.append(values)
        return np.stack(columns, axis=1)

    def _times(self, column: Any) -> NDArray[np.datetime64]:  # noqa: ANN401 - pyarrow
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._date_decisions:
            seconds = self._read_as_sample(pc.utf8_trim_whitespace(column))
        else:
            stamps = pc.cast(column, pa.timestamp("s")).to_numpy(zero_copy_only=False)
            seconds = np.asarray(stamps, dtype="datetime64[s]")
        with_last = np.concatenate([[self._latest], seconds])
        if np.any(with_last[1:] < with_last[:-1]):
            raise _NotSimpleError  # rows are put in order of time in memory
        self._first_time = seconds[0] if self._first_time is None else self._first_time
        is_repeated = with_last[1:] == with_last[:-1]
        self._repeated += int(is_repeated.sum())
        if self._repeated <= _MOST_REPEATED:
            self._repeated_dates.append(seconds[is_repeated])
        self._latest = seconds[-1]
        return seconds

    def _check_numbers(self, column: Any) -> None:  # noqa: ANN401 - pyarrow
        """Counts repeated times that are numbers; those that fall are put in order in memory."""
        with_last = np.concatenate(
            [[self._latest_number], column.to_numpy(zero_copy_only=False).astype(np.float64)]
        )
        if np.any(with_last[1:] < with_last[:-1]):
            raise _NotSimpleError
        self._repeated += int(np.sum(with_last[1:] == with_last[:-1]))
        self._latest_number = with_last[-1]

    def _repeated_times(self) -> dict[str, Any] | None:
        """How many times are repeated, and the first of an hour that comes twice, or None."""
        if not self._repeated:
            return None
        column = next(column for column in self._sample.columns if column.role == "time")
        told = {"column": column.name, "count": self._repeated, "hour": None}
        if self._first_time is not None and self._repeated <= _MOST_REPEATED:
            repeated = np.concatenate(self._repeated_dates)
            ends = np.array([self._first_time, self._latest])
            milliseconds = (each.astype("datetime64[ms]").astype(np.float64)
                            for each in (ends, repeated))  # fmt: skip
            if is_clock_change(*milliseconds):
                told["hour"] = str(repeated[0]).replace("T", " ")
        return told

    def _read_as_sample(self, cells: Any) -> NDArray[np.datetime64]:  # noqa: ANN401 - pyarrow
        """Dates that are not written as NumPy reads them, read as the first rows were."""
        if self._reader is None:
            sample = [text for text in cells[:_SAMPLED].to_pylist() if text]
            self._reader = date_reader(sample, self._date_decisions)
        if self._reader is None:
            raise _NotSimpleError
        stamps = self._reader.stamps(cells)
        seconds: NDArray[np.datetime64] = stamps.astype("datetime64[s]")
        if np.isnat(stamps).any() or bool((seconds != stamps).any()):
            raise _NotSimpleError
        return seconds

    def _columns(self) -> Iterator[Column]:
        counted = {column.name: index for index, column in enumerate(self._sample.channels)}
        for column in self._sample.columns:
            index = counted.get(column.name)
            if index is None:
                yield column
                continue
            first = int(self._first_missing[index])
            where = location(self._path, self._dialect.first_line + first) if first >= 0 else ""
            yield replace(column, missing=int(self._missing[index]), first_missing=where)


def _opened(entry: Path, path: Path) -> Series:
    about = json.loads((entry / "about.json").read_text(encoding="utf-8"))
    columns = tuple(Column(**fields) for fields in about["columns"])
    values = np.load(entry / "values.npy", mmap_mode="r", allow_pickle=False)
    times = None
    if about["has_times"]:
        times = np.load(entry / "times.npy", mmap_mode="r", allow_pickle=False)[:, 0]
    series = Series(
        name=path.stem,
        source=path.name,
        columns=columns,
        values=values,
        times=times,
        notes=unused_columns(columns),
        problems=_repeated(about["repeated"]),
        decisions=tuple(
            ReadingDecision(**{**fields, "alternatives": tuple(fields["alternatives"])})
            for fields in about["decisions"]
        ),
    )
    if values.shape != (len(values), len(series.channels)) or not len(values):
        raise ValueError(entry)
    return series


def _repeated(told: dict[str, Any] | None) -> tuple[Problem, ...]:
    """The problem of times that occur more than once."""
    if told is None:
        return ()
    if told["hour"] is not None:
        return (HourRepeated(str(told["column"]), str(told["hour"])),)
    return (TimesRepeated(str(told["column"]), int(told["count"])),)
