"""Header lines that come again further down, as in files that were put one after the other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio.data.tables.header_rows import is_value
from studio.data.tables.lines import split_blanks

_LINE_BREAK = re.compile(rb"\r\n|\n|\r")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class CutRows:
    """The rows of a table without lines that repeat its header.

    Attributes:
        body: The rows.
        count: How many lines repeat the header.
        before: Line breaks before the first of them.
    """

    body: bytes
    count: int
    before: int


def cut_repeats(header: bytes, body: bytes, delimiter: str, *, keep_lines: bool) -> CutRows:
    """Leaves out the lines whose cells equal those of a line of the header.

    Args:
        header: The lines that name the columns.
        body: The lines below.
        delimiter: What separates the cells.
        keep_lines: Whether a blank line takes the place of each, so that later lines keep their
            numbers.
    """
    named = _named_rows(header, delimiter)
    repeats = sorted(set(_repeats(body, named, delimiter)))
    if not repeats:
        return CutRows(body, 0, 0)
    parts, done = [], 0
    for start, end in repeats:
        parts.append(body[done:start])
        done = end if keep_lines else _after_break(body, end)
    rest = b"".join((*parts, body[done:]))
    return CutRows(rest, len(repeats), len(_LINE_BREAK.findall(body[: repeats[0][0]])))


def _named_rows(header: bytes, delimiter: str) -> frozenset[tuple[str, ...]]:
    """The cells of each line of the header that names something."""
    lines = header.decode("utf-8", "replace").splitlines()
    rows = (_cells(line, delimiter) for line in lines)
    return frozenset(row for row in rows if any(cell and not is_value(cell) for cell in row))


def _repeats(
    body: bytes, header: frozenset[tuple[str, ...]], delimiter: str
) -> Iterator[tuple[int, int]]:
    """Start and end, before its line break, of each line that is one of the header."""
    for key in {_key(row) for row in header}:
        wanted, at = key.encode(), -1
        while (at := body.find(wanted, at + 1)) >= 0:
            start = max(body.rfind(b"\n", 0, at), body.rfind(b"\r", 0, at)) + 1
            ends = [end for end in (body.find(b"\n", at), body.find(b"\r", at)) if end >= 0]
            end = min(ends, default=len(body))
            if _cells(body[start:end].decode("utf-8", "replace"), delimiter) in header:
                yield start, end
            at = end


def _key(row: tuple[str, ...]) -> str:
    """What to search for: the longest name."""
    return max((cell for cell in row if cell and not is_value(cell)), key=len)


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    line = line.strip().lstrip(_BYTE_ORDER_MARK)
    cells = split_blanks(line) if delimiter == " " else line.split(delimiter)
    return tuple(cell.strip().strip('"').strip() for cell in cells)


def _after_break(body: bytes, end: int) -> int:
    found = _LINE_BREAK.match(body, end)
    return found.end() if found else end
