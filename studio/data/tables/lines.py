"""The lines of a table, and their cells."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import DatasetError
from studio.data.files.text_files import HEAD_BYTES, LONGEST_LINE, line_too_long

_LINE_BREAK = re.compile(rb"\r\n|\n|\r")
_CELL = re.compile(r'"[^"]*"|[^ \t\r\n]+')
_SAMPLE_LINES = 1000
_MOST_BREAKS = 20


@dataclass(frozen=True)
class TableLine:
    """A line of a table; one with line breaks in quotes spans several lines of the file.

    Attributes:
        first: Its first line number, from 1.
        number: Its last line number.
        start: The offset of its first byte.
        end: The offset after its line break.
        text: What it holds.
    """

    first: int
    number: int
    start: int
    end: int
    text: str


def first_lines(
    path: Path, data: bytes, skipped: int, most: int = _SAMPLE_LINES
) -> list[TableLine]:
    """The first lines that are neither blank nor comments above the table.

    Raises:
        DatasetError: A line is too long.
    """
    found: list[TableLine] = []
    in_comments = True
    for first, number, start, end in _quoted_lines(path, data, skipped):
        if len(found) >= most or (start >= HEAD_BYTES and len(found) >= 2):  # noqa: PLR2004
            break
        line = data[start:end]
        in_comments = in_comments and (line.startswith(b"#") or not line.strip())
        if line.strip() and not in_comments:
            text = line.rstrip(b"\r\n").decode("utf-8", "replace")
            found.append(TableLine(first, number, start, end, text))
    return found


def _quoted_lines(path: Path, data: bytes, skipped: int) -> Iterator[tuple[int, int, int, int]]:
    """First and last number, start and end of each line; quotes may hold line breaks."""
    start, number = 0, 0
    while start < len(data):
        first, end, quotes = number + 1, start, 0
        while end < len(data) and (end == start or quotes % 2) and number - first < _MOST_BREAKS:
            line_break = _LINE_BREAK.search(data, end)
            following = line_break.end() if line_break else len(data)
            if following - start > LONGEST_LINE:
                raise line_too_long(path)
            quotes += data.count(b'"', end, following)
            end, number = following, number + 1
            if quotes % 2 and number - first >= _MOST_BREAKS:
                break
        if quotes % 2:  # a lone quote: the line ends where it seems to
            line_break = _LINE_BREAK.search(data, start)
            end, number = (line_break.end() if line_break else len(data)), first
        if first > skipped:
            yield first, number, start, end
        start = end


def split_blanks(line: str) -> list[str]:
    """The cells of a line whose columns are separated by runs of blanks."""
    return [cell.strip('"') for cell in _CELL.findall(line)]


def split_rows(path: Path, lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Splits lines into cells.

    Raises:
        DatasetError: A cell is too long.
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
