"""Detects the dialect of a table from its first lines: delimiter, header, marks in numbers.

csv.Sniffer is not used: it fails on a single column, takes a decimal comma for a delimiter, and
its patterns can take minutes on long quoted lines.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import HeaderRepeated
from studio.core.specs.comparison_spec import FileDataset
from studio.data.files.table_size import refuse_too_wide
from studio.data.files.text_files import location
from studio.data.parsing.number_style import NumberStyle, find_number_style
from studio.data.tables.header_rows import TableHeader, find_header, is_missing, is_number, is_value
from studio.data.tables.lines import TableLine, first_lines, split_blanks, split_rows
from studio.data.tables.rows.footers import find_end
from studio.data.tables.rows.repeated_headers import cut_repeats

_STATED = re.compile(r"sep=(?P<delimiter>.)", re.IGNORECASE)
_MOST_BELOW = 20
_FEWEST_BELOW = 3
_SHARE_OF_TABLE, _SHARE_NAMED = 0.9, 0.6
_SURE_OF_ABOVE = 0.9
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blank"}


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes:
        delimiter: The character between cells; " " for any run of blanks.
        names: The names of the columns.
        has_header: Whether the names come from the file.
        style: How numbers are written.
        head: Offset of the first byte of the header.
        body: Offset of the first byte after the header.
        first_line: The line number of that byte, from 1.
        end: Offset after the last row.
        decisions: How all this was found.
        closing: A mark after the last cell of each row, or "".
    """

    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    style: NumberStyle
    head: int
    body: int
    first_line: int
    end: int
    decisions: tuple[ReadingDecision, ...]
    closing: str = ""

    @property
    def decimal(self) -> str:
        """The decimal mark."""
        return self.style.decimal


def find_dialect(path: Path, data: bytes, spec: FileDataset) -> Dialect:
    """Detects the dialect of a table; what the spec sets is not detected.

    Raises:
        DatasetError: It has no rows, or two columns of the same name.
        SpecError: The given delimiter cannot separate columns, or all lines are skipped.
    """
    _refuse_odd_delimiter(spec.delimiter)
    lines = first_lines(path, data, spec.skip_rows or 0)
    stated = _stated_delimiter(lines[0].text) if lines else ""
    if stated:
        lines = lines[1:]
    if not lines:
        raise _no_lines(path, spec)
    texts = [line.text for line in lines]
    closing = _closing(texts, spec)
    texts = [text.rstrip().removesuffix(closing) for text in texts] if closing else texts
    delimiter = spec.delimiter or stated or _find_delimiter(texts, spec.decimal)
    rows = split_rows(path, texts, delimiter)
    refuse_too_wide(max(map(len, rows), default=0), path.name)
    above, skip_decisions = _lines_above(rows, lines, spec)
    rows, lines = rows[above:], lines[above:]
    rows = _without_last_mark(_with_row_names(rows))
    header = find_header(rows, spec)
    names = _checked(path, header, rows[0], lines[0].number)
    last = lines[header.rows - 1] if header.rows else None
    below = [row for row in rows[header.rows :] if row not in rows[: header.rows]]
    style = find_number_style(_columns(names, below), delimiter, spec)
    end, footer = find_end(path, data, lines, delimiter, len(names), spec)
    return Dialect(
        delimiter=delimiter,
        names=names,
        has_header=header.rows > 0,
        style=style,
        head=lines[0].start,
        body=last.end if last else lines[0].start,
        first_line=last.number + 1 if last else lines[0].first,
        end=end,
        decisions=(
            _delimiter_decision(delimiter, stated, rows, spec),
            *skip_decisions,
            *header.decisions,
            *style.decisions,
            *footer,
        ),
        closing=closing,
    )


