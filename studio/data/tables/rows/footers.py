"""Where a table ends: before empty rows, totals and notes."""

import re
from pathlib import Path

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.specs.dataset_spec import FileDataset
from studio.data.files.text_files import HEAD_BYTES
from studio.data.tables.header_rows import is_value
from studio.data.tables.lines import TableLine, first_lines, split_rows

_MOST_BELOW = 20
_FEWEST_ROWS = 3
_TAIL_BYTES = 1 << 16
_SURE = 0.9
_TOTAL = re.compile(
    r"(grand )?(totals?|sum|summe|gesamt|mean|average|mittelwert|durchschnitt|somme|moyenne)"
    r"\s*:?",
    re.IGNORECASE,
)


def find_end(  # noqa: PLR0913, PLR0917 - what a table is written as
    path: Path,
    data: bytes,
    lines: list[TableLine],
    delimiter: str,
    width: int,
    spec: FileDataset,
) -> tuple[int, tuple[ReadingDecision, ...]]:
    """The offset after the last row, and what was left out below it.

    Args:
        path: The file.
        data: Its content.
        lines: The first lines of the table.
        delimiter: What separates its columns.
        width: How many there are.
        spec: The settings.
    """
    if spec.skip_footer is not None:
        end = _before_last(data, spec.skip_footer)
        return end, (set_by_user("skip_footer", spec.skip_footer),)
    if delimiter == " " or width == 1 or len(lines) < _FEWEST_ROWS:
        return len(data), ()
    filled = _filled_end(data, delimiter)
    empty = sum(bool(line.strip()) for line in data[filled:].splitlines())
    end, shown = _before_notes(path, data[:filled], lines, delimiter, width)
    notes = sum(bool(line.strip()) for line in data[end:filled].splitlines())
    if not empty + notes:
        return len(data), ()
    parts = [f"{empty:,} rows without a value"] * bool(empty)
    parts += [f"last lines that are no rows, such as '{shown}',"] * bool(notes)
    evidence = f"{' and '.join(parts)} stand below the table"
    return end, (ReadingDecision("skip_footer", str(empty + notes), _SURE, evidence, ("0",)),)


def _before_last(data: bytes, count: int) -> int:
    """The offset of the last lines that are not blank."""
    end = len(data.rstrip())
    for _ in range(count):
        end = len(data[: max(0, data.rfind(b"\n", 0, end))].rstrip())
    return len(data) if not count else end


def _filled_end(data: bytes, delimiter: str) -> int:
    """The offset after the last row that holds a value."""
    last = len(data.rstrip(delimiter.encode() + b" \t\r\n"))
    end = data.find(b"\n", last)
    return len(data) if end < 0 else end + 1


def _before_notes(
    path: Path, data: bytes, lines: list[TableLine], delimiter: str, width: int
) -> tuple[int, str]:
    """The offset of the last lines that are no rows, and the first of them."""
    tail = max(lines[-1].end if len(data) < HEAD_BYTES else 0, len(data) - _TAIL_BYTES)
    start = data.find(b"\n", tail) + 1 if tail < len(data) and tail > lines[-1].end else 0
    is_whole = bool(start) or len(data) < _TAIL_BYTES
    texts = first_lines(path, data[start:], 0, most=10**9) if is_whole else []
    end, count, shown = len(data), 0, ""
    for line in reversed(texts):
        cells = split_rows(path, [line.text], delimiter)
        if not cells or not _is_note(cells[0], width) or count >= _MOST_BELOW:
            break
        if b'"' in data[start + line.start : start + line.end] and len(cells[0]) != width:
            break  # a row that is cut off is no footer
        end, count = start + line.start, count + 1
        shown = line.text.strip()[:40]
    is_footer = 0 < count < _MOST_BELOW and count * 2 <= len(texts)
    return (end, shown) if is_footer else (len(data), "")


def _is_note(cells: list[str], width: int) -> bool:
    if len(cells) == width:
        return _TOTAL.fullmatch(cells[0]) is not None
    return not is_value(cells[0])
