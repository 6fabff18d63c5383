"""The columns of a table as arrays: numbers, dates or text, each bad cell named by its line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError
from studio.data.dataset import ColumnKind
from studio.data.names import LABEL_NAMES
from studio.data.reading import LONGEST_LINE, line_too_long, place
from studio.data.tables.dialect import (
    MISSING,
    Dialect,
    is_date,
    is_number,
    split_blanks,
)

_SAMPLE = 1000
_DATE_SHARE = 0.9


class _LineTooLongError(Exception):
    """A line beyond the limit."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One column.

    Attributes:
        name: Its name in the header.
        kind: What it holds.
        values: Numbers with NaN where missing, or str objects with "" where missing, (rows,).
        missing: How many are missing.
        first_missing: File and line of the first of them, or "".
    """

    name: str
    kind: ColumnKind
    values: Doubles | NDArray[np.object_]
    missing: int
    first_missing: str


def read_columns(path: Path, data: bytes, dialect: Dialect) -> tuple[Cells, ...]:
    """Reads every column of a table.

    Blank lines between rows are nothing, but for a single column of numbers: there a blank line is
    how a missing value is written. Blank lines before its first and after its last number are
    nothing, and so is one between each two rows, which is spacing.

    Raises:
        DatasetError: There are no rows, a row has too many or too few cells, a cell of a column
            of numbers is no number or is infinite, or no column holds numbers.
    """
    body = data[dialect.body :]
    if not body.strip():
        what = "has a header and no rows" if dialect.has_header else "has no rows"
        raise DatasetError(what, where=path.name, remedy="Give a file that holds data")
    cells = _cells(path, body, dialect)
    gappy = _with_gaps(body) if len(cells) == 1 and cells[0].kind == "number" else body
    return cells if gappy == body else _cells(path, gappy, dialect)


def _cells(path: Path, body: bytes, dialect: Dialect) -> tuple[Cells, ...]:
    table = _parse(path, body, dialect)
    return tuple(
        _Reader(path, body, dialect, at).read(table.column(at)) for at in range(len(dialect.names))
    )


def _with_gaps(body: bytes) -> bytes:
    """The rows of a single column, each blank line between them an empty cell."""
    lines = body.rstrip().splitlines(keepends=True)
    blank = [not line.strip() for line in lines]
    first = blank.index(False)
    inside = blank[first:]
    is_spacing = all(inside[1::2]) and not any(inside[::2])
    if is_spacing or not any(inside):
        return body
    return b"".join(
        b'""' + line.lstrip(b" \t") if at > first and is_blank else line
        for at, (line, is_blank) in enumerate(zip(lines, blank, strict=True))
    )


def _parse(path: Path, body: bytes, dialect: Dialect) -> Any:  # noqa: ANN401 - pyarrow is untyped
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    _refuse_open_quote(path, body, dialect)
    names = [str(at) for at in range(len(dialect.names))]
    if dialect.delimiter == " ":
        body = re.sub(rb"[ \t]+", b"\t", re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", body))
    try:
        return arrow_csv.read_csv(
            pa.py_buffer(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, block_size=LONGEST_LINE, use_threads=False
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter="\t" if dialect.delimiter == " " else dialect.delimiter,
                newlines_in_values=b'"' in body,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        raise _explain(path, body, dialect) from None


def _refuse_open_quote(path: Path, body: bytes, dialect: Dialect) -> None:
    if dialect.delimiter == " " or body.count(b'"') % 2 == 0:
        return
    line = dialect.first_line - 1
    try:
        for line, _ in _rows(body, dialect, strict=True):  # noqa: B007 - wanted after the loop
            pass
    except (csv.Error, _LineTooLongError):
        raise DatasetError(
            "has a quote that is not closed",
            where=place(path, line + 1),
            remedy="Close or remove the quote",
        ) from None


def _explain(path: Path, body: bytes, dialect: Dialect) -> DatasetError:
    wanted = len(dialect.names)
    try:
        for line, row in _rows(body, dialect):
            if len(row) != wanted:
                return DatasetError(
                    f"has {len(row)} cell{'s' * (len(row) != 1)} where {wanted} are expected",
                    where=place(path, line),
                    remedy="Correct the row, or give the delimiter",
                )
    except _LineTooLongError:
        return line_too_long(path)
    except csv.Error:
        pass
    return DatasetError(
        "has quotes that do not match, or cells that are too long",
        where=path.name,
        remedy="Correct its quotes, or give the delimiter",
    )


def _lines(body: bytes) -> Iterator[str]:
    text = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", errors="replace", newline="")
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise _LineTooLongError
        yield line


def _rows(
    body: bytes, dialect: Dialect, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Line number of the end of each row, and its cells."""
    text = _lines(body)
    if dialect.delimiter == " ":
        for line, blanks in enumerate(text, start=dialect.first_line):
            if cells := split_blanks(blanks):
                yield line, cells
        return
    reader = csv.reader(text, delimiter=dialect.delimiter, strict=strict)
    for row in reader:
        if row:
            yield reader.line_num + dialect.first_line - 1, row