def without_repeated_headers(
    path: Path, data: bytes, dialect: Dialect
) -> tuple[bytes, Dialect, tuple[HeaderRepeated, ...]]:
    """The table without further lines that name the columns as the header does, and a note.

    Blank lines take their place, so that later lines keep their numbers; in a single column, where
    a blank line is a missing value, the lines go.

    Args:
        path: The file.
        data: Its content.
        dialect: How it is written.
    """
    if not dialect.has_header:
        return data, dialect, ()
    cut = cut_repeats(
        data[dialect.head : dialect.body],
        data[dialect.body : dialect.end],
        dialect.delimiter,
        keep_lines=len(dialect.names) > 1,
    )
    if not cut.count:
        return data, dialect, ()
    changed = b"".join((data[: dialect.body], cut.body, data[dialect.end :]))
    note = HeaderRepeated(cut.count, location(path, dialect.first_line + cut.before))
    return changed, replace(dialect, end=dialect.body + len(cut.body)), (note,)


def _closing(texts: list[str], spec: FileDataset) -> str:
    """A semicolon that only ends the rows of a table with commas, or ""."""
    if spec.delimiter:
        return ""
    closed = [text for text in texts if text.rstrip().endswith(";") and text.count(";") == 1]
    is_closed = len(closed) >= _SHARE_OF_TABLE * len(texts) and "," in texts[-1]
    return ";" if is_closed else ""


def _no_lines(path: Path, spec: FileDataset) -> Exception:
    if spec.skip_rows:
        return SpecError(
            f"leaves no line of {path.name}", where="skip_rows", remedy="Skip fewer lines"
        )
    return DatasetError(
        "holds only blank lines", where=path.name, remedy="Choose a file that holds data"
    )


def _stated_delimiter(line: str) -> str:
    """The delimiter of a first line such as "sep=;", which Excel writes and reads."""
    match = _STATED.fullmatch(line.strip("\r\n"))
    return match["delimiter"] if match else ""


def _delimiter_decision(
    delimiter: str, stated: str, rows: list[list[str]], spec: FileDataset
) -> ReadingDecision:
    if spec.delimiter:
        return set_by_user("delimiter", spec.delimiter)
    name = _DELIMITER_NAMES.get(delimiter, delimiter)
    if stated:
        return ReadingDecision("delimiter", delimiter, 1.0, f"the first line says sep={delimiter}")
    cells = len(rows[0])
    if cells == 1:
        return ReadingDecision("delimiter", delimiter, 1.0, "each line holds one cell")
    equal = sum(len(row) == cells for row in rows) / len(rows)
    share = "all" if equal == 1 else f"{equal:.0%}"
    evidence = f"{share} of the first lines have {cells} cells with a {name} between them"
    others = tuple(mark for mark in (",", ";", "\t") if mark != delimiter)
    return ReadingDecision("delimiter", delimiter, equal, evidence, others)


def _lines_above(
    rows: list[list[str]], lines: list[TableLine], spec: FileDataset
) -> tuple[int, tuple[ReadingDecision, ...]]:
    """How many lines stand above the table: they have fewer cells, or one in many."""
    if spec.skip_rows is not None:
        return 0, (set_by_user("skip_rows", spec.skip_rows),)
    width, _ = Counter(len(row) for row in rows).most_common(1)[0]
    above = 0
    while above < len(rows) // 2 and _is_above(rows, above, width):
        above += 1
    above += _second_header(rows[above:])
    below = rows[above:]
    is_table = sum(len(row) == width for row in below) >= _SHARE_OF_TABLE * len(below)
    if not above or not is_table or len(below) < _FEWEST_BELOW:
        return 0, ()
    shown = rows[0][0][:40] or ",".join(rows[0])[:40]
    evidence = f"line {lines[0].first}, '{shown}', does not belong to the table of {width} columns"
    number = lines[above].first - 1
    return above, (ReadingDecision("skip_rows", str(number), _SURE_OF_ABOVE, evidence, ("0",)),)


