"""The forecasts of new data whose origin lies in a span of time."""

import warnings
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.core.dates import parse_dates_utc
from studio.core.errors import SpecError
from studio.data.new_data.new_data import NewData
from studio.data.tasks.inputs import rows_of


def within(data: NewData, since: str | None, until: str | None) -> NewData:
    """The windows whose last row lies in a span, both ends included.

    Args:
        data: New data of a forecast.
        since: A date, such as 2024-05 or 2024-05-31 12:00, or the number of a row where the data
            has no dates; None for the beginning.
        until: The same for the end: a day or month is included as a whole.

    Raises:
        SpecError: These are no forecasts, an end cannot be read, or no window lies in the span.
    """
    if data.row_ends is None:
        raise SpecError(
            "a span of time is for forecasts, but these are not forecasts",
            where="since" if since is not None else "until",
            remedy="Leave it out",
        )
    chosen = _in_span(data, since, until)
    if not chosen.any():
        stamps = data.labels.get("time", data.labels.get("row"))
        assert stamps is not None  # noqa: S101 - forecasts have either
        raise SpecError(
            f"no forecast starts in that span; the first starts after {stamps[0]}, the last after "
            f"{stamps[-1]}",
            where="since" if since is not None else "until",
            remedy="Choose another span",
        )
    starts, lengths = data.starts[chosen], data.lengths[chosen]
    return replace(
        data,
        starts=starts,
        lengths=lengths,
        series=None if data.series is None else data.series[chosen],
        truth=data.truth[chosen],
        positions=data.positions[chosen],
        labels={name: values[chosen] for name, values in data.labels.items()},
        inputs=data.inputs[np.unique(rows_of(starts, lengths))],
    )


def _in_span(data: NewData, since: str | None, until: str | None) -> NDArray[np.bool_]:
    stamps = data.labels.get("time")
    if stamps is not None and not _are_numbers(stamps):
        dates = parse_dates_utc(stamps, "time")
        first = None if since is None else _date(since, "since").astype("datetime64[ms]")
        # the end of the day or month that is meant
        end = None if until is None else (_date(until, "until") + 1).astype("datetime64[ms]")
        is_late = np.ones(len(dates), dtype=np.bool_) if first is None else dates >= first
        return np.asarray(is_late if end is None else is_late & (dates < end), dtype=np.bool_)
    numbers = (data.labels["row"] if stamps is None else stamps).astype(np.float64)
    low = -np.inf if since is None else _number(since, "since")
    high = np.inf if until is None else _number(until, "until")
    return np.asarray((numbers >= low) & (numbers <= high), dtype=np.bool_)


def _are_numbers(stamps: NDArray[np.str_]) -> bool:
    try:
        stamps.astype(np.float64)
    except ValueError:
        return False
    return True


def _date(text: str, where: str) -> np.datetime64:
    """With the unit that it is written in: a month, a day, an hour."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a UTC offset
            date = np.datetime64(text.strip().replace(" ", "T"))
    except (ValueError, UserWarning, DeprecationWarning):
        date = np.datetime64("NaT")
    if np.isnat(date) or np.datetime_data(date)[0] == "generic":
        raise SpecError(
            f"{text!r} is not a date, but the rows have dates",
            where=where,
            remedy="Write it as 2024-12-31 or 2024-12-31 23:00",
        )
    return date


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SpecError(
            f"{text!r} is not a number, but the rows have no dates",
            where=where,
            remedy="Give the number of a row",
        ) from None
