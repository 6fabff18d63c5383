"""Finds the table in a workbook: the sheet that holds one, and the rows above it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from studio.core.decisions import ReadingDecision

Row = Sequence[object]
"""The cells of a row up to the last that is not empty, "" where empty."""

_FEWEST_ROWS = 2
_SHARE_OF_LARGEST = 0.05
_LIMIT_SHOWN = 40
_WIDE = 3


def choose_sheet(samples: Mapping[str, Sequence[Row]]) -> ReadingDecision:
    """The first sheet that holds a table, with the other tables as alternatives.

    Args:
        samples: The first rows of each sheet, by its name.
    """
    sizes = {name: _table_rows(rows) for name, rows in samples.items()}
    fewest = max(_FEWEST_ROWS, _SHARE_OF_LARGEST * max(sizes.values()))
    tables = [name for name, size in sizes.items() if size >= fewest]
    filled = [name for name, rows in samples.items() if any(rows)]
    chosen = next(iter(tables or filled or list(samples)))
    others = tuple(name for name in tables if name != chosen)
    passed = list(samples)[: list(samples).index(chosen)]
    if len(samples) == 1:
        return ReadingDecision("sheet", chosen, 1.0, "the only sheet")
    evidence = f"the first of {len(tables)} sheets with a table" if others else "the only table"
    if passed:
        evidence += f", as {_quoted(passed)} before it holds none"
    rest = tuple(name for name in filled if name not in {chosen, *others})
    return ReadingDecision("sheet", chosen, 0.6 if others else 0.95, evidence, (*others, *rest))


def rows_above(rows: Sequence[Row]) -> ReadingDecision | None:
    """The rows above the header of a table, such as titles; None where there are none.

    The header is the first row as wide as most rows of the sheet.
    """
    filled = [sum(cell != "" for cell in row) for row in rows]
    widths = Counter(width for width in filled if width)
    if not widths:
        return None
    width = max(widths, key=lambda each: (widths[each], each))
    header = _header_of_column(rows) if width == 1 else _header(rows, filled, width)
    above = [row for row in rows[:header] if any(cell != "" for cell in row)]
    if not above:
        return None
    shown = next(str(cell) for cell in above[0] if cell != "")[:_LIMIT_SHOWN]
    evidence = (
        f"row {header + 1} is the first with {width} cells as most rows, and above it stands "
        f"'{shown}'"
    )
    sure = 0.9 if width > 1 else 0.6
    return ReadingDecision("skip_rows", str(header), sure, evidence, ("0",))


def _header(rows: Sequence[Row], filled: Sequence[int], width: int) -> int:
    for index, count in enumerate(filled):
        follows = next((each for each in filled[index + 1 :] if each), 0)
        has_corner = (
            width >= _WIDE and count == width - 1 and follows >= width and rows[index][0] == ""
        )
        if count >= width or has_corner:
            return index
    return 0


def _header_of_column(rows: Sequence[Row]) -> int:
    """In a single column the last of the texts above the first number."""
    for index, row in enumerate(rows):
        if any(map(_is_value, row)):
            texts = [at for at in range(index) if any(cell != "" for cell in rows[at])]
            return texts[-1] if texts else index
    return 0


def _table_rows(rows: Sequence[Row]) -> int:
    """Rows with numbers or dates; in a sheet of texts the rows of several cells."""
    valued = sum(any(map(_is_value, row)) for row in rows)
    if valued >= _FEWEST_ROWS:
        return valued
    texts = [sum(cell != "" for cell in row) for row in rows]
    widths = Counter(count for count in texts if count > 1)
    return max(widths.values(), default=0) if max(widths.values(), default=0) > _WIDE else 0


def _is_value(cell: object) -> bool:
    return isinstance(cell, int | float | date | datetime)


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(f"'{name}'" for name in names[:_WIDE])
