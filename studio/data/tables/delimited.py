"""Reads the columns of a delimited table as numbers, dates or text; errors name the line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import LABEL_NAMES
from studio.data.dataset import ColumnKind
from studio.data.files.text_files import LONGEST_LINE, line_too_long, location
from studio.data.parsing.date_formats import parse_date_column
from studio.data.parsing.date_patterns import is_date_text
from studio.data.parsing.missing_marks import MISSING, OddCells, given_marks
from studio.data.parsing.number_marks import (
    grouped_pattern,
    marks_between_groups,
    parse_flagged,
    parse_marked,
    parse_number,
)
from studio.data.parsing.number_style import NumberStyle
from studio.data.tables.dialect import Dialect
from studio.data.tables.header_rows import is_number
from studio.data.tables.lines import split_blanks

_SAMPLE = 1000
_DATE_SHARE = 0.9
_ODD_SHARE = 0.01
_SURE_OF_MARKS, _UNSURE_OF_FLAGS = 0.95, 0.7
_MINUS = "\u2212"
_MOST_MARKS = 5
_MOST_SHARE = 0.5
_FEWEST_CATEGORIES = 20


class _LineTooLongError(Exception):
    """A line beyond the limit."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One column.

    Attributes:
        name: Its name in the header.
        kind: What it holds.
        values: Numbers with NaN where missing, or str objects with "" where missing, (rows,).
        missing: Number of missing cells.
        first_missing: File and line of the first missing cell, or "".
        unit: The unit or currency that its cells name, or "".
        decisions: How its cells were read.
        odd: Cells that are no numbers, in a column of numbers.
    """

    name: str
    kind: ColumnKind
    values: Doubles | NDArray[np.object_]
    missing: int
    first_missing: str
    unit: str = ""
    decisions: tuple[ReadingDecision, ...] = ()
    odd: OddCells | None = None


def read_columns(
    path: Path, data: bytes, dialect: Dialect, spec: FileDataset | None = None
) -> tuple[Cells, ...]:
    """Reads every column of a table.

    Blank lines are ignored, except in a single column of numbers, where a blank line is a missing
    value. There, blank lines before the first and after the last number are still ignored, and so
    are blank lines between every two rows.

    Raises:
        DatasetError: There are no rows, a row has too many or too few cells, or a cell of a
            numeric column is not a number or is infinite.
    """
    spec = FileDataset(path=str(path)) if spec is None else spec
    body = data[dialect.body : dialect.end]
    if not body.strip():
        what = "has a header but no rows" if dialect.has_header else "has no rows"
        raise DatasetError(what, where=path.name, remedy="Choose a file that holds data")
    cells = _cells(path, body, dialect, spec)
    gappy = _with_gaps(body) if len(cells) == 1 and cells[0].kind == "number" else body
    return cells if gappy == body else _cells(path, gappy, dialect, spec)


def _cells(path: Path, body: bytes, dialect: Dialect, spec: FileDataset) -> tuple[Cells, ...]:
    table = _parse(path, body, dialect)
    return tuple(
        _Reader(path, body, dialect, spec, index).read(table.column(index))
        for index in range(len(dialect.names))
    )


def _with_gaps(body: bytes) -> bytes:
    """The rows of a single column, with an empty cell for each blank line between them."""
    lines = body.rstrip().splitlines(keepends=True)
    blank = [not line.strip() for line in lines]
    first = blank.index(False)
    inside = blank[first:]
    is_spacing = all(inside[1::2]) and not any(inside[::2])
    if is_spacing or not any(inside):
        return body
    return b"".join(
        b'""' + line.lstrip(b" \t") if index > first and is_blank else line
        for index, (line, is_blank) in enumerate(zip(lines, blank, strict=True))
    )


def _parse(path: Path, body: bytes, dialect: Dialect) -> Any:  # noqa: ANN401 - pyarrow is untyped
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    _refuse_open_quote(path, body, dialect)
    names = [str(index) for index in range(len(dialect.names))]
    if dialect.delimiter == " ":
        body = _between_tabs(body)
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


def _between_tabs(body: bytes) -> bytes:
    """Cells between blanks as cells between tabs; blanks in quotes stay."""
    trimmed = re.sub(rb"(?m)^[ \t]+|[ \t]+(?=\r?$)", b"", body)
    if b'"' not in trimmed:
        return re.sub(rb"[ \t]+", b"\t", trimmed)
    return re.sub(rb'("[^"\r\n]*")|[ \t]+', lambda found: found[1] or b"\t", trimmed)


def _refuse_open_quote(path: Path, body: bytes, dialect: Dialect) -> None:
    if dialect.delimiter == " " or body.count(b'"') % 2 == 0:
        return
    line = dialect.first_line - 1
    try:
        for line, _ in _rows(body, dialect, strict=True):  # noqa: B007 - wanted after the loop
            pass
    except (csv.Error, _LineTooLongError):
        raise DatasetError(
            "has an unclosed quote",
            where=location(path, line + 1),
            remedy="Close or remove the quote",
        ) from None


def _explain(path: Path, body: bytes, dialect: Dialect) -> DatasetError:
    expected = len(dialect.names)
    try:
        for line, row in _rows(body, dialect):
            if len(row) != expected:
                return DatasetError(
                    f"has {len(row)} cell{'s' * (len(row) != 1)} instead of {expected}",
                    where=location(path, line),
                    remedy="Correct the row, or set the delimiter",
                )
    except _LineTooLongError:
        return line_too_long(path)
    except csv.Error:
        pass
    return DatasetError(
        "has unmatched quotes, or cells that are too long",
        where=path.name,
        remedy="Correct its quotes, or set the delimiter",
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
    """The last line number of each row, and its cells."""
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


@dataclass(frozen=True, eq=False)
class _Numbers:
    values: Doubles
    unit: str = ""
    decisions: tuple[ReadingDecision, ...] = ()
    odd: OddCells | None = None


def _with_minus(cells: Any, minus: str) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """The cells with the keyboard's sign for another minus sign."""
    import pyarrow.compute as pc

    return cells if minus == "-" else pc.replace_substring(cells, minus, "-")


