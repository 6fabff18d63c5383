"""How a table is written: delimiter, header, decimal mark, found from its first lines.

csv.Sniffer is not used: it needs a guess for a single column, takes a decimal comma for a
delimiter, and its patterns can take minutes on long quoted lines.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import DatasetError, SpecError
from studio.core.spec import FileDataset
from studio.data.names import LABEL_NAMES
from studio.data.reading import HEAD_BYTES, LONGEST_LINE, line_too_long, place

MISSING = ("", "?", "-", "--", "NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "NAN", "null",
           "NULL", "None")  # fmt: skip
_MISSING = frozenset(MISSING)
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{4}-?Q[1-4])"
    r"([T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_LINE_BREAK = re.compile(rb"\r\n|\n|\r")
_BLANKS = re.compile(r"[ \t\r\n]+")
_SAMPLE_LINES = 200


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes:
        delimiter: The character between cells; " " for any run of blanks.
        names: The names of the columns.
        has_header: Whether they come from the file.
        decimal: The mark inside numbers.
        body: The first byte behind the header.
        first_line: The line number of that byte, from 1.
    """

    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    decimal: str
    body: int
    first_line: int


def is_missing(cell: str) -> bool:
    """Whether a cell, blanks removed, stands for no value."""
    return cell in _MISSING


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number."""
    return _NUMBER.fullmatch(cell.strip()) is not None or cell.strip().lower() in _INFINITE


def is_date(cell: str) -> bool:
    """Whether a cell is written as a date, with or without a time."""
    return _DATE.fullmatch(cell.strip()) is not None


_INFINITE = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"})


def find_dialect(path: Path, data: bytes, spec: FileDataset) -> Dialect:
    """Finds how a table is written; what the spec gives is taken as given.

    Raises:
        DatasetError: It has no rows, or two columns of the same name.
        SpecError: The given delimiter cannot be one.
    """
    _refuse_odd_delimiter(spec.delimiter)
    lines = list(_first_lines(path, data))
    if not lines:
        raise DatasetError("holds nothing but blank lines", where=path.name, remedy="Give data")
    texts = [line for _, _, line in lines]
    delimiter = spec.delimiter or _find_delimiter(texts, spec.decimal)
    rows = split_rows(path, texts, delimiter)
    has_header = _has_header(rows) if spec.header is None else spec.header
    names = _names(path, rows[0], lines[0][0], has_header=has_header)
    if has_header:
        offset, first_line = lines[0][1] + len(lines[0][2].encode("utf-8", "replace")), lines[0][0]
        body = _behind_line_break(data, offset)
        first_line += 1
    else:
        body, first_line = lines[0][1], lines[0][0]
    decimal = spec.decimal or _find_decimal(rows[has_header:], delimiter)
    return Dialect(delimiter, names, has_header, decimal, body, first_line)


def _refuse_odd_delimiter(delimiter: str | None) -> None:
    if delimiter is None:
        return
    is_usable = delimiter == "\t" or (delimiter.isascii() and delimiter.isprintable())
    if not is_usable or delimiter.isalnum() or delimiter in '".+-':
        raise SpecError(
            f"{delimiter!r} cannot separate columns",
            where="delimiter",
            remedy="Give a comma, semicolon, tab, bar or blank",
        )


def split_blanks(line: str) -> list[str]:
    """The cells of a line whose columns are separated by runs of blanks."""
    return [cell for cell in _BLANKS.split(line) if cell]


def split_rows(path: Path, lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Splits lines into cells.

    Raises:
        DatasetError: A cell is too long to be one.
    """
    if delimiter == " ":
        return [split_blanks(line) for line in lines]
    try:
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        return [[cell.strip() for cell in row] for row in reader if row]
    except csv.Error as error:
        raise DatasetError(
            f"cannot be split into columns: {error}", where=path.name, remedy="Check its quotes"
        ) from None


