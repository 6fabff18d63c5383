"""Calendar channels: the position of each time step in the day, the week and the year."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.dates import parse_dates
from studio.core.errors import SpecError
from studio.core.specs.task_spec import Cycle

_SECONDS = {"hour": 86_400, "weekday": 7 * 86_400}
_MONDAY = 3 * 86_400  # 1970 began on a Thursday: the Monday before was three days earlier


def calendar_channels(
    times: NDArray[np.str_] | None, cycles: Sequence[Cycle]
) -> tuple[tuple[str, ...], Doubles]:
    """Names and values, (time, channels), of the sine and cosine of each cycle.

    Raises:
        SpecError: There is no date column, or its dates are missing or not written year first.
    """
    if times is None:
        raise SpecError(
            "there is no date column", where="calendar", remedy="Leave the calendar out"
        )
    stamps = parse_dates(times, "calendar").astype("datetime64[s]")
    missing = int(np.isnat(stamps).sum())
    if missing:
        raise SpecError(
            "a date is missing" if missing == 1 else f"{missing:,} dates are missing",
            where="calendar",
            remedy="Fill them in, or leave the calendar out",
        )
    names, columns = [], []
    for cycle in dict.fromkeys(cycles):
        angle = 2 * np.pi * _share(stamps, cycle)
        names += [f"{cycle} sine", f"{cycle} cosine"]
        columns += [np.sin(angle), np.cos(angle)]
    return tuple(names), np.stack(columns, axis=1)


def _share(stamps: NDArray[np.datetime64], cycle: Cycle) -> Doubles:
    """The share of the cycle that has passed, 0 to 1."""
    if cycle == "month":
        years = stamps.astype("datetime64[Y]")
        length = (years + 1).astype("datetime64[s]") - years.astype("datetime64[s]")
        return np.asarray((stamps - years.astype("datetime64[s]")) / length, dtype=np.float64)
    seconds = stamps.astype(np.int64) + (_MONDAY if cycle == "weekday" else 0)
    return np.asarray((seconds % _SECONDS[cycle]) / _SECONDS[cycle], dtype=np.float64)
