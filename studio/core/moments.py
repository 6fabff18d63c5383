"""Dates as they are written, as moments."""

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import SpecError

Moments = NDArray[np.datetime64]
_OFFSET = re.compile(
    r"(?P<time>:\d\d(?:\.\d+)?)\s*(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:(?P<quarter>-?Q[1-4])|[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<rest>\d\d(?::\d\d(?:\.\d+)?)?))?\s*(?:Z|UTC)?"
)
_ISO_WIDTHS = (len("2024-12-31"), len("2024-12-31 23:00"), len("2024-12-31 23:00:00"))
_OF_ISO = np.isin(np.arange(128), [ord(letter) for letter in "0123456789-: T"])
_MONTHS = 3
"""Of a quarter."""


def moments(times: NDArray[np.str_], where: str) -> Moments:
    """Dates in milliseconds, (time,); NaT where one is missing.

    Args:
        times: As written, year first and with 24 hours, or dates already.
        where: The setting that needs them, for messages.

    Raises:
        SpecError: They are written otherwise, or name their distance to Greenwich.
    """
    if times.dtype.kind == "M":  # a large table keeps them as dates
        return np.asarray(times, dtype="datetime64[ms]")
    if _is_plainly_iso(times):
        try:
            return times.astype("datetime64[ms]")
        except ValueError:  # no such day, which is named below
            pass
    texts = [text.strip() for text in times.tolist()]
    zoned = next((text for text in texts if _OFFSET.search(text)), None)
    if zoned is not None:
        raise SpecError(
            f"the dates, such as {zoned}, differ from Greenwich time",
            where=where,
            remedy="Write them all in one time zone, without naming it",
        )
    found = [_plain(text) for text in texts]
    try:
        if None not in found:
            return np.array(found, "datetime64[ms]")
    except ValueError:  # no such day
        pass
    first = next(iter(filter(None, texts)), "")
    example = next((text for text, one in zip(texts, found, strict=True) if one is None), first)
    raise SpecError(
        f"the dates, such as {example}, are not written year first and with 24 hours",
        where=where,
        remedy="Write them as 2024-12-31 or 2024-12-31 23:00",
    )


def instants(times: NDArray[np.str_], where: str) -> Moments:
    """The same by Greenwich time, (time,): dates may all name their distance to it.

    Raises:
        SpecError: They are not written year first, or only some of them name a distance.
    """
    if times.dtype.kind == "M" or _is_plainly_iso(times):
        return moments(times, where)
    texts = [text.strip() for text in times.tolist()]
    offsets = [_OFFSET.search(text) for text in texts]
    if any(not offset for offset, text in zip(offsets, texts, strict=True) if text):
        return moments(times, where)
    bare = np.array([_OFFSET.sub(r"\g<time>", text) for text in texts], dtype=str)
    ahead = [0 if offset is None else _minutes(offset) for offset in offsets]
    found: Moments = moments(bare, where) - np.array(ahead, dtype="timedelta64[m]")
    return found


def _is_plainly_iso(times: NDArray[np.str_]) -> bool:
    """Whether all are written as 2024-12-31 or 2024-12-31 23:00:00, which NumPy reads as it is."""
    letters = np.ascontiguousarray(times).view(np.uint32).reshape(len(times), -1)
    if letters.shape[1] not in _ISO_WIDTHS or not (letters[:, (4, 7)] == ord("-")).all():
        return False
    return bool(_OF_ISO[np.minimum(letters, len(_OF_ISO) - 1)].all())  # no AM, no PM, no zone


def _plain(text: str) -> str | None:
    """A date as NumPy reads it; NumPy itself passes over AM, PM and what else it does not know."""
    if not text:
        return "NaT"
    found = _YEAR_FIRST.fullmatch(text)
    if found is None:
        return None
    month = found["month"] or 1
    if found["quarter"]:
        month = _MONTHS * int(found["quarter"][-1]) - 2
    hour = found["hour"] or "00"
    return f"{found['year']}-{month:0>2}-{found['day'] or 1:0>2}T{hour:0>2}:{found['rest'] or '00'}"


def _minutes(offset: re.Match[str]) -> int:
    return int(offset["sign"] + "1") * (int(offset["hours"]) * 60 + int(offset["minutes"]))


def written(found: Moments) -> NDArray[np.str_]:
    """Moments as dates, as short as they allow: 2024-12-31, or 2024-12-31 23:00:00."""
    unit: Literal["D", "s", "ms"] = "ms"
    if (found == found.astype("datetime64[D]")).all():
        unit = "D"
    elif (found == found.astype("datetime64[s]")).all():
        unit = "s"
    return np.asarray(np.char.replace(np.datetime_as_string(found, unit=unit), "T", " "))
