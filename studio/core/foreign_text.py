"""Names of users and files as plain text in terminals, spreadsheets and Markdown."""

import csv
import io
from collections.abc import Iterable, Sequence

_KEPT = frozenset("\n\t")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROLS = {
    code: "\ufffd"
    for code in (*range(0x20), *range(0x7F, 0xA0), *map(ord, _BIDI))
    if chr(code) not in _KEPT
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def for_terminal(text: str) -> str:
    """A text without control characters, which a terminal would carry out."""
    return text.translate(_CONTROLS)


def for_spreadsheet(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula; numbers stay as they are."""
    if not cell.startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([for_spreadsheet(cell) for cell in row] for row in rows)
    return text.getvalue()


def for_markdown(cell: str) -> str:
    """A cell of a Markdown table: one line, in which a bar and HTML are text."""
    line = " ".join(for_terminal(cell).split())
    for mark in "\\|<>`*_[]":
        line = line.replace(mark, f"\\{mark}")
    return line
