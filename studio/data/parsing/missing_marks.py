"""Marks of missing values: the usual ones, those that are set, and numbers that look like one."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision, set_by_user

MISSING = ("", "?", "-", "--", "NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "NAN", "null",
           "NULL", "None", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "NaT", ".", "..", ":",
           "---", "\\N", "n/e", "N/E", "n.a.", "N.A.", "(null)", "Null")  # fmt: skip
_USUAL = frozenset(
    {-99.0, -200.0, -999.0, -9999.0, -99999.0, 999.0, 9999.0, 99999.0, 999999.0, 99.9, 99.99,
     999.9, 999.99, 9999.9, -99.9, -99.99, -999.9, -999.99, -9999.9, 1e20, 1e30, -1e20, -1e30,
     -32768.0, 32767.0}
)  # fmt: skip
_FEWEST = 2
_TIMES_THE_RANGE = 1.0
_TIMES_THE_RANGE_OF_UNUSUAL = 20.0
_FEWEST_DISTINCT = 20
_STEPS_APART = 10
_SHARE_OF_FRACTIONS = 0.5
_MOST_MINUS_ONES = 0.5
_TIMES_THE_RANGE_OF_ZERO = 2.0
_MOST_ZEROS = 0.1
_UNSURE_OF_MARK, _UNSURE_OF_NUMBER = 0.7, 0.5


@dataclass(frozen=True)
class OddCells:
    """Cells of a column of numbers that are no numbers, taken as missing values.

    Attributes:
        column: The column.
        marks: The distinct cells, as they stand, the most frequent first.
        count: How many cells there are.
        first: Where the first one is.
    """

    column: str
    marks: tuple[str, ...]
    count: int
    first: str


@dataclass(frozen=True)
class SentinelNumber:
    """A number that may stand for a missing value: it recurs exactly and far from the others."""

    column: str
    value: float
    count: int
    low: float
    high: float


def given_marks(na_values: str | None) -> tuple[str, ...]:
    """The marks in the setting, which are separated by commas."""
    return tuple(mark.strip() for mark in (na_values or "").split(",") if mark.strip())


def find_sentinel(column: str, values: Doubles) -> SentinelNumber | None:
    """A number at an end of a column that recurs exactly and is far from all others, or None."""
    present = values[~np.isnan(values)]
    if not len(present):
        return None
    for end in (float(present.min()), float(present.max())):
        rest = present[present != end]
        count = len(present) - len(rest)
        if count < _FEWEST or not len(rest):
            continue
        low, high = float(rest.min()), float(rest.max())
        gap = max(low - end, end - high)
        is_usual = end in _USUAL
        factor = _TIMES_THE_RANGE if is_usual else _TIMES_THE_RANGE_OF_UNUSUAL
        if (
            gap > factor * (high - low)
            and high > low
            and (is_usual or abs(end) > max(abs(low), abs(high)))
        ):
            return SentinelNumber(column, end, count, low, high)
    return _isolated_mark(column, present)


def _isolated_mark(column: str, present: Doubles) -> SentinelNumber | None:
    """An exact -1 or 0 below all other values that stands apart from them, or None.

    -1 is also a step below 0, and 0 is also nothing sold or a machine that is off. So -1 counts
    where no other value is negative and most have a fraction, or are close to each other beside it,
    and 0 where it is rare and much farther from the others than these are from each other.
    """
    end = float(present.min())
    if end not in {-1.0, 0.0}:
        return None
    rest = present[present != end]
    share = 1 - len(rest) / len(present)
    distinct = np.unique(rest)
    if len(present) - len(rest) < _FEWEST or len(distinct) < _FEWEST_DISTINCT:
        return None
    low, high = float(distinct[0]), float(distinct[-1])
    if end < 0:
        step = float(np.median(np.diff(distinct)))
        is_measured = float(np.mean(rest % 1 != 0)) > _SHARE_OF_FRACTIONS
        is_odd = is_measured or low - end > _STEPS_APART * step
        is_apart = low >= 0 and is_odd and share <= _MOST_MINUS_ONES
    else:
        is_apart = low - end > _TIMES_THE_RANGE_OF_ZERO * (high - low) and share <= _MOST_ZEROS
    return SentinelNumber(column, end, len(present) - len(rest), low, high) if is_apart else None


def missing_decisions(
    na_values: str | None, odd: Iterable[OddCells], sentinels: Iterable[SentinelNumber]
) -> tuple[ReadingDecision, ...]:
    """What was taken as missing, and what might have been."""
    if na_values:
        return (set_by_user("na_values", na_values),)
    odd, sentinels = tuple(odd), tuple(sentinels)
    marks = tuple(dict.fromkeys(mark for cells in odd for mark in cells.marks))
    numbers = tuple(dict.fromkeys(f"{sentinel.value:.15g}" for sentinel in sentinels))
    if not (marks or numbers):
        return ()
    sayings = [
        f"column '{cells.column}': '{cells.marks[0]}' ({cells.first}) is not a number; "
        f"{_cells(cells.count)} taken as missing"
        for cells in odd[:2]
    ] + [
        f"column '{found.column}': {found.value:.15g} occurs {found.count:,} times, but the others "
        f"are between {found.low:.6g} and {found.high:.6g}; it is read as a number"
        for found in sentinels[:2]
    ]
    sure = _UNSURE_OF_NUMBER if numbers else _UNSURE_OF_MARK
    alternatives = (",".join((*marks, *numbers)),) if numbers else ()
    return (ReadingDecision("na_values", ",".join(marks), sure, "; ".join(sayings), alternatives),)


def _cells(count: int) -> str:
    return "1 such cell is" if count == 1 else f"{count:,} such cells are"
