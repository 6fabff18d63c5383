"""Timestamps from the parts of dates, column by column."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.dates import Timestamps
from studio.data.parsing.date_patterns import FULL, GROUPS, MONTHS

Texts = NDArray[np.object_]
Parts = Mapping[str, Any]
"""Each group of a pattern as an Arrow array of text, "" where there is none."""

_CENTURY_TURN = 69
LARGEST_MONTH = 12
_NOON = 12
_DAY_MINUTES = 1440
_MOST_MINUTES = 60


def parts_of(texts: Any, kind: str) -> Parts:  # noqa: ANN401 - NumPy or pyarrow
    """The parts of each date of a kind, from an array of NumPy or Arrow."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())
    alike = _parts_of_alike(cells, kind)
    if alike is not None:
        return alike
    found = pc.extract_regex(cells, f"(?i)^(?:{FULL[kind].pattern})$")
    names = {found.type.field(index).name for index in range(found.type.num_fields)}
    nothing = pa.nulls(len(cells), pa.string())
    return {
        group: pc.fill_null(pc.struct_field(found, group) if group in names else nothing, "")
        for group in GROUPS
    }


def _parts_of_alike(cells: Any, kind: str) -> Parts | None:  # noqa: ANN401 - pyarrow
    """The parts where all dates differ in their digits alone, cut at the same places; or None."""
    import pyarrow as pa
    import pyarrow.compute as pc

    example = str(cells[0].as_py()) if len(cells) and not cells.null_count else ""
    match = FULL[kind].fullmatch(example) if example.isascii() else None
    lengths = pc.min_max(pc.binary_length(cells)).as_py()
    if match is None or lengths["min"] != lengths["max"]:
        return None
    rows = _letters(cells, len(example))
    is_digit = np.array([letter.isdigit() for letter in example])
    are_digits = (rows[:, is_digit] >= ord("0")) & (rows[:, is_digit] <= ord("9"))
    if not are_digits.all() or (rows[:, ~is_digit] != rows[0, ~is_digit]).any():
        return None
    spans = match.re.groupindex
    nothing = pa.array([""]).take(pa.array(np.zeros(len(cells), dtype=np.int64)))
    return {
        group: pc.utf8_slice_codeunits(cells, *match.span(group))
        if group in spans and match[group]
        else nothing
        for group in GROUPS
    }


def _letters(cells: Any, width: int) -> NDArray[np.uint8]:  # noqa: ANN401 - pyarrow
    """The bytes of texts of equal width, (rows, width)."""
    _, offsets, content = cells.buffers()
    start = int(np.frombuffer(offsets, dtype=np.int32)[cells.offset])
    letters = np.frombuffer(content, dtype=np.uint8)
    return letters[start : start + len(cells) * width].reshape(len(cells), width)


def has(parts: Parts, group: str) -> bool:
    """Whether any date has a part."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.not_equal(parts[group], "")).as_py())


def integers(texts: Any, absent: int) -> Integers:  # noqa: ANN401 - pyarrow
    """A part as whole numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pc.cast(pc.if_else(pc.equal(texts, ""), None, texts), pa.int64())
    found: Integers = pc.fill_null(numbers, absent).to_numpy(zero_copy_only=False)
    return found


def stamps_of(parts: Parts, day_group: str | None) -> Timestamps:
    """Timestamps in milliseconds, NaT where a part is missing or the day does not exist.

    Args:
        parts: The parts.
        day_group: Which of two numbers, "p" or "q", is the day; None where the parts say.
    """
    year = _years(parts)
    if has(parts, "w"):
        return _weeks(year, integers(parts["w"], 0), integers(parts["d"], 1))
    month, day = integers(parts["m"], 1), integers(parts["d"], 1)
    if day_group is not None:
        day = integers(parts[day_group], 0)
        month = integers(parts["q" if day_group == "p" else "p"], 0)
    if has(parts, "name"):
        month = _named_months(parts["name"])
    if has(parts, "k"):
        month = integers(parts["k"], 0) * 3 - 2
    return _assembled(year, month, day, parts)


def _years(parts: Parts) -> Integers:
    import pyarrow.compute as pc

    year = integers(parts["y"], -1)
    lengths = pc.utf8_length(parts["y"]).to_numpy(zero_copy_only=False)
    century = np.where(year < _CENTURY_TURN, 2000, 1900)
    return np.where(lengths == 2, year + century, year)  # noqa: PLR2004 - two digits


