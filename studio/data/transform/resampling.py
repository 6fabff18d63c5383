"""Resamples series to a regular step: the mean of the rows in each, else a missing value."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.dates import format_dates, parse_dates
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import SeriesResampled
from studio.core.time_step import TimeStep, time_step
from studio.data.dataset import Column, Dataset, Series, Tags

MOST_VALUES = 100_000_000
_MONDAY = 3 * 86_400_000  # 1970 began on a Thursday: weeks begin on the Monday before


def resample(dataset: Dataset, step: str) -> Series:
    """The series with one row for each step, from the first to the last step with a row.

    Steps begin at multiples of their size: hours on the hour, days at midnight, weeks on Monday.
    Rows may be in any order; rows without a date are left out.

    Args:
        dataset: One series or several, with a date or time column.
        step: The step as written, such as 15min.

    Raises:
        SpecError: There is no date or time column, or the step does not fit it.
        DatasetError: The step is so small that there would be too many rows.
    """
    if not isinstance(dataset, Series) or dataset.times is None:
        what = "these are examples" if not isinstance(dataset, Series) else "there is none"
        raise SpecError(
            f"resampling needs a series with a date or time column, but {what}",
            where="resample",
            remedy="Leave it out",
        )
    size = time_step(step)
    places = _places(dataset.times, size)
    bins = _Bins.of(places, dataset)
    values = bins.means(dataset.values)
    times = _times_of(bins.places, size)
    note = SeriesResampled(len(dataset), len(values), step, int(bins.is_empty.sum()))
    return replace(
        dataset,
        columns=_counted(dataset, values, times),
        values=values,
        times=times,
        lengths=None if dataset.lengths is None else bins.lengths,
        tags=None if dataset.tags is None else bins.commonest(dataset.tags),
        notes=(*dataset.notes, note),
        problems=(),  # those of a series concern the order and spacing of its rows
    )


def _places(times: NDArray[np.str_], step: TimeStep) -> Doubles:
    """The step that each row is in, (rows,), NaN where its time is missing."""
    try:
        numbers = None if times.dtype.kind == "M" else times.astype(np.float64)
    except ValueError:
        numbers = None
    if numbers is not None and not step.is_of_dates:
        return np.floor(numbers / step.size)
    if numbers is not None or not step.is_of_dates:
        column, wanted = ("numbers", "a number") if numbers is not None else ("dates", "a duration")
        raise SpecError(
            f"the time column holds {column}, so the step must be {wanted}",
            where="resample",
            remedy="Use one such as 10" if numbers is not None else "Use one such as 15min or 1h",
        )
    dates = parse_dates(times, "resample")
    since = np.where(np.isnat(dates), np.nan, dates.astype(np.int64) + _MONDAY)
    return np.floor(since / step.size)


def _times_of(places: Integers, step: TimeStep) -> NDArray[np.str_]:
    if not step.is_of_dates:
        return np.array([f"{place * step.size:.15g}" for place in places.tolist()], dtype=str)
    return format_dates((places * int(step.size) - _MONDAY).astype("datetime64[ms]"))


@dataclass(frozen=True, eq=False)
class _Bins:
    """The steps (bins) of all series, concatenated, and the bin of each row.

    Attributes:
        row_in: The bin of each row, (rows,), -1 for rows that are left out.
        places: The multiple of the step of each bin, (bins,).
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
        bin_places, lengths = [], []
        total = 0
        for start, end in zip((ends - rows).tolist(), ends.tolist(), strict=True):
            given = np.flatnonzero(~np.isnan(places[start:end])) + start
            first, last = _ends(places[given], series)
            total += last - first + 1
            _refuse_too_many(total * series.values.shape[1], series)
            row_in[given] = places[given].astype(np.int64) - first + (total - (last - first + 1))
            bin_places.append(np.arange(first, last + 1, dtype=np.int64))
            lengths.append(last - first + 1)
        return cls(row_in, np.concatenate(bin_places), np.array(lengths, dtype=np.int64))

    @property
    def is_empty(self) -> NDArray[np.bool_]:
        """Whether each bin is without a row, (bins,)."""
        used = np.bincount(self.row_in[self.row_in >= 0], minlength=len(self.places))
        return np.asarray(used == 0)

    def means(self, values: Doubles) -> Doubles:
        """The mean of the values in each bin, (bins, channels), NaN where there are none."""
        means = np.empty((len(self.places), values.shape[1]))
        for index in range(values.shape[1]):
            column = np.asarray(values[:, index], dtype=np.float64)
            used = ~np.isnan(column) & (self.row_in >= 0)
            bins = self.row_in[used]
            sums = np.bincount(bins, weights=column[used], minlength=len(means))
            counts = np.bincount(bins, minlength=len(means))
            means[:, index] = np.divide(sums, counts, out=np.full(len(means), np.nan),
                                     where=counts > 0)  # fmt: skip
        return means

    def commonest(self, tags: Tags) -> Tags:
        """The commonest class in each bin, of equally common ones the first, -1 where none is."""
        most = np.zeros(len(self.places), dtype=np.int64)
        codes = np.full(len(self.places), -1, dtype=np.int64)
        for code in range(len(tags.names)):
            bins = self.row_in[(tags.codes == code) & (self.row_in >= 0)]
            counts = np.bincount(bins, minlength=len(most))
            codes[counts > most] = code
            most = np.maximum(most, counts)
        return Tags(codes, tags.names)


def _ends(places: Doubles, series: Series) -> tuple[int, int]:
    if not len(places):
        raise DatasetError(
            "has a series without any date",
            where=series.source,
            remedy="Add its dates, or leave its rows out",
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
    """The columns with their missing values after resampling."""
    place = {column.name: index for index, column in enumerate(series.channels)}
    columns = []
    for column in series.columns:
        if column.name in place and column in series.channels:
            is_missing = np.isnan(values[:, place[column.name]])
            first = (
                f"{series.source}, {times[int(is_missing.argmax())]}" if is_missing.any() else ""
            )
            column = replace(column, missing=int(is_missing.sum()), first_missing=first)  # noqa: PLW2901
        elif column.role == "time":
            column = replace(column, missing=0, first_missing="")  # noqa: PLW2901
        columns.append(column)
    return tuple(columns)
