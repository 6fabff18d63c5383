"""Ticks of an axis of dates: at the beginnings of years, months, days, hours or minutes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import SpecError
from studio.core.moments import instants

Moments = NDArray[np.datetime64]
_UNITS = ("Y", "M", "D", "h", "m", "s")
_FEWEST = 3
_MOST = 8


def moments(times: NDArray[np.str_]) -> Moments | None:
    """Time stamps as moments, (time,) in seconds; None where they cannot be read without doubt."""
    try:
        return instants(times, "times").astype("datetime64[s]")
    except SpecError:
        return None


def date_ticks(found: Moments, low: float, high: float) -> list[int]:
    """The steps between low and high at which the coarsest unit with enough ticks begins anew."""
    first, last = max(0, int(np.ceil(low))), min(len(found) - 1, int(np.floor(high)))
    if last <= first:
        return []
    for unit in _UNITS:
        starts = first + _beginnings(found[first : last + 1], unit)
        if len(starts) >= _FEWEST:
            return [int(step) for step in starts[:: -(-len(starts) // _MOST)]]
    return [first, last]


def date_words(found: Moments, steps: Sequence[int]) -> list[str]:
    """What stands at the ticks, as short as tells them apart: "1984", "1984-02", "02-03 05:00"."""
    inside = [step for step in steps if 0 <= step < len(found)]
    unit = next((each for each in _UNITS if _differ(found[inside], each)), "s")
    return [
        str(found[step].astype(f"datetime64[{unit}]")).replace("T", " ")
        if 0 <= step < len(found)
        else ""
        for step in steps
    ]


def moment_words(found: Moments, step: int) -> str:
    """One moment, as short as tells it from its neighbours: "1984-02", "2011-05-14 00:00"."""
    near = list(range(max(0, step - 1), min(len(found), step + 2)))
    return date_words(found, near)[near.index(step)]


def _beginnings(found: Moments, unit: str) -> NDArray[np.int64]:
    cut = found.astype(f"datetime64[{unit}]")
    return np.flatnonzero(cut[1:] != cut[:-1]) + 1


def _differ(found: Moments, unit: str) -> bool:
    return len(np.unique(found.astype(f"datetime64[{unit}]"))) == len(found)