def _named_months(names: Any) -> Integers:  # noqa: ANN401 - pyarrow
    import pyarrow.compute as pc

    distinct = pc.dictionary_encode(names)
    months = [_month(name) for name in distinct.dictionary.to_pylist()]
    found: Integers = np.array(months, dtype=np.int64)[distinct.indices.to_numpy()]
    return found


def _month(name: str) -> int:
    start = name[:4].lower()
    return MONTHS.get(start, MONTHS.get(start[:3], 0))


def _hours(parts: Parts) -> Integers:
    import pyarrow.compute as pc

    hour = integers(parts["h"], 0)
    half = pc.utf8_lower(parts["ap"])
    is_half = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
    is_late = pc.equal(half, "p").to_numpy(zero_copy_only=False)
    return np.where(is_half, hour % _NOON + _NOON * is_late, hour)


def _milliseconds(fractions: Any, count: int) -> Integers:  # noqa: ANN401 - pyarrow
    import pyarrow.compute as pc

    if not pc.any(pc.not_equal(fractions, "")).as_py():
        return np.zeros(count, dtype=np.int64)
    return integers(pc.utf8_slice_codeunits(pc.utf8_rpad(fractions, 3, "0"), 0, 3), 0)


def _assembled(year: Integers, month: Integers, day: Integers, parts: Parts) -> Timestamps:
    hour, minute, second = _hours(parts), integers(parts["mi"], 0), integers(parts["s"], 0)
    is_valid = (year >= 0) & (month >= 1) & (month <= LARGEST_MONTH) & (day >= 1)
    is_valid &= (hour * 60 + minute <= _DAY_MINUTES) & (minute < _MOST_MINUTES)
    is_valid &= second <= _MOST_MINUTES
    first = (np.where(is_valid, year, 1970) - 1970).astype("datetime64[Y]").astype("datetime64[M]")
    in_month = first + (np.where(is_valid, month, 1) - 1).astype("timedelta64[M]")
    days = in_month.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_valid &= days.astype("datetime64[M]") == in_month
    seconds = (hour * 60 + minute - _offsets(parts["z"])) * 60 + second
    clock = (seconds * 1000 + _milliseconds(parts["f"], len(year))).astype("timedelta64[ms]")
    stamps: Timestamps = days.astype("datetime64[ms]") + clock
    stamps[~is_valid] = np.datetime64("NaT")
    return stamps


def _weeks(year: Integers, week: Integers, day: Integers) -> Timestamps:
    """The days of ISO weeks; week 1 holds the fourth of January."""
    january = (np.where(year >= 0, year, 1970) - 1970).astype("datetime64[Y]")
    fourth = january.astype("datetime64[D]") + np.timedelta64(3, "D")
    weekday = (fourth.astype(np.int64) + 3) % 7
    days = fourth + ((week - 1) * 7 + day - 1 - weekday).astype("timedelta64[D]")
    stamps: Timestamps = days.astype("datetime64[ms]")
    stamps[year < 0] = np.datetime64("NaT")
    return stamps


def weeks_of(year: Integers, week: Integers) -> Timestamps:
    """The Mondays of ISO weeks."""
    return _weeks(year, week, np.ones(len(year), dtype=np.int64))


def _offsets(zones: Any) -> Integers:  # noqa: ANN401 - pyarrow
    """Minutes east of Greenwich, 0 where no offset is named."""
    import pyarrow.compute as pc

    distinct = pc.dictionary_encode(zones)
    minutes = [_minutes(zone) for zone in distinct.dictionary.to_pylist()]
    found: Integers = np.array(minutes, dtype=np.int64)[distinct.indices.to_numpy()]
    return found


def milliseconds(values: Doubles) -> NDArray[np.timedelta64]:
    """Numbers of milliseconds as differences of time, NaT where missing."""
    rounded = np.where(np.isnan(values), 0, np.round(values)).astype("timedelta64[ms]")
    rounded[np.isnan(values)] = np.timedelta64("NaT")
    return rounded


def _minutes(zone: str) -> int:
    if not zone or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    return int(zone[0] + "1") * (int(digits[:2]) * 60 + int(digits[2:] or 0))
