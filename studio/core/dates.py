"""Dates as text and as NumPy timestamps."""

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import SpecError

Timestamps = NDArray[np.datetime64]
_OFFSET = re.compile(
    r"(?P<time>:\d\d(?:\.\d+)?)\s*(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)$"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:(?P<quarter>-?Q[1-4])|[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<rest>\d\d(?::\d\d(?:\.\d+)?)?))?\s*(?:Z|UTC)?"
)
_ISO_WIDTHS = (len("2024-12-31"), len("2024-12-31 23:00"), len("2024-12-31 23:00:00"))
_ISO_CHARACTERS = np.isin(np.arange(128), [ord(letter) for letter in "0123456789-: T"])
_MONTHS_OF_A_QUARTER = 3


def parse_dates(times: NDArray[np.str_], where: str) -> Timestamps:
    """Dates in milliseconds, (time,); NaT for a missing one.

    Args:
        times: Text with the year first and 24-hour times, or dates already.
        where: The setting that needs them, for messages.

    Raises:
        SpecError: They are written in another way, or have UTC offsets.
    """
    if times.dtype.kind == "M":  # a large table stores them as dates
        return np.asarray(times, dtype="datetime64[ms]")
    if _is_plain_iso(times):
        try:
            return times.astype("datetime64[ms]")
        except ValueError:  # a day that does not exist; it is named below
            pass
    texts = [text.strip() for text in times.tolist()]
    with_offset = next((text for text in texts if _OFFSET.search(text)), None)
    if with_offset is not None:
        raise SpecError(
            f"the dates have UTC offsets, such as {with_offset}",
            where=where,
            remedy="Write them all in one time zone, without an offset",
        )
    dates = [_to_iso(text) for text in texts]
    try:
        if None not in dates:
            return np.array(dates, "datetime64[ms]")
    except ValueError:  # a day that does not exist
        pass
    first = next(iter(filter(None, texts)), "")
    example = next((text for text, date in zip(texts, dates, strict=True) if date is None), first)
    raise SpecError(
        f"the dates, such as {example}, are not written year first with 24-hour times",
        where=where,
        remedy="Write them as 2024-12-31 or 2024-12-31 23:00",
    )


def parse_dates_utc(times: NDArray[np.str_], where: str) -> Timestamps:
    """The same in UTC, (time,): the dates may have UTC offsets if all have one.

    Raises:
        SpecError: They are not written year first, or only some have an offset.
    """
    if times.dtype.kind == "M" or _is_plain_iso(times):
        return parse_dates(times, where)
    texts = [text.strip() for text in times.tolist()]
    offsets = [_OFFSET.search(text) for text in texts]
    if any(not offset for offset, text in zip(offsets, texts, strict=True) if text):
        return parse_dates(times, where)
    local = np.array([_OFFSET.sub(r"\g<time>", text) for text in texts], dtype=str)
    minutes = [0 if offset is None else _minutes(offset) for offset in offsets]
    dates: Timestamps = parse_dates(local, where) - np.array(minutes, dtype="timedelta64[m]")
    return dates


def _is_plain_iso(times: NDArray[np.str_]) -> bool:
    """Whether all are written as 2024-12-31 or 2024-12-31 23:00:00, which NumPy reads itself."""
    letters = np.ascontiguousarray(times).view(np.uint32).reshape(len(times), -1)
    if letters.shape[1] not in _ISO_WIDTHS or not (letters[:, (4, 7)] == ord("-")).all():
        return False
    # no AM, no PM, no zone
    return bool(_ISO_CHARACTERS[np.minimum(letters, len(_ISO_CHARACTERS) - 1)].all())


def _to_iso(text: str) -> str | None:
    """A date for NumPy, which itself ignores AM, PM and other text that it does not know."""
    if not text:
        return "NaT"
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return None
    month = match["month"] or 1
    if match["quarter"]:
        month = _MONTHS_OF_A_QUARTER * int(match["quarter"][-1]) - 2
    hour = match["hour"] or "00"
    return f"{match['year']}-{month:0>2}-{match['day'] or 1:0>2}T{hour:0>2}:{match['rest'] or '00'}"


def _minutes(offset: re.Match[str]) -> int:
    return int(offset["sign"] + "1") * (int(offset["hours"]) * 60 + int(offset["minutes"]))


def format_dates(dates: Timestamps) -> NDArray[np.str_]:
    """Dates as text, as short as possible: 2024-12-31, or 2024-12-31 23:00:00."""
    unit: Literal["D", "s", "ms"] = "ms"
    if (dates == dates.astype("datetime64[D]")).all():
        unit = "D"
    elif (dates == dates.astype("datetime64[s]")).all():
        unit = "s"
    return np.asarray(np.char.replace(np.datetime_as_string(dates, unit=unit), "T", " "))