@dataclass(frozen=True)
class _Reader:
    path: Path
    body: bytes
    dialect: Dialect
    at: int

    @property
    def name(self) -> str:
        return self.dialect.names[self.at]

    def read(self, raw: Any) -> Cells:  # noqa: ANN401 - pyarrow is untyped
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        cells = pc.utf8_trim_whitespace(raw)
        absent = pc.is_in(cells, value_set=pa.array(self._missing(cells)))
        given = pc.if_else(absent, pa.scalar(None, pa.string()), cells)
        if given.null_count == len(given):
            return self._cells(
                "empty", np.full(len(given), np.nan), np.full(len(given), fill_value=True)
            )
        numbers = self._numbers(given)
        if numbers is not None:
            self._refuse_infinite(numbers)
            return self._cells("number", numbers, np.isnan(numbers))
        texts = pc.fill_null(given, "").to_numpy()
        sample = texts[texts != ""][:_SAMPLE].tolist()
        dates = sum(map(is_date, sample)) >= _DATE_SHARE * len(sample)
        return self._cells("date" if dates else "text", texts, texts == "")

    def _missing(self, cells: Any) -> list[str]:  # noqa: ANN401 - pyarrow is untyped
        """What stands for no value; beside "+" a "-" is a value, as in pairs of classes."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        has_plus = pc.any(pc.equal(cells, pa.scalar("+"))).as_py()
        return [each for each in MISSING if not (has_plus and each == "-")]

    def _cells(
        self, kind: ColumnKind, values: Doubles | NDArray[np.object_], absent: NDArray[np.bool_]
    ) -> Cells:
        missing = int(absent.sum())
        first = place(self.path, self._line(int(absent.argmax()))) if missing else ""
        return Cells(self.name, kind, values, missing, first)

    def _numbers(self, given: Any) -> Doubles | None:  # noqa: ANN401 - pyarrow is untyped
        """The cells as numbers, or None where most of them are not."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        plain = pc.replace_substring(given, ",", ".") if self.dialect.decimal == "," else given
        try:
            return self._as_doubles(pc.cast(plain, pa.float64()))
        except pa.ArrowInvalid:
            pass
        texts = given.to_pylist()
        sample = list(islice((text for text in texts if text is not None), _SAMPLE))
        numeric = sum(self._is_number(text) for text in sample)
        is_label = self.name.lower() in LABEL_NAMES and self.at in {0, len(self.dialect.names) - 1}
        if numeric * 2 <= len(sample) or is_label:
            return None
        for row, text in enumerate(texts):
            if text is not None and not self._is_number(text):
                raise self._not_a_number(row, text)
        point = self.dialect.decimal
        return np.array([np.nan if t is None else float(t.replace(point, ".")) for t in texts])

    def _as_doubles(self, numbers: Any) -> Doubles:  # noqa: ANN401 - pyarrow is untyped
        return np.array(numbers.to_numpy(), dtype=np.float64)

    def _is_number(self, text: str) -> bool:
        wrong = "," if self.dialect.decimal == "." else "."
        return is_number(text) and wrong not in text

    def _not_a_number(self, row: int, text: str) -> DatasetError:
        shown = text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - fits a line
        return DatasetError(
            f"'{shown}' is not a number",
            where=place(self.path, self._line(row), self.name),
            remedy="Correct the cell, or leave it empty",
        )

    def _refuse_infinite(self, numbers: Doubles) -> None:
        infinite = np.flatnonzero(np.isinf(numbers))
        if len(infinite):
            raise DatasetError(
                "holds an infinite value",
                where=place(self.path, self._line(int(infinite[0])), self.name),
                remedy="Correct the cell",
            )

    def _line(self, row: int) -> int:
        try:
            return next(islice(_rows(self.body, self.dialect), row, None))[0]
        except (csv.Error, _LineTooLongError, StopIteration):
            return self.dialect.first_line + row
