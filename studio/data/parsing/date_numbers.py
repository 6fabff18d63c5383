"""Numbers that are dates: since 1970 in one of four units, days of Excel, or digits of a date."""

import re
from typing import Any

import numpy as np

from studio.core.arrays import Doubles
from studio.core.dates import Timestamps, format_dates
from studio.core.decisions import ReadingDecision, set_by_user
from studio.data.parsing.date_formats import ParsedDates, as_text
from studio.data.parsing.date_parts import milliseconds, parts_of, stamps_of

_EXCEL_EPOCH = np.datetime64("1899-12-30", "ms")
_MS_PER_UNIT = {
    "unix": 1e3,
    "unix-ms": 1.0,
    "unix-us": 1e-3,
    "unix-ns": 1e-6,
    "excel": 86_400_000.0,
}
_PER_SECOND = {"unix": 1.0, "unix-ms": 1e3, "unix-us": 1e6, "unix-ns": 1e9}
_UNIX_RANGE = (1e8, 4.2e9)
_EXCEL_RANGE = (20_000, 80_000)
_FEWEST = 3
_SURE_OF_EVEN, _UNSURE = 0.85, 0.7
_EVEN = 0.9
_NO_NAME = re.compile(r"column \d+")
_DIGITS = {
    8: (19_000_101, 21_001_231),
    10: (1_900_010_100, 2_100_123_123),
    12: (190_001_010_000, 210_012_312_359),
    14: (19_000_101_000_000, 21_001_231_235_959),
}
_MONTHS = (190_001, 210_012)
_DAY_WORDS = re.compile(r"date|datum|day|month|monat|period|yearmo|tag|fecha|mois", re.IGNORECASE)


def dates_of_numbers(
    name: str, values: Doubles, *, dates: str | None, is_named: bool
) -> ParsedDates | None:
    """A column of numbers as dates: Unix time, Excel days, or digits such as 20240131.

    Args:
        name: The column's name.
        values: The numbers, NaN where missing, (rows,).
        dates: The setting.
        is_named: Whether the name says that it is a time; without it the numbers must leave no
            doubt.
    """
    present = values[~np.isnan(values)]
    if not len(present) or dates == "none":
        return None
    kind, sure = _kind_of_numbers(present, is_day=_DAY_WORDS.search(name) is not None)
    if dates in _MS_PER_UNIT and is_named:
        kind, sure = dates, 1.0
    if kind is None or not (is_named or dates or _leaves_no_doubt(kind, values)):
        return None
    stamps = _stamps(values, kind)
    if dates == kind:
        return ParsedDates(as_text(stamps), (set_by_user("dates", kind),))
    first = format_dates(stamps[~np.isnat(stamps)][:1])[0]
    evidence = f"column '{name}': {present[0]:.15g} is {first}"
    if not (is_named or dates):
        is_clock = _NO_NAME.fullmatch(name) is not None and _are_even(values)
        sure = _SURE_OF_EVEN if is_clock else _UNSURE
    decision = ReadingDecision("dates", kind, sure, evidence, ("none",))
    return ParsedDates(as_text(stamps), (decision,))


def _are_even(values: Doubles) -> bool:
    """Whether nearly all steps are equal, as a clock's are."""
    steps = np.diff(values)
    return bool(np.mean(np.abs(steps - np.median(steps)) <= 1e-9 * np.abs(values[1:])) > _EVEN)


def _leaves_no_doubt(kind: str, values: Doubles) -> bool:
    """Whether numbers without a telling name are dates: they never fall, in a range of dates."""
    is_rising = len(values) >= _FEWEST and bool((np.diff(values) >= 0).all())
    return kind != "excel" and is_rising and len(np.unique(values)) >= _FEWEST


def _stamps(values: Doubles, kind: str) -> Timestamps:
    if kind == "year-first":
        return stamps_of(parts_of(_digits(values), "compact"), None)
    epoch = _EXCEL_EPOCH if kind == "excel" else np.datetime64(0, "ms")
    return epoch + milliseconds(values * _MS_PER_UNIT[kind])


def _kind_of_numbers(present: Doubles, *, is_day: bool) -> tuple[str | None, float]:
    low, high = float(present.min()), float(present.max())
    is_whole = bool(np.all(present == np.round(present)))
    if is_whole and _are_digits(present, low, high, is_day=is_day):
        return "year-first", 0.97
    for kind, factor in _PER_SECOND.items():
        if _UNIX_RANGE[0] * factor <= low and high <= _UNIX_RANGE[1] * factor:
            return kind, 0.95
    if is_whole and is_day and _EXCEL_RANGE[0] <= low and high <= _EXCEL_RANGE[1]:
        return "excel", 0.7
    return None, 0.0


def _are_digits(present: Doubles, low: float, high: float, *, is_day: bool) -> bool:
    """Whether all numbers are the digits of dates, such as 20240131 or 2024013123."""
    lengths = [length for length, (first, last) in _DIGITS.items() if first <= low and high <= last]
    is_month = is_day and _MONTHS[0] <= low and high <= _MONTHS[1]
    if is_month:
        return bool(((present % 100 >= 1) & (present % 100 <= 12)).all())  # noqa: PLR2004
    if not lengths:
        return False
    is_date = not np.isnat(stamps_of(parts_of(_digits(present), "compact"), None)).any()
    return is_date and (lengths[0] != 10 or is_day)  # noqa: PLR2004 - or Unix seconds


def _digits(values: Doubles) -> Any:  # noqa: ANN401 - an array of objects
    """Whole numbers as text; months without a day get the first."""
    texts = ["" if value != value else str(int(value)) for value in values.tolist()]  # noqa: PLR0124
    return np.array([text + "01" if len(text) == 6 else text for text in texts], dtype=object)  # noqa: PLR2004
