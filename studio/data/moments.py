"""Dates as they are written, as moments."""

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import SpecError

Moments = NDArray[np.datetime64]
_OFFSET = re.compile(r":\d\d(?:\.\d+)?\s*[+-]\d\d:?\d\d$")


def moments(times: NDArray[np.str_], where: str) -> Moments:
    """Dates in milliseconds, (time,); NaT where one is missing.

    Args:
        times: As written, year first, or dates already.
        where: The setting that needs them, for messages.

    Raises:
        SpecError: They are not written year first, or name their distance to Greenwich.
    """
    if times.dtype.kind == "M":  # a large table keeps them as dates
        return np.asarray(times, dtype="datetime64[ms]")
    texts = [text.strip().replace("/", "-").removesuffix("Z") for text in times.tolist()]
    zoned = next((text for text in texts if _OFFSET.search(text)), None)
    if zoned is not None:
        raise SpecError(
            f"the dates, such as {zoned}, differ from Greenwich time",
            where=where,
            remedy="Write them all in one time zone, without naming it",
        )
    try:
        return np.array([text.replace(" ", "T") or "NaT" for text in texts], "datetime64[ms]")
    except ValueError:
        example = next(filter(None, texts), "")
        raise SpecError(
            f"the dates, such as {example}, are not written year first",
            where=where,
            remedy="Write them as 2024-12-31 or 2024-12-31 23:00",
        ) from None


def written(found: Moments) -> NDArray[np.str_]:
    """Moments as dates, as short as they allow: 2024-12-31, or 2024-12-31 23:00:00."""
    unit: Literal["D", "s", "ms"] = "ms"
    if (found == found.astype("datetime64[D]")).all():
        unit = "D"
    elif (found == found.astype("datetime64[s]")).all():
        unit = "s"
    return np.asarray(np.char.replace(np.datetime_as_string(found, unit=unit), "T", " "))
