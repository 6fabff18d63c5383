"""Ticks of an axis of dates: at the beginnings of years, months, days, hours or minutes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.dates import parse_dates_utc
from studio.core.errors import SpecError

Timestamps = NDArray[np.datetime64]
_UNITS = ("Y", "M", "D", "h", "m", "s")
_FEWEST = 3
MOST_TICKS = 8


def parse_axis_dates(times: NDArray[np.str_]) -> Timestamps | None:
    """Time stamps as dates, (time,) in seconds; None where they are ambiguous."""
    try:
        return parse_dates_utc(times, "times").astype("datetime64[s]")
    except SpecError:
        return None


def date_ticks(dates: Timestamps, low: float, high: float, most: int = MOST_TICKS) -> list[int]:
    """The steps between low and high at which the coarsest unit with enough ticks changes."""
    first, last = max(0, int(np.ceil(low))), min(len(dates) - 1, int(np.floor(high)))
    if last <= first:
        return []
    for unit in _UNITS:
        starts = first + _beginnings(dates[first : last + 1], unit)
        if len(starts) >= _FEWEST:
            return [int(step) for step in starts[:: -(-len(starts) // most)]]
    return [first, last]


def date_labels(dates: Timestamps, steps: Sequence[int]) -> list[str]:
    """Labels of ticks, as short as distinguishes them: "1984", "1984-02", "02-03 05:00"."""
    inside = [step for step in steps if 0 <= step < len(dates)]
    unit = next((unit for unit in _UNITS if _differ(dates[inside], unit)), "s")
    return [
        str(dates[step].astype(f"datetime64[{unit}]")).replace("T", " ")
        if 0 <= step < len(dates)
        else ""
        for step in steps
    ]


def date_label(dates: Timestamps, step: int) -> str:
    """One date, as short as distinguishes it from its neighbours: "1984-02", "2011-05-14 00:00"."""
    near = list(range(max(0, step - 1), min(len(dates), step + 2)))
    return date_labels(dates, near)[near.index(step)]


def _beginnings(dates: Timestamps, unit: str) -> NDArray[np.int64]:
    cut = dates.astype(f"datetime64[{unit}]")
    return np.flatnonzero(cut[1:] != cut[:-1]) + 1


def _differ(dates: Timestamps, unit: str) -> bool:
    return len(np.unique(dates.astype(f"datetime64[{unit}]"))) == len(dates)