def _second_header(rows: list[list[str]]) -> int:
    """The row that names the columns where another, small table stands above, or 0."""
    for at in reversed(range(1, min(_MOST_BELOW, len(rows) // 2))):
        named = [index for index, cell in enumerate(rows[at]) if cell]
        is_text = len(named) > 1 and not any(is_value(rows[at][index]) for index in named)
        is_named = len({rows[at][index] for index in named}) == len(named)
        if not (is_text and is_named) or rows[at] == rows[0]:
            continue
        if not any(is_value(cell) for row in rows[:at] for cell in row if cell):
            continue
        columns = [cells for _, cells in _columns(rows[at], rows[at + 1 :])]
        values = sum(_are_values(columns[index]) for index in named)
        if values >= _SHARE_NAMED * len(named):
            return at
    return 0


def _are_values(cells: list[str]) -> bool:
    return bool(cells) and sum(map(is_value, cells)) * 2 > len(cells)


def _is_above(rows: list[list[str]], index: int, width: int) -> bool:
    row = rows[index]
    if len(row) == width + 1 and not row[-1]:
        return False  # a mark after the last name
    if len(row) == width:
        is_title = sum(map(bool, row)) <= 1 < width  # padded with empty cells
        names = rows[index + 1]
        return is_title and (width > 2 or (all(names) and not any(map(is_value, names))))  # noqa: PLR2004
    return not (index == 0 and _names_all_but_rows(rows, width))


def _names_all_but_rows(rows: list[list[str]], width: int) -> bool:
    """Whether the header has no name for the first column, as R writes tables with row names."""
    has_width = len(rows[0]) == width - 1 and all(len(row) == width for row in rows[1:])
    return has_width and len(rows) > 1 and any(map(is_value, rows[1]))


def _with_row_names(rows: list[list[str]]) -> list[list[str]]:
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    if width > 2 and len(rows) > 1 and _names_all_but_rows(rows, width):  # noqa: PLR2004
        return [["", *rows[0]], *rows[1:]]
    return rows


def _without_last_mark(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the empty cell after a mark that ends the names but no other row."""
    if len(rows) < 3 or rows[0][-1] or len(rows[0]) != len(rows[-1]) + 1:  # noqa: PLR2004
        return rows
    return [row[:-1] if len(row) == len(rows[0]) and not row[-1] else row for row in rows]


def _columns(names: Sequence[str], rows: Sequence[list[str]]) -> Iterator[tuple[str, list[str]]]:
    for index, name in enumerate(names):
        yield name, [row[index] for row in rows if index < len(row) and not is_missing(row[index])]


def _checked(path: Path, header: TableHeader, first: list[str], line: int) -> tuple[str, ...]:
    for name, times in Counter(header.names).items():
        if times > 1:
            raise DatasetError(
                f"has {times} columns with this name",
                where=location(path, line, name),
                remedy="Give each column a unique name, or set header_rows=0",
            )
    del first
    return header.names


def _refuse_odd_delimiter(delimiter: str | None) -> None:
    if delimiter is None:
        return
    is_usable = delimiter == "\t" or (delimiter.isascii() and delimiter.isprintable())
    if not is_usable or delimiter.isalnum() or delimiter in '".+-':
        raise SpecError(
            f"{delimiter!r} cannot separate columns",
            where="delimiter",
            remedy="Use a comma, semicolon, tab, vertical bar or space",
        )


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
    """The share of rows with the most frequent number of cells, 0 if that is one."""
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return 0.0
    cells, rows = counts.most_common(1)[0] if counts else (1, 0)
    return rows / len(lines) if cells > 1 else 0.0


def _is_split_by_blanks(lines: list[str]) -> bool:
    rows = [split_blanks(line) for line in lines]
    is_even = len({len(row) for row in rows}) == 1 or _names_all_but_rows(rows, len(rows[-1]))
    if not is_even or len(rows[-1]) == 1:
        return False
    numbers = sum(is_number(cell) for row in rows[1:] or rows for cell in row)
    return numbers * 2 >= len(rows[-1]) * len(rows[1:] or rows)