def _written_plainly(cells: Any, style: NumberStyle) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """The cells with a decimal point and without marks between thousands."""
    import pyarrow.compute as pc

    if style.thousands:
        pattern = grouped_pattern(style).pattern
        if not pc.all(pc.match_substring_regex(cells, f"^(?:{pattern})$")).as_py():
            return cells  # a date such as 01.02.2024 is no number
        for mark in marks_between_groups(style):
            cells = pc.replace_substring(cells, mark, "")
    if style.decimal != ",":
        return cells
    has_points = pc.any(pc.match_substring(cells, ".")).as_py()
    return cells if has_points else pc.replace_substring(cells, ",", ".")


def _are_categories(values: Doubles, count: int) -> bool:
    """Whether the numbers beside recurring words are few, as in 0, a and b."""
    distinct = np.unique(values[~np.isnan(values)])
    return count >= _FEWEST_CATEGORIES and len(distinct) <= 3  # noqa: PLR2004


@dataclass(frozen=True)
class _Reader:
    path: Path
    body: bytes
    dialect: Dialect
    spec: FileDataset
    at: int

    @property
    def name(self) -> str:
        return self.dialect.names[self.at]

    def read(self, raw: Any) -> Cells:  # noqa: ANN401 - pyarrow is untyped
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = pc.utf8_trim_whitespace(raw)
        if self.dialect.closing and self.at == len(self.dialect.names) - 1:
            cells = pc.utf8_rtrim(cells, self.dialect.closing)
        absent = pc.is_in(cells, value_set=pa.array(self._missing(cells)))
        texts_or_null = pc.if_else(absent, pa.scalar(None, pa.string()), cells)
        if texts_or_null.null_count == len(texts_or_null):
            return self._cells(
                "empty",
                np.full(len(texts_or_null), np.nan),
                np.full(len(texts_or_null), fill_value=True),
            )
        found = self._numbers(texts_or_null)
        if found is not None:
            self._refuse_infinite(found.values)
            cells = self._cells("number", found.values, np.isnan(found.values))
            return replace(cells, unit=found.unit, decisions=found.decisions, odd=found.odd)
        texts = pc.fill_null(texts_or_null, "").to_numpy(zero_copy_only=False)
        dates = parse_date_column(
            self.name,
            texts,
            dates=self.spec.dates,
            zone=self.spec.zone,
            decimal=self.dialect.decimal,
        )
        if dates is not None:
            parsed = self._cells("date", dates.texts, dates.texts == "")
            return replace(parsed, decisions=dates.decisions)
        sample = texts[texts != ""][:_SAMPLE].tolist()
        year_first = sum(text[:4].isdigit() and is_date_text(text) for text in sample)
        is_dates = year_first >= _DATE_SHARE * len(sample) and self.spec.dates != "none"
        return self._cells("date" if is_dates else "text", texts, texts == "")

    def _missing(self, cells: Any) -> list[str]:  # noqa: ANN401 - pyarrow is untyped
        """Markers of missing values; "-" is none where "+" occurs, as in a pair of classes."""
        import pyarrow as pa
        import pyarrow.compute as pc

        has_plus = pc.any(pc.equal(cells, pa.scalar("+"))).as_py()
        usual = [marker for marker in MISSING if not (has_plus and marker == "-")]
        return [*usual, *given_marks(self.spec.na_values)]

    def _cells(
        self, kind: ColumnKind, values: Doubles | NDArray[np.object_], absent: NDArray[np.bool_]
    ) -> Cells:
        missing = int(absent.sum())
        first = location(self.path, self._line(int(absent.argmax()))) if missing else ""
        return Cells(self.name, kind, values, missing, first)

    def _numbers(self, cells: Any) -> "_Numbers | None":  # noqa: ANN401 - pyarrow is untyped
        """The cells as numbers, or None where most of them are not numbers."""
        import pyarrow as pa
        import pyarrow.compute as pc

        style = self.dialect.style
        for minus in ("-", _MINUS):  # the second only where the first fails
            try:
                numbers = pc.cast(_written_plainly(_with_minus(cells, minus), style), pa.float64())
                return _Numbers(self._without_given_numbers(self._as_doubles(numbers)))
            except pa.ArrowInvalid:
                continue
        texts = [None if text is None else text.replace(_MINUS, "-") for text in cells.to_pylist()]
        present = [text for text in texts if text is not None]
        marked = self._marked(texts, present)
        if marked is not None:
            return marked
        numeric = sum(self._is_number(text) for text in present[:_SAMPLE])
        is_label = self.name.lower() in LABEL_NAMES and self.at in {0, len(self.dialect.names) - 1}
        if numeric * 2 <= len(present[:_SAMPLE]) or is_label:
            return None
        return self._with_odd_cells(texts, len(present))

    def _without_given_numbers(self, values: Doubles) -> Doubles:
        """The values with the numbers that the setting calls missing as NaN."""
        marks = given_marks(self.spec.na_values)
        numbers = [float(mark) for mark in marks if is_number(mark) and "," not in mark]
        return np.where(np.isin(values, numbers), np.nan, values) if numbers else values

    def _marked(self, texts: list[str | None], present: list[str]) -> "_Numbers | None":
        """Numbers that all carry a currency, a unit or a factor."""
        if self.spec.marks == "keep":
            return None
        style = self.dialect.style
        if parse_marked(list(present[:_SAMPLE]), style) is None:
            return None
        marked = parse_marked(texts, style)
        if marked is None:
            return None
        evidence = f"column '{self.name}': numbers with {marked.mark}, such as {present[0]}"
        decision = ReadingDecision("marks", "strip", _SURE_OF_MARKS, evidence, ("keep",))
        if self.spec.marks:
            decision = set_by_user("marks", self.spec.marks)
        return _Numbers(marked.values, marked.unit, (decision,))

    def _with_odd_cells(self, texts: list[str | None], count: int) -> "_Numbers | None":
        """The numbers of a column with cells that are no numbers, or None where it holds classes.

        Few such cells, or few distinct ones that recur, are missing values; flags are left out.

        Raises:
            DatasetError: There are more than a few.
        """
        values = np.full(len(texts), np.nan)
        odd: list[int] = []
        for row, text in enumerate(texts):
            number = None if text is None else parse_number(text, self.dialect.style)
            if number is not None:
                values[row] = number
            elif text is not None:
                odd.append(row)
        if not odd:
            return _Numbers(values)
        marked = self._flagged(values, {row: texts[row] or "" for row in odd})
        if marked is not None:
            return marked
        counts = Counter(texts[row] or "" for row in odd)
        recur = len(counts) <= _MOST_MARKS and min(counts.values()) > 1
        if recur and _are_categories(values, count):
            return None
        are_words = recur and not any(letter.isdigit() for mark in counts for letter in mark)
        if len(odd) > (_MOST_SHARE if are_words else _ODD_SHARE) * count:
            raise self._not_a_number(odd[0], texts[odd[0]] or "")
        marks = tuple(mark for mark, _ in counts.most_common(_MOST_MARKS))
        first = location(self.path, self._line(odd[0]))
        return _Numbers(values, odd=OddCells(self.name, marks, len(odd), first))

    def _flagged(self, values: Doubles, odd: dict[int, str]) -> "_Numbers | None":
        """The numbers where all odd cells are numbers with a flag, such as 12.3* or <1; or None."""
        if self.spec.marks == "keep":
            return None
        found = values.copy()
        for row, text in odd.items():
            number = parse_flagged(text, self.dialect.style)
            if number is None:
                return None
            found[row] = number
        row, text = next(iter(odd.items()))
        where = location(self.path, self._line(row))
        evidence = (
            f"column '{self.name}': '{text}' ({where}) is a number with a flag; {len(odd):,} such "
            "flags are left out"
        )
        decision = ReadingDecision("marks", "strip", _UNSURE_OF_FLAGS, evidence, ("keep",))
        if self.spec.marks:
            decision = set_by_user("marks", self.spec.marks)
        return _Numbers(found, decisions=(decision,))

    def _as_doubles(self, numbers: Any) -> Doubles:  # noqa: ANN401 - pyarrow is untyped
        return np.array(numbers.to_numpy(), dtype=np.float64)

    def _is_number(self, text: str) -> bool:
        return parse_number(text, self.dialect.style) is not None

    def _not_a_number(self, row: int, text: str) -> DatasetError:
        shown = text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - fits a line
        return DatasetError(
            f"'{shown}' is not a number",
            where=location(self.path, self._line(row), self.name),
            remedy="Correct the cell, leave it empty, or name it in na_values",
        )

    def _refuse_infinite(self, numbers: Doubles) -> None:
        infinite = np.flatnonzero(np.isinf(numbers))
        if len(infinite):
            raise DatasetError(
                "holds an infinite value",
                where=location(self.path, self._line(int(infinite[0])), self.name),
                remedy="Correct the cell",
            )

    def _line(self, row: int) -> int:
        try:
            return next(islice(_rows(self.body, self.dialect), row, None))[0]
        except (csv.Error, _LineTooLongError, StopIteration):
            return self.dialect.first_line + row
