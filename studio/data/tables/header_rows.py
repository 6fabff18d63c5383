"""The rows that name the columns: none, one, or several with units or levels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import LABEL_NAMES
from studio.data.parsing.date_patterns import is_date_text
from studio.data.parsing.missing_marks import MISSING
from studio.data.parsing.number_marks import UNITS

_MOST = 4
_BRACKETED = re.compile(r"[\[(][^\[\]()]{1,14}[\])]")
_LONGEST_SHORT_UNIT = 3
_UNIT_WORDS = frozenset(
    {"volts", "volt", "amps", "degc", "degf", "degrees", "meters", "metres", "seconds", "percent",
     "w/m^2", "unitless", "counts"}
)  # fmt: skip
_STATISTICS = frozenset({"avg", "min", "max", "smp", "std", "tot", "mean", "sum"})
_NUMBER = re.compile(r"[+\-\u2212]?(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")
_YEAR = re.compile(r"1[5-9]\d\d|2[01]\d\d")
_INFINITE = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"})
_CLOCK = re.compile(r"\d{1,2}(:\d{2}(:\d{2}([.,]\d+)?)?|\.\d{2}\.\d{2})( ?[AaPp][Mm]?)?")
_MISSING = frozenset(MISSING)
_HEADING = re.compile(r"(?P<name>.*\S)\s*(\[(?P<square>[^\[\]]{1,16})\]|\((?P<round>[^()]{1,8})\))")
_RISING_NAMES = 3
_SURE, _LIKELY, _UNSURE = 1.0, 0.9, 0.6


@dataclass(frozen=True)
class TableHeader:
    """The names of the columns.

    Attributes:
        rows: How many rows name them.
        names: The names, with the unit in brackets where a row gives it.
        decisions: How they were found.
    """

    rows: int
    names: tuple[str, ...]
    decisions: tuple[ReadingDecision, ...] = ()


def split_unit(header: str) -> tuple[str, str]:
    """The name and the unit of a header such as "Temp [°C]"."""
    match = _HEADING.fullmatch(header)
    unit = (match["square"] or match["round"]).strip() if match else ""
    if match is None or not re.search(r"[^\W\d_]|[%°]", unit):
        return header, ""
    return match["name"], unit


def is_missing(cell: str) -> bool:
    """Whether a stripped cell marks a missing value."""
    return cell in _MISSING


def is_number(cell: str) -> bool:
    """Whether a cell is written as a number."""
    return _NUMBER.fullmatch(cell.strip()) is not None or cell.strip().lower() in _INFINITE


def is_value(cell: str) -> bool:
    """Whether a cell is a number, a date, a time or missing, rather than a name."""
    return is_missing(cell) or is_number(cell) or is_date_text(cell) or is_clock(cell)


def is_clock(cell: str) -> bool:
    """Whether a cell is a time of day, such as 13:30."""
    return _CLOCK.fullmatch(cell.strip()) is not None


def find_header(rows: Sequence[list[str]], spec: FileDataset) -> TableHeader:
    """Detects the header of a table; what the spec sets is not detected.

    Args:
        rows: The first rows, cells stripped.
        spec: The settings.
    """
    count, decision = _count(rows, spec)
    width = len(rows[0])
    if not count:
        return TableHeader(0, _numbered(width), (decision,))
    return TableHeader(count, _join(rows[:count], width), (decision,))


def _count(rows: Sequence[list[str]], spec: FileDataset) -> tuple[int, ReadingDecision]:
    if spec.header_rows is not None:
        return min(spec.header_rows, len(rows)), set_by_user("header_rows", spec.header_rows)
    if spec.header is not None:
        return int(spec.header), set_by_user("header", spec.header)
    has_header, sure, evidence = _has_header(rows)
    if not has_header:
        return 0, ReadingDecision("header_rows", "0", sure, evidence, ("1",))
    count = 1
    while count < min(_MOST, len(rows) - 1) and _is_header_row(rows, count):
        count += 1
    if count > 1:
        evidence = f"the first {count} rows name the columns, and numbers follow"
        sure = min(sure, _LIKELY)
    other = "0" if count == 1 else "1"
    return count, ReadingDecision("header_rows", str(count), sure, evidence, (other,))


def _has_header(  # noqa: PLR0911 - one for each sign
    rows: Sequence[list[str]],
) -> tuple[bool, float, str]:
    first = rows[0]
    if any(cell.lower() in LABEL_NAMES for cell in (first[0], first[-1])):
        return True, _SURE, f"the first row names a column '{_named(first)}'"
    if len(rows) == 1:
        return not any(is_number(cell) for cell in first), _LIKELY, "there is only one row"
    for index, cell in enumerate(first):
        if not is_value(cell) and _mostly_values(_column(rows[1:], index)):
            return True, _SURE, f"'{cell}' stands above numbers or dates"
    if _counts_columns(first) and not _counts_columns(rows[1]):
        counted = [cell for cell in first if cell.isdigit()]
        sure = _UNSURE if len(counted) == len(first) else _LIKELY
        return True, sure, f"the first row counts from {counted[0]} to {counted[-1]}"
    if _are_dates(first[1:]) and not _are_dates(rows[1][1:]):
        return True, _LIKELY, f"the first row holds dates, such as {first[-1]}"
    if _is_all_text(rows) and not _recurs_below(rows):
        return True, _UNSURE, "all cells are text, and none of the first row recurs below it"
    return False, _SURE if is_number(first[0]) else _LIKELY, "the first row looks like the others"


def _named(first: list[str]) -> str:
    return next(cell for cell in (first[0], first[-1]) if cell.lower() in LABEL_NAMES)


def _column(rows: Sequence[list[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row)]


def _counts_columns(row: list[str]) -> bool:
    """Whether the cells count 0, 1, 2 or 1, 2, 3, as pandas names columns, or rise by years."""
    cells = row[1:] if row and not row[0] else row
    years = [cell for cell in row if _YEAR.fullmatch(cell)]
    named = [cell for cell in row if cell and not is_number(cell)]
    if len(years) >= _RISING_NAMES and len(years) + len(named) == sum(map(bool, row)):
        cells = years
    if len(cells) < _RISING_NAMES or not all(cell.isdigit() for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    is_even = all(after - before == 1 for before, after in pairwise(numbers))
    return is_even and (numbers[0] in {0, 1} or 1800 <= numbers[0] <= 2100)  # noqa: PLR2004 - years


def _are_dates(cells: list[str]) -> bool:
    return len(cells) >= _RISING_NAMES and all(map(is_date_text, cells))


def _is_all_text(rows: Sequence[list[str]]) -> bool:
    return not any(is_number(cell) or is_date_text(cell) for row in rows for cell in row)


def _recurs_below(rows: Sequence[list[str]]) -> bool:
    """Whether a cell of the first row recurs in its column, as column names do not."""
    return any(
        cell and any(cell == row[index] for row in rows[1:] if index < len(row))
        for index, cell in enumerate(rows[0])
    )


def _mostly_values(cells: list[str]) -> bool:
    present = [cell for cell in cells if not is_missing(cell)]
    return bool(present) and sum(map(is_value, present)) * 2 > len(present)


def _is_header_row(rows: Sequence[list[str]], index: int) -> bool:
    """Whether a row below the first names columns too: text where values follow."""
    below = rows[index + 1 :]
    row = rows[index]
    above_values = [cell for at, cell in enumerate(row) if _mostly_values(_column(below, at))]
    present = [cell for cell in above_values if cell and not (is_missing(cell) and cell != "-")]
    return bool(present) and not any(is_value(cell) and cell != "-" for cell in present)


def _join(rows: Sequence[list[str]], width: int) -> tuple[str, ...]:
    """One name for each column from all header rows."""
    padded = [(row + [""] * (width - len(row)))[:width] for row in rows]
    levels = [row for row in padded if not _is_constant(row)] or padded[:1]
    index_name = next((row[0] for row in padded if row[0] and not any(row[1:])), "")
    levels = [row for row in levels if any(row[1:]) or width == 1 or len(padded) == 1]
    names, units = list(levels[0]), [""] * width
    for row in levels[1:]:
        if _are_statistics(row):
            continue  # as a logger names how it made its values
        if _are_units(levels[0], row) and not any(units):
            units = [cell.strip("[]()- ") for cell in row]
        else:
            names = [_joined(name, cell) for name, cell in zip(names, row, strict=True)]
    if index_name and len(padded) > 1:
        names[0] = index_name
    numbered = _numbered(width)
    named = [name or number for name, number in zip(names, numbered, strict=True)]
    pairs = zip(named, units, strict=True)
    full = (f"{name} [{unit}]" if unit else name for name, unit in pairs)
    return tuple(" ".join(name.split()) for name in full)


def _is_constant(row: list[str]) -> bool:
    """Whether a row says the same of all columns after the first, as a ticker does."""
    rest = [cell for cell in row[1:] if cell]
    return len(rest) > 1 and len(set(rest)) == 1 and len(rest) == len(row) - 1


def _are_statistics(row: list[str]) -> bool:
    cells = [cell.lower() for cell in row if cell]
    return bool(cells) and _STATISTICS.issuperset(cells)


def _are_units(names: list[str], row: list[str]) -> bool:
    present = [name for name in names if name]
    cells = [cell for cell in row if cell and cell != "-"]
    return len(set(present)) == len(present) and bool(cells) and all(map(_is_unit, cells))


def _is_unit(cell: str) -> bool:
    """Whether a cell is a unit: a known one, in brackets, or very short."""
    is_bracketed = _BRACKETED.fullmatch(cell) is not None
    has_sign = any(sign in cell for sign in "%°/²³µ")
    is_named = cell.lower().replace(" ", "") in _UNIT_WORDS
    is_known = cell in UNITS or is_named
    return is_known or is_bracketed or has_sign or len(cell) <= _LONGEST_SHORT_UNIT


def _joined(name: str, cell: str) -> str:
    return f"{name} {cell}".strip() if cell and cell != name else name


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {index}" for index in range(1, width + 1))