def _first_lines(path: Path, data: bytes) -> Iterator[tuple[int, int, str]]:
    """Line number, first byte and text of the lines at the start that hold anything."""
    start, number, kept, in_comments = 0, 0, 0, True
    while start < len(data) and kept < _SAMPLE_LINES and (start < HEAD_BYTES or kept < 2):  # noqa: PLR2004
        found = _LINE_BREAK.search(data, start)
        end, following = found.span() if found else (len(data), len(data))
        number += 1
        if end - start > LONGEST_LINE:
            raise line_too_long(path)
        line = data[start:end]
        in_comments = in_comments and (line.startswith(b"#") or not line.strip())
        if line.strip() and not in_comments:
            kept += 1
            yield number, start, line.decode("utf-8", "replace")
        start = following


def _behind_line_break(data: bytes, offset: int) -> int:
    for mark in (b"\r\n", b"\n", b"\r"):
        if data.startswith(mark, offset):
            return offset + len(mark)
    return offset


def _find_delimiter(lines: list[str], decimal: str | None) -> str:
    best, best_share = ";" if decimal == "," else ",", 0.0
    candidates = ("\t", ";", "|") if decimal == "," else ("\t", ";", "|", ",")
    for candidate in candidates:
        share = _share_of_equal_rows(lines, candidate)
        if share > best_share + 0.1:
            best, best_share = candidate, share
    if best_share == 0 and _is_split_by_blanks(lines):
        return " "
    return best


def _share_of_equal_rows(lines: list[str], delimiter: str) -> float:
    """The share of rows that have the most frequent number of cells, 0 if that is one."""
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return 0.0
    cells, rows = counts.most_common(1)[0] if counts else (1, 0)
    return rows / len(lines) if cells > 1 else 0.0


def _is_split_by_blanks(lines: list[str]) -> bool:
    rows = [split_blanks(line) for line in lines]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) == 1:
        return False
    numbers = sum(is_number(cell) for row in rows[1:] or rows for cell in row)
    return numbers * 2 >= len(rows[0]) * len(rows[1:] or rows)


def _has_header(rows: list[list[str]]) -> bool:
    first = rows[0]
    if any(cell.lower() in LABEL_NAMES for cell in (first[0], first[-1])):
        return True
    if len(rows) == 1:
        return not any(is_number(cell) for cell in first)
    return any(
        not _is_value(cell) and _mostly_values([row[at] for row in rows[1:] if at < len(row)])
        for at, cell in enumerate(first)
    ) or (_is_all_text(rows) and not _recurs_below(rows))


def _is_all_text(rows: list[list[str]]) -> bool:
    return not any(is_number(cell) or is_date(cell) for row in rows for cell in row)


def _recurs_below(rows: list[list[str]]) -> bool:
    """Whether a cell of the first row comes again in its column, as names of columns do not."""
    return any(
        cell and any(cell == row[at] for row in rows[1:] if at < len(row))
        for at, cell in enumerate(rows[0])
    )


def _is_value(cell: str) -> bool:
    return is_missing(cell) or is_number(cell) or is_date(cell)


def _mostly_values(cells: list[str]) -> bool:
    given = [cell for cell in cells if not is_missing(cell)]
    return bool(given) and sum(map(_is_value, given)) * 2 > len(given)


def _names(path: Path, first: list[str], line: int, *, has_header: bool) -> tuple[str, ...]:
    numbered = tuple(f"column {at}" for at in range(1, len(first) + 1))
    if not has_header:
        return numbered
    names = tuple(name or number for name, number in zip(first, numbered, strict=True))
    for name, times in Counter(names).items():
        if times > 1:
            raise DatasetError(
                f"has {times} columns with this name",
                where=place(path, line, name),
                remedy="Give each column a name of its own",
            )
    return names


def _find_decimal(rows: list[list[str]], delimiter: str) -> str:
    if delimiter in {",", " "}:
        return "."
    cells = [cell for row in rows for cell in row]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum("." in cell and is_number(cell) for cell in cells)
    return "," if commas > points else "."
