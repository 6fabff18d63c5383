"""Series on a regular step: the mean of what lies in each, a gap where nothing does."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError, SpecError
from studio.core.moments import moments, written
from studio.core.steps import TimeStep, time_step
from studio.data.dataset import Column, Dataset, Series

MOST_VALUES = 100_000_000
_MONDAY = 3 * 86_400_000  # 1970 began on a Thursday: weeks begin on the Monday before


def resampled(dataset: Dataset, step: str) -> Series:
    """The series with one row for each step from the first to the last that holds a row.

    Steps begin at whole multiples of their size: hours at the full hour, days at midnight, weeks
    on a Monday. Rows may come in any order; those without a date are left out.

    Args:
        dataset: One series or several, with a date or time column.
        step: As it is written, such as 15min.

    Raises:
        SpecError: There is no date or time column, or the step does not fit it.
        DatasetError: So small a step gives more rows than can be held.
    """
    if not isinstance(dataset, Series) or dataset.times is None:
        what = "these are examples" if not isinstance(dataset, Series) else "it has no such column"
        raise SpecError(
            f"a step divides a series with a date or time column, and {what}",
            where="resample",
            remedy="Leave it out",
        )
    size = time_step(step)
    places = _places(dataset.times, size)
    bins = _Bins.of(places, dataset)
    values = bins.means(dataset.values)
    times = _times_of(bins.places, size)
    note = _note(step, len(dataset), len(values), int(bins.is_empty.sum()))
    return replace(
        dataset,
        columns=_counted(dataset, values, times),
        values=values,
        times=times,
        lengths=None if dataset.lengths is None else bins.lengths,
        notes=(*dataset.notes, note),
        problems=(),  # those of a series are of the order and distance of its rows
    )


def _places(times: NDArray[np.str_], step: TimeStep) -> Doubles:
    """In which step each row lies, (rows,), NaN where its time is missing."""
    try:
        numbers = None if times.dtype.kind == "M" else times.astype(np.float64)
    except ValueError:
        numbers = None
    if numbers is not None and not step.is_of_dates:
        return np.floor(numbers / step.size)
    if numbers is not None or not step.is_of_dates:
        column, wanted = ("numbers", "a number") if numbers is not None else ("dates", "a unit")
        raise SpecError(
            f"the time column holds {column}, so the step needs to be {wanted}",
            where="resample",
            remedy="Give one such as 10" if numbers is not None else "Give one such as 15min or 1h",
        )
    found = moments(times, "resample")
    since = np.where(np.isnat(found), np.nan, found.astype(np.int64) + _MONDAY)
    return np.floor(since / step.size)


def _times_of(places: Integers, step: TimeStep) -> NDArray[np.str_]:
    if not step.is_of_dates:
        return np.array([f"{place * step.size:.15g}" for place in places.tolist()], dtype=str)
    return written((places * int(step.size) - _MONDAY).astype("datetime64[ms]"))


@dataclass(frozen=True, eq=False)
class _Bins:
    """The steps of all series behind each other, and in which of them each row lies.

    Attributes:
        row_in: The bin of each row, (rows,), -1 for rows that are left out.
        places: Which multiple of the step each bin is, (bins,).
        lengths: Bins of each series, (series,).
    """

    row_in: Integers
    places: Integers
    lengths: Integers

    @classmethod
    def of(cls, places: Doubles, series: Series) -> "_Bins":
        rows = np.array([len(series)]) if series.lengths is None else series.lengths
        ends = np.cumsum(rows)
        row_in = np.full(len(places), -1, dtype=np.int64)
        found, lengths = [], []
        total = 0
        for start, end in zip((ends - rows).tolist(), ends.tolist(), strict=True):
            given = np.flatnonzero(~np.isnan(places[start:end])) + start
            first, last = _ends(places[given], series)
            total += last - first + 1
            _refuse_too_many(total * series.values.shape[1], series)
            row_in[given] = places[given].astype(np.int64) - first + (total - (last - first + 1))
            found.append(np.arange(first, last + 1, dtype=np.int64))
            lengths.append(last - first + 1)
        return cls(row_in, np.concatenate(found), np.array(lengths, dtype=np.int64))

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """Whether no row lies in each bin, (bins,)."""
        used = np.bincount(self.row_in[self.row_in >= 0], minlength=len(self.places))
        return np.asarray(used == 0)

    def means(self, values: Doubles) -> Doubles:
        """The mean of the values that are given in each bin, (bins, channels), NaN where none."""
        means = np.empty((len(self.places), values.shape[1]))
        for at in range(values.shape[1]):
            column = np.asarray(values[:, at], dtype=np.float64)
            used = ~np.isnan(column) & (self.row_in >= 0)
            bins = self.row_in[used]
            sums = np.bincount(bins, weights=column[used], minlength=len(means))
            counts = np.bincount(bins, minlength=len(means))
            means[:, at] = np.divide(sums, counts, out=np.full(len(means), np.nan),
                                     where=counts > 0)  # fmt: skip
        return means


def _ends(places: Doubles, series: Series) -> tuple[int, int]:
    if not len(places):
        raise DatasetError(
            "has a series without a single date",
            where=series.source,
            remedy="Give its rows dates, or leave the rows out",
        )
    first, last = float(places.min()), float(places.max())
    _refuse_too_many((last - first + 1) * series.values.shape[1], series)
    return int(first), int(last)


def _refuse_too_many(values: float, series: Series) -> None:
    if values > MOST_VALUES:
        raise DatasetError(
            f"would have {values:,.0f} values with so small a step",
            where=series.source,
            remedy="Choose a larger step, or correct a date that is far from the others",
        )


def _counted(series: Series, values: Doubles, times: NDArray[np.str_]) -> tuple[Column, ...]:
    """The columns with the gaps that they have now."""
    place = {column.name: at for at, column in enumerate(series.channels)}
    columns = []
    for column in series.columns:
        if column.name in place and column in series.channels:
            lost = np.isnan(values[:, place[column.name]])
            first = f"{series.source}, {times[int(lost.argmax())]}" if lost.any() else ""
            column = replace(column, missing=int(lost.sum()), first_missing=first)  # noqa: PLW2901
        elif column.role == "time":
            column = replace(column, missing=0, first_missing="")  # noqa: PLW2901
        columns.append(column)
    return tuple(columns)


def _note(step: str, before: int, after: int, empty: int) -> str:
    gaps = f", {empty:,} of which hold no row and are gaps" if empty else ""
    return f"{before:,} rows are brought to {after:,} steps of {step}{gaps}"
