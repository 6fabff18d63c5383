"""The time of a table: one column, or several that are joined, and the order of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.dates import Timestamps, format_dates, parse_dates
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.column_names import HOUR_NAMES, is_date_name, plain_name
from studio.data.parsing.date_numbers import dates_of_numbers
from studio.data.parsing.date_parts import weeks_of
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import is_clock

_CLOCK_WITH_POINTS = 8
_SHARE = 0.98
_FEWEST_TICKS, _JITTER = 20, 0.05
_SURE_OF_JOINED, _SURE_OF_PARTS, _UNSURE = 0.97, 0.9, 0.7
_SURE_OF_NEWEST_FIRST, _SURE_OF_DISORDER = 0.97, 0.75
_LAST_HOUR = 24
_PARTS = (("year", "month", "day", "hour", "minute"), ("jahr", "monat", "tag", "stunde", "minute"))
_DAY_MS = 86_400_000
_SHARE_OF_STEPS = 0.9
_AFTER_2001_MS = 1e12


@dataclass(frozen=True, eq=False)
class JoinedColumns:
    """The columns of a table after those that make up the time were joined into one."""

    cells: tuple[Cells, ...]
    decisions: tuple[ReadingDecision, ...] = ()


def join_time(cells: tuple[Cells, ...], spec: FileDataset) -> JoinedColumns:
    """Reads numbers that are dates, and joins a date with the time of day beside it.

    Raises:
        SpecError: The setting names a column that does not exist or holds no time.
    """
    if spec.time_column and "+" in spec.time_column and not _has(cells, spec.time_column):
        return _join_given(cells, spec.time_column)
    cells, decisions = _numbers_to_dates(cells, spec)
    if spec.time_column == "none" and not _has(cells, "none"):
        return JoinedColumns(cells, (*decisions, set_by_user("time", "none")))
    if spec.time_column:
        return JoinedColumns(cells, (*decisions, set_by_user("time", spec.time_column)))
    joined = _join_date_and_clock(cells) or _join_parts(cells) or _join_year_and_month(cells)
    if joined is None:
        return JoinedColumns(cells, decisions)
    return replace(joined, decisions=(*decisions, *joined.decisions))


def _has(cells: Sequence[Cells], name: str) -> bool:
    return any(column.name == name for column in cells)


def _numbers_to_dates(
    cells: tuple[Cells, ...], spec: FileDataset
) -> tuple[tuple[Cells, ...], tuple[ReadingDecision, ...]]:
    """Columns of numbers that are dates, as dates: one that is set, or named as a time."""
    is_dated = any(column.kind == "date" for column in cells) and not spec.time_column
    if is_dated or (spec.resample or "").replace(".", "").isdigit():  # steps of a number
        return cells, ()
    changed: list[Cells] = []
    decisions: tuple[ReadingDecision, ...] = ()
    for index, column in enumerate(cells):
        values = np.asarray(column.values, dtype=np.float64) if column.kind == "number" else None
        is_named = is_date_name(column.name) or column.name == spec.time_column
        is_likely = values is not None and (index == 0 or bool(values[:1] >= _AFTER_2001_MS))
        may_be = values is not None and len(values) > 1 and (is_named or is_likely)
        found = (
            dates_of_numbers(column.name, values, dates=spec.dates, is_named=is_named)
            if values is not None and may_be and len(np.unique(values)) > 1
            else None
        )
        changed.append(column if found is None else _dated(column, found.texts))
        if found is not None and not decisions:
            decisions = found.decisions
    return tuple(changed), decisions


def _dated(column: Cells, texts: NDArray[np.object_]) -> Cells:
    return replace(column, kind="date", values=texts)


def _join_given(cells: tuple[Cells, ...], setting: str) -> JoinedColumns:
    names = [name.strip() for name in setting.split("+")]
    indices = []
    for name in names:
        index = next((at for at, column in enumerate(cells) if column.name == name), None)
        if index is None:
            listed = ", ".join(column.name for column in cells[:20])
            raise SpecError(
                f"the data has no column '{name}'", where="time", remedy=f"Choose from {listed}"
            )
        indices.append(index)
    first = cells[indices[0]]
    if first.kind == "date":
        if len(indices) != 2:  # noqa: PLR2004 - a date and a time of day
            raise SpecError(
                "joins a date with more than one column",
                where="time",
                remedy="Name a date column and a column with the time of day",
            )
        clock = _clock(cells[indices[1]], is_named=True)
        if clock is None:
            raise SpecError(
                f"the column '{names[1]}' holds no times of day",
                where="time",
                remedy="Name a column with times such as 13:30, or hours from 0 to 23",
            )
        stamps = _stamps(first) + clock
    else:
        stamps = _stamps_of_parts([cells[index] for index in indices])
    return _joined(cells, tuple(indices), setting, stamps, set_by_user("time", setting))


def _join_date_and_clock(cells: tuple[Cells, ...]) -> JoinedColumns | None:
    """A date without time joined with a column of times of day, or None."""
    for index, column in enumerate(cells):
        if column.kind != "date":
            continue
        days = _stamps(column)
        if not _are_midnight(days) or len(np.unique(days)) == len(days):
            return None
        for other, candidate in enumerate(cells):
            clock = None if other == index else _clock(candidate, is_named=False)
            if clock is None and other != index:
                clock = _even_clock(days, candidate)
            if clock is None:
                continue
            stamps = days + clock
            name = f"{column.name}+{candidate.name}"
            is_distinct = len(np.unique(stamps)) == len(stamps)
            evidence = (
                f"all dates in '{column.name}' are whole days, and '{candidate.name}' holds times "
                "of day"
            )
            sure = _SURE_OF_JOINED if is_distinct else _UNSURE
            decision = ReadingDecision("time", name, sure, evidence, (column.name,))
            return _joined(cells, (index, other), name, stamps, decision)
        return None
    return None


def _even_clock(days: Timestamps, column: Cells) -> NDArray[np.timedelta64] | None:
    """A column of unknown name as times of day, if the days and it rise in equal steps."""
    clock = _clock(column, is_named=True) if column.kind == "number" else None
    if clock is None or np.isnat(days).any() or np.isnat(clock).any():
        return None
    steps = np.diff(days + clock).astype(np.int64)
    is_even = np.mean(steps == np.median(steps)) >= _SHARE_OF_STEPS
    return clock if len(steps) > _LAST_HOUR and (steps > 0).all() and is_even else None


def _join_year_and_month(cells: tuple[Cells, ...]) -> JoinedColumns | None:
    """A first column of years and a second that counts the months of each, or None."""
    if len(cells) < 3 or {cells[0].kind, cells[1].kind} != {"number"}:  # noqa: PLR2004
        return None
    year, month = (np.asarray(column.values, dtype=np.float64) for column in cells[:2])
    if not (1500 <= year[0] <= 2200 and 1 <= month[0] <= 12):  # noqa: PLR2004
        return None
    if len(year) < 13 or not bool((np.diff(year * 12 + month) == 1).all()):  # noqa: PLR2004
        return None
    names = [column.name for column in cells[:2]]
    evidence = f"'{names[1]}' counts the months of the years in '{names[0]}'"
    decision = ReadingDecision("time", "+".join(names), _SURE_OF_PARTS, evidence, ("none",))
    return _joined(cells, (0, 1), "+".join(names), _stamps_of_parts(cells[:2]), decision)


def _join_parts(cells: tuple[Cells, ...]) -> JoinedColumns | None:
    """Year, month, day and hour in columns of their own, or None."""
    if any(column.kind == "date" for column in cells):
        return None
    by_name = {plain_name(column.name): index for index, column in enumerate(cells)}
    by_week = _join_year_and_week(cells, by_name)
    if by_week is not None:
        return by_week
    for parts in _PARTS:
        present = []
        for part in parts:
            if part not in by_name or cells[by_name[part]].kind != "number":
                break
            present.append(by_name[part])
        if len(present) < 2:  # noqa: PLR2004 - a year alone is a time as it is
            continue
        stamps = _stamps_of_parts([cells[index] for index in present])
        if np.isnat(stamps).any():
            continue
        name = "+".join(cells[index].name for index in present)
        evidence = f"the columns {', '.join(cells[index].name for index in present)} make up a date"
        decision = ReadingDecision(
            "time", name, _SURE_OF_PARTS, evidence, (cells[present[0]].name,)
        )
        return _joined(cells, tuple(present), name, stamps, decision)
    return None


def _join_year_and_week(cells: tuple[Cells, ...], by_name: dict[str, int]) -> JoinedColumns | None:
    year, week = by_name.get("year"), by_name.get("week", by_name.get("weekofyear"))
    if year is None or week is None or {cells[year].kind, cells[week].kind} != {"number"}:
        return None
    years, weeks = (np.asarray(cells[at].values, dtype=np.float64) for at in (year, week))
    if np.isnan(years + weeks).any() or weeks.min() < 1 or weeks.max() > 53:  # noqa: PLR2004
        return None
    stamps = weeks_of(years.astype(np.int64), weeks.astype(np.int64))
    name = f"{cells[year].name}+{cells[week].name}"
    evidence = f"the columns {cells[year].name} and {cells[week].name} make up a week"
    decision = ReadingDecision("time", name, _SURE_OF_PARTS, evidence, (cells[year].name,))
    return _joined(cells, (year, week), name, stamps, decision)


def _joined(
    cells: tuple[Cells, ...],
    indices: tuple[int, ...],
    name: str,
    stamps: Timestamps,
    decision: ReadingDecision,
) -> JoinedColumns:
    is_missing = np.isnat(stamps)
    texts = np.full(len(stamps), "", dtype=object)
    if not is_missing.all():
        texts[~is_missing] = format_dates(stamps[~is_missing])
    first = cells[indices[0]].first_missing or cells[indices[-1]].first_missing
    column = Cells(name, "date", texts, int(is_missing.sum()), first if is_missing.any() else "")
    place = min(indices)
    kept = tuple(
        column if index == place else other
        for index, other in enumerate(cells)
        if index == place or index not in indices
    )
    return JoinedColumns(kept, (decision,))


def _stamps(column: Cells) -> Timestamps:
    """The dates of a column, NaT where missing or not written year first."""
    texts = np.asarray(column.values, dtype=str)
    try:
        return parse_dates(texts, "time")
    except SpecError:
        return np.full(len(texts), "NaT", dtype="datetime64[ms]")


def _are_midnight(stamps: Timestamps) -> bool:
    present = stamps[~np.isnat(stamps)]
    return bool(len(present)) and bool((present.astype(np.int64) % _DAY_MS == 0).all())


def first_date(cells: Sequence[Cells], among: Sequence[int]) -> int | None:
    """The first column of dates that change, otherwise the first column of dates, or None."""
    dates = [index for index in among if cells[index].kind == "date"]
    changing = (
        index for index in dates if bool((cells[index].values != cells[index].values[0]).any())
    )
    return next(changing, next(iter(dates), None))


def is_even_clock(values: Doubles) -> bool:
    """Whether numbers rise in equal steps, as the clock of a recorder does."""
    steps = np.diff(values)
    if len(values) < _FEWEST_TICKS or np.isnan(steps).any() or not bool((steps > 0).all()):
        return False
    usual = float(np.median(steps))
    return bool(np.mean(np.abs(steps - usual) <= _JITTER * usual) >= _SHARE)


def _clock(column: Cells, *, is_named: bool) -> NDArray[np.timedelta64] | None:
    """The time of day of each row, NaT where missing, or None where a column holds none."""
    if column.kind == "number":
        values = np.asarray(column.values, dtype=np.float64)
        return _clock_of_numbers(values, is_named=is_named or plain_name(column.name) in HOUR_NAMES)
    if column.kind != "text":
        return None
    texts = [str(text).strip() for text in column.values.tolist()]
    present = [text for text in texts if text]
    clocks = [_as_clock(text) for text in present[:1000]]
    if not present or sum(map(is_clock, clocks)) < _SHARE * len(clocks):
        return None
    milliseconds = [_clock_ms(_as_clock(text)) for text in texts]
    return np.array(
        ["NaT" if value is None else value for value in milliseconds], dtype="timedelta64[ms]"
    )


def _as_clock(text: str) -> str:
    """A time such as 18.00.00, as some European files write it, with colons."""
    parts = text.split(".")
    has_points = len(text) <= _CLOCK_WITH_POINTS and len(parts) in {2, 3} and ":" not in text
    return ":".join(parts) if has_points else text


def _clock_ms(text: str) -> int | None:
    if not is_clock(text):
        return None
    digits = text.lower().rstrip("m").rstrip("ap").strip()
    half = text.lower()[len(digits) :].strip()[:1]
    hours, minutes, *rest = digits.split(":")
    hour = int(hours) % 12 + 12 * (half == "p") if half else int(hours)
    seconds = float(rest[0].replace(",", ".")) if rest else 0.0
    return round(((hour * 60 + int(minutes)) * 60 + seconds) * 1000)


def _clock_of_numbers(values: Doubles, *, is_named: bool) -> NDArray[np.timedelta64] | None:
    """Hours from 0 to 24, or times such as 1330."""
    present = values[~np.isnan(values)]
    if not is_named or not len(present) or present.min() < 0:
        return None
    if not bool(np.all(present == np.round(present))) or len(np.unique(present)) < 2:  # noqa: PLR2004
        return None
    if present.max() <= _LAST_HOUR:
        start = 1 if present.min() == 1 and present.max() == _LAST_HOUR else 0
        hours = values - start
        minutes = np.where(np.isnan(hours), 0, hours) * 60
    elif present.max() < 2400 and (present % 100 < 60).all():  # noqa: PLR2004 - as in 1330
        minutes = np.where(np.isnan(values), 0, values // 100 * 60 + values % 100)
    else:
        return None
    clock = (minutes * 60_000).astype("timedelta64[ms]")
    clock[np.isnan(values)] = np.timedelta64("NaT")
    return clock


def _stamps_of_parts(columns: Sequence[Cells]) -> Timestamps:
    """Timestamps of year, month, day, hour and minute, as many as there are."""
    numbers = [np.asarray(column.values, dtype=object) for column in columns]
    try:
        values = [np.asarray(column, dtype=np.float64) for column in numbers]
    except ValueError:
        raise SpecError(
            f"the column '{columns[0].name}' holds no years or dates",
            where="time",
            remedy="Name a date column first, or columns with year, month and day",
        ) from None
    defaults = [1970.0, 1.0, 1.0, 0.0, 0.0]
    filled = [*values, *(np.full(len(values[0]), default) for default in defaults[len(values) :])]
    year, month, day, hour, minute = (np.where(np.isnan(part), 0, part) for part in filled)
    year = np.where((year > 0) & (year < 100), year + 1900, year)  # noqa: PLR2004 - two digits
    is_valid = (year >= 1000) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)  # noqa: PLR2004
    whole: list[Integers] = [part.astype(np.int64) for part in (year, month, day, hour, minute)]
    months = (np.where(is_valid, whole[0], 1970) - 1970).astype("datetime64[Y]").astype(
        "datetime64[M]"
    ) + (np.where(is_valid, whole[1], 1) - 1).astype("timedelta64[M]")
    days = months.astype("datetime64[D]") + (whole[2] - 1).astype("timedelta64[D]")
    is_valid &= days.astype("datetime64[M]") == months
    clock = ((whole[3] * 60 + whole[4]) * 60_000).astype("timedelta64[ms]")
    stamps: Timestamps = days.astype("datetime64[ms]") + clock
    stamps[~is_valid] = np.datetime64("NaT")
    return stamps


def order_by_time(
    keys: Doubles, name: str, order: str | None
) -> tuple[Integers | None, ReadingDecision | None]:
    """The rows in order of time, or None to keep their order; and what was decided.

    Args:
        keys: The time of each row as a number, NaN where missing, (rows,).
        name: The name of the time column.
        order: The setting.
    """
    steps = np.diff(keys)
    if order == "as-is":
        return None, set_by_user("order", "as-is")
    if np.isnan(keys).any() or bool((steps >= 0).all()):
        return None, None
    if bool((steps <= 0).all()):
        newest_first = np.arange(len(keys) - 1, -1, -1, dtype=np.int64)
        evidence = f"the times in '{name}' fall from row to row: the newest row is first"
        sure = _SURE_OF_NEWEST_FIRST
        decision = ReadingDecision("order", "by-time", sure, evidence, ("as-is",))
        return newest_first, set_by_user("order", order) if order else decision
    sorted_rows = np.argsort(keys, kind="stable").astype(np.int64)
    back = int(np.sum(steps < 0))
    evidence = f"the times in '{name}' go backwards {'once' if back == 1 else f'{back:,} times'}"
    decision = ReadingDecision("order", "by-time", _SURE_OF_DISORDER, evidence, ("as-is",))
    return sorted_rows, set_by_user("order", order) if order else decision
