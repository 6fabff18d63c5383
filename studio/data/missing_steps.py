"""Rows that a series lacks: dates between its first and its last that its usual step promises."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError
from studio.core.moments import instants, written
from studio.data.dataset import Dataset, Series

_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000),
          ("ms", 1))  # fmt: skip
_WORDS = {"1w": "weeks", "1d": "days", "1h": "hours", "1min": "minutes", "1s": "seconds"}
_DAY = 86_400_000
_SHORTEST_MONTH = 28 * _DAY
_MOST = 0.5
_FEWEST = 3


@dataclass(frozen=True)
class MissingSteps:
    """Steps that no row stands for, though most rows are one step apart.

    Attributes:
        count: How many are missing.
        total: How many there would be without gaps.
        step: The usual step as the setting `resample` takes it, or "" for months, which it does
            not divide.
        unit: What is counted, such as "days" or "steps of 15min".
        first: The first that is missing.
    """

    count: int
    total: int
    step: str
    unit: str
    first: str

    def __str__(self) -> str:
        are = "is" if self.count == 1 else "are"
        said = (
            f"{self.count:,} of {self.total:,} {self.unit} between the first and the last date "
            f"{are} missing, first {self.first}"
        )
        if not self.step:
            return f"{said}; windows pass over them as if nothing lay between"
        return (
            f"{said}; windows pass over them as if nothing lay between, and resample={self.step} "
            "makes gaps of them"
        )


def missing_steps(dataset: Dataset) -> MissingSteps | None:
    """The steps that a series lacks, or None where none do or its step is not regular.

    A step is regular where more than half of the rows follow the one before by it. Months,
    quarters and years count by the calendar. Days without a single weekend are working days, whose
    weekends are not missing.
    """
    if not isinstance(dataset, Series) or dataset.times is None:
        return None
    places, is_dated = _places(dataset.times)
    if places is None:
        return None
    pieces = [_rising(piece) for piece in _pieces(places, dataset)]
    by_month = is_dated and _middle(_apart(pieces)) >= _SHORTEST_MONTH
    if by_month:
        pieces = [_rising(_months(piece)) for piece in pieces]
    steps = _apart(pieces)
    unit = _middle(steps)
    is_regular = len(steps) >= _FEWEST and np.mean(steps == unit) > _MOST
    if not is_regular or (is_dated and not by_month and unit == _DAY and _are_working_days(pieces)):
        return None
    return _counted(pieces, unit, is_dated=is_dated, by_month=by_month)


def _places(times: NDArray[np.str_]) -> tuple[Integers | None, bool]:
    """Dates in milliseconds or plain whole numbers, (rows,), and whether they are dates."""
    try:
        if times.dtype.kind != "M":
            numbers = times.astype(np.float64)
            is_whole = np.isfinite(numbers).all() and (numbers == np.round(numbers)).all()
            return (numbers.astype(np.int64) if is_whole else None), False
    except ValueError:
        pass
    try:
        found = instants(times, "resample")
    except SpecError:
        return None, True
    return (None if np.isnat(found).any() else found.astype(np.int64)), True


def _pieces(places: Integers, series: Series) -> Iterator[Integers]:
    lengths = [len(places)] if series.lengths is None else series.lengths.tolist()
    start = 0
    for length in lengths:
        yield places[start : start + length]
        start += length


def _rising(piece: Integers) -> Integers:
    """In order and each once; nearly all series are so already."""
    return piece if (np.diff(piece) > 0).all() else np.unique(piece)


def _apart(pieces: list[Integers]) -> Integers:
    """How far each row is from the one before it in its series, (rows less one for each,)."""
    return np.concatenate([np.diff(piece) for piece in pieces])


def _middle(steps: Integers) -> int:
    """Their median; where more than half are equal, it is what they are equal to."""
    return int(np.partition(steps, len(steps) // 2)[len(steps) // 2]) if len(steps) else 0


def _months(piece: Integers) -> Integers:
    dates = piece.astype("datetime64[ms]").astype("datetime64[M]")
    return np.asarray(dates.astype(np.int64))


def _are_working_days(pieces: list[Integers]) -> bool:
    days = [piece.astype("datetime64[ms]").astype("datetime64[D]") for piece in pieces]
    return all(bool(np.is_busday(each).all()) for each in days)


def _counted(
    pieces: list[Integers], unit: int, *, is_dated: bool, by_month: bool
) -> MissingSteps | None:
    count, rows, first = 0, 0, ""
    for piece in pieces:
        lost = np.maximum(np.diff(piece) // unit - 1, 0)
        rows += len(piece)
        count += int(lost.sum())
        if not first and lost.any():
            first = _said(int(piece[np.argmax(lost > 0)]) + unit, is_dated, by_month)
    if not count:
        return None
    step = "" if by_month else _step(unit) if is_dated else str(unit)
    words = _months_in_words(unit) if by_month else _WORDS.get(step, f"steps of {step}")
    return MissingSteps(count, count + rows, step, words, first)


def _said(place: int, is_dated: bool, by_month: bool) -> str:  # noqa: FBT001 - of this file
    if by_month:
        return str(np.datetime64(place, "M"))
    return str(written(np.array([place], "datetime64[ms]"))[0]) if is_dated else str(place)


def _step(milliseconds: int) -> str:
    name, size = next((name, size) for name, size in _UNITS if milliseconds % size == 0)
    return f"{milliseconds // size}{name}"


def _months_in_words(months: int) -> str:
    return {1: "months", 3: "quarters", 12: "years"}.get(months, f"steps of {months} months")
