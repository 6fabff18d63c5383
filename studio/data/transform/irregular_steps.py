"""Finds missing rows in series with a regular time step."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.dates import format_dates, parse_dates_utc
from studio.core.errors import SpecError
from studio.core.problems import MissingSteps
from studio.data.dataset import Dataset, Series

_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000),
          ("ms", 1))  # fmt: skip
_WORDS = {"1w": "weeks", "1d": "days", "1h": "hours", "1min": "minutes", "1s": "seconds"}
_DAY = 86_400_000
_SHORTEST_MONTH = 28 * _DAY
_REGULAR_SHARE = 0.5
_FEWEST_STEPS = 3


def missing_steps(dataset: Dataset) -> MissingSteps | None:
    """The missing steps of a series, or None if there are none or its step is not regular.

    A step is regular if more than half of the rows are one step after the row before. Months,
    quarters and years follow the calendar. Days without a single weekend are business days, where
    weekends are not missing.
    """
    if not isinstance(dataset, Series) or dataset.times is None:
        return None
    places, is_dated = _places(dataset.times)
    if places is None:
        return None
    pieces = [_sorted_unique(piece) for piece in _pieces(places, dataset)]
    by_month = is_dated and _median(_distances(pieces)) >= _SHORTEST_MONTH
    if by_month:
        pieces = [_sorted_unique(_months(piece)) for piece in pieces]
    steps = _distances(pieces)
    unit = _median(steps)
    is_regular = len(steps) >= _FEWEST_STEPS and np.mean(steps == unit) > _REGULAR_SHARE
    if not is_regular or (
        is_dated and not by_month and unit == _DAY and _are_business_days(pieces)
    ):
        return None
    return _count_missing(pieces, unit, is_dated=is_dated, by_month=by_month)


def _places(times: NDArray[np.str_]) -> tuple[Integers | None, bool]:
    """Dates in milliseconds, or plain integers, (rows,), and whether they are dates."""
    try:
        if times.dtype.kind != "M":
            numbers = times.astype(np.float64)
            is_whole = np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()
            return (numbers.astype(np.int64) if is_whole else None), False
    except ValueError:
        pass
    try:
        dates = parse_dates_utc(times, "resample")
    except SpecError:
        return None, True
    return (None if np.isnat(dates).any() else dates.astype(np.int64)), True


def _pieces(places: Integers, series: Series) -> Iterator[Integers]:
    lengths = [len(places)] if series.lengths is None else series.lengths.tolist()
    start = 0
    for length in lengths:
        yield places[start : start + length]
        start += length


def _sorted_unique(piece: Integers) -> Integers:
    """Sorted and unique, as nearly all series already are."""
    return piece if (np.diff(piece) > 0).all() else np.unique(piece)


def _distances(pieces: list[Integers]) -> Integers:
    """The distance of each row from the row before it in its series."""
    return np.concatenate([np.diff(piece) for piece in pieces])


def _median(steps: Integers) -> int:
    """Their median, which is the common value where more than half are equal."""
    return int(np.partition(steps, len(steps) // 2)[len(steps) // 2]) if len(steps) else 0


def _months(piece: Integers) -> Integers:
    dates = piece.astype("datetime64[ms]").astype("datetime64[M]")
    return np.asarray(dates.astype(np.int64))


def _are_business_days(pieces: list[Integers]) -> bool:
    days = [piece.astype("datetime64[ms]").astype("datetime64[D]") for piece in pieces]
    return all(bool(np.is_busday(dates).all()) for dates in days)


def _count_missing(
    pieces: list[Integers], unit: int, *, is_dated: bool, by_month: bool
) -> MissingSteps | None:
    count, rows, first = 0, 0, ""
    for piece in pieces:
        missing = np.maximum(np.diff(piece) // unit - 1, 0)
        rows += len(piece)
        count += int(missing.sum())
        if not first and missing.any():
            first = _format_place(int(piece[np.argmax(missing > 0)]) + unit, is_dated, by_month)
    if not count:
        return None
    step = "" if by_month else _step(unit) if is_dated else str(unit)
    words = _months_unit(unit) if by_month else _WORDS.get(step, f"steps of {step}")
    return MissingSteps(count, count + rows, step, words, first)


def _format_place(place: int, is_dated: bool, by_month: bool) -> str:  # noqa: FBT001 - of this file
    if by_month:
        return str(np.datetime64(place, "M"))
    return str(format_dates(np.array([place], "datetime64[ms]"))[0]) if is_dated else str(place)


def _step(milliseconds: int) -> str:
    name, size = next((name, size) for name, size in _UNITS if milliseconds % size == 0)
    return f"{milliseconds // size}{name}"


def _months_unit(months: int) -> str:
    return {1: "months", 3: "quarters", 12: "years"}.get(months, f"steps of {months} months")
