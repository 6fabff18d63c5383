"""Which way dates are written, and what they are.

Patterns say which part is the year, month and day; where the day cannot be told from the month,
the order of the rows decides or the user is asked. Values are computed column by column.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from studio.core.dates import Timestamps
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import SpecError
from studio.data.parsing.date_parts import (
    LARGEST_MONTH,
    Parts,
    Texts,
    has,
    integers,
    milliseconds,
    parts_of,
    stamps_of,
)
from studio.data.parsing.date_patterns import pattern_of

Order = Literal["day-first", "month-first", "year-first"]
_DAY_GROUP: dict[Order, str] = {"day-first": "p", "month-first": "q"}
_SHARE = 0.98
_SAMPLE = 1000
_BY_ORDER, _BY_POINTS, _BY_DECIMAL, _UNSURE = 0.9, 0.97, 0.85, 0.5
_SURE_OF_YEAR, _SURE_OF_START = 0.85, 0.95
_SHARE_OF_STEPS = 0.9
_DAY_MS = 86_400_000
_DAYS = 31


@dataclass(frozen=True, eq=False)
class ParsedDates:
    """A column of dates.

    Attributes:
        texts: The dates year first, in UTC where they name a zone, "" where missing, (rows,).
        decisions: How they were read.
    """

    texts: Texts
    decisions: tuple[ReadingDecision, ...] = field(default=())


def parse_date_column(
    name: str,
    texts: Texts,
    *,
    dates: str | None = None,
    zone: str | None = None,
    decimal: str = ".",
) -> ParsedDates | None:
    """A column of text as dates, or None where it holds none.

    Args:
        name: The column's name, for evidence and messages.
        texts: The cells, "" where missing, (rows,).
        dates: The setting: the order of day and month, a format, "none", or None to detect.
        zone: The time zone of dates that name none.
        decimal: The decimal mark of the table's numbers.

    Raises:
        SpecError: The setting does not fit a cell, or there is no such zone.
    """
    if dates == "none":
        return None
    if dates and "%" in dates:
        return _by_format(name, texts, dates, zone)
    kind = pattern_of([text for text in texts[: 4 * _SAMPLE] if text][:_SAMPLE], _SHARE)
    if kind is None:
        return None
    parts = parts_of(texts, kind)
    order, decisions = _order_and_decisions(name, kind, parts, texts, (dates, decimal))
    stamps = _stamps(parts, order)
    if np.isnat(stamps).all():
        return None
    has_zone = has(parts, "z")
    if kind == "year-first" and not (has_zone or zone or decisions or _is_rewritten(parts)):
        return ParsedDates(np.where(np.isnat(stamps), "", texts), decisions)
    if has_zone:
        evidence = (
            f"column '{name}': the dates name their zone, such as {_first(parts, 'z', texts)}"
        )
        decisions = (*decisions, ReadingDecision("zone", "UTC", 1.0, evidence))
    elif zone:
        stamps = _to_utc(stamps, zone)
        decisions = (*decisions, set_by_user("zone", zone))
    return ParsedDates(as_text(stamps), decisions)


@dataclass(frozen=True)
class DateReader:
    """Reads more dates as those of a sample were read.

    Attributes:
        kind: The pattern.
        order: The order of day and month, None where the pattern says.
    """

    kind: str
    order: Order | None

    def stamps(self, cells: Any) -> Timestamps:  # noqa: ANN401 - pyarrow
        """Timestamps of an Arrow array of text, NaT where it is written in another way."""
        return _stamps(parts_of(cells, self.kind), self.order)


def date_reader(sample: list[str], decisions: Iterable[ReadingDecision]) -> DateReader | None:
    """The reader of dates of which a sample was read, or None where it leaves a doubt.

    Args:
        sample: Cells that are not empty.
        decisions: How they were read.
    """
    decided = {decision.name: decision for decision in decisions}
    if set(decided) - {"dates", "zone"} or any(each.sure < 1 for each in decided.values()):
        return None
    kind = pattern_of(sample[:_SAMPLE], _SHARE)
    value = decided["dates"].value if "dates" in decided else None
    order = next((name for name in _DAY_GROUP if name == value), None)
    if kind is None or order != value or (order is None) == (kind == "two-numbers"):
        return None
    return DateReader(kind, order)


def _stamps(parts: Parts, order: Order | None) -> Timestamps:
    if order == "year-first" and has(parts, "p"):
        parts = {**parts, "y": parts["p"], "m": parts["q"], "d": parts["y"]}
    if order == "year-first" and _is_day_second(parts):
        parts = {**parts, "m": parts["d"], "d": parts["m"]}
    return stamps_of(parts, None if order is None else _DAY_GROUP.get(order))


def _is_day_second(parts: Parts) -> bool:
    """Whether the day stands before the month in dates with the year first."""
    months, days = integers(parts["m"], 1), integers(parts["d"], 1)
    return bool((months > LARGEST_MONTH).any() and (days <= LARGEST_MONTH).all())


def _is_rewritten(parts: Parts) -> bool:
    """Whether dates with the year first are not what NumPy reads: AM, 24:00, or an interval."""
    is_last_hour = bool((integers(parts["h"], 0) == 24).any())  # noqa: PLR2004 - the end of a day
    return is_last_hour or has(parts, "ap") or has(parts, "until")


def _first(parts: Parts, group: str, texts: Texts) -> str:
    """The first date with a part."""
    import pyarrow.compute as pc

    return str(texts[pc.index(pc.not_equal(parts[group], ""), value=True).as_py()])


def _order_and_decisions(
    name: str, kind: str, parts: Parts, texts: Texts, given: tuple[str | None, str]
) -> tuple[Order | None, tuple[ReadingDecision, ...]]:
    """The order of day and month, None where the pattern says, and what was decided."""
    order: Order | None = None
    decisions: list[ReadingDecision] = []
    if kind == "two-numbers":
        order, decision = _order(name, parts, texts, *given)
        decisions.append(decision)
    if kind == "year-first" and _is_day_second(parts):
        example = str(texts[int(np.argmax(integers(parts["m"], 1) > LARGEST_MONTH))])
        evidence = f"column '{name}': {example} has the day before the month"
        order = "year-first"
        decisions.append(ReadingDecision("dates", "year-first", 1.0, evidence, ("none",)))
    if kind == "month-name-year" and _are_two_digits(parts):
        example = next(text for text in texts if text)
        evidence = f"column '{name}': {example} is a month and a year, not a day"
        decisions.append(ReadingDecision("dates", "%b-%y", _SURE_OF_YEAR, evidence, ("none",)))
    if has(parts, "until"):
        example = _first(parts, "until", texts)
        evidence = f"column '{name}': {example} is an interval; its start is the time"
        value = order or "year-first"
        decisions = [ReadingDecision("dates", value, _SURE_OF_START, evidence, ("none",))]
    return order, tuple(decisions)


def _are_two_digits(parts: Parts) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(pc.less_equal(pc.utf8_length(parts["y"]), 2)).as_py())


def _order(
    name: str, parts: Parts, texts: Texts, dates: str | None, decimal: str
) -> tuple[Order, ReadingDecision]:
    if dates == "day-first":
        return "day-first", set_by_user("dates", dates)
    if dates == "month-first":
        return "month-first", set_by_user("dates", dates)
    if dates == "year-first" and _may_be_years(parts):
        return "year-first", set_by_user("dates", dates)
    order, sure, evidence = (
        _years_first(parts, texts)
        or _proved_order(parts, texts)
        or _likely_order(parts, texts, decimal)
    )
    other = "month-first" if order == "day-first" else "day-first"
    return order, ReadingDecision("dates", order, sure, f"column '{name}': {evidence}", (other,))


def _may_be_years(parts: Parts) -> bool:
    """Whether the first of three numbers of two digits can be the year."""
    if not _are_two_digits(parts):
        return False
    months, days = integers(parts["q"], 1), integers(parts["y"], 1)
    return bool(((months >= 1) & (months <= LARGEST_MONTH) & (days >= 1) & (days <= _DAYS)).all())


def _years_first(parts: Parts, texts: Texts) -> tuple[Order, float, str] | None:
    """Dates such as 24-01-28, where only the year in front gives equal steps."""
    if not _may_be_years(parts):
        return None
    rate = _in_equal_steps(_stamps(parts, "year-first"))
    others = max(_in_equal_steps(stamps_of(parts, group)) for group in _DAY_GROUP.values())
    if rate < _SHARE_OF_STEPS or others >= rate:
        return None
    example = next(text for text in texts if text)
    return "year-first", _BY_ORDER, f"only with the year first does {example} begin equal steps"


def _proved_order(parts: Parts, texts: Texts) -> tuple[Order, float, str] | None:
    """The order where a number above 12 proves it."""
    proofs: dict[Order, str] = {}
    for order, group in _DAY_GROUP.items():
        is_day = integers(parts[group], 0) > LARGEST_MONTH
        if is_day.any():
            proofs[order] = str(texts[int(np.argmax(is_day))])
    if len(proofs) > 1:
        first, second = proofs.values()
        return "day-first", _UNSURE, f"{first} has the day first, but {second} the month"
    for order, example in proofs.items():
        return order, 1.0, f"{example} can be read in no other order"
    return None


def _likely_order(parts: Parts, texts: Texts, decimal: str) -> tuple[Order, float, str]:
    """The order of day and month where no number is above 12."""
    stamps = {order: stamps_of(parts, group) for order, group in _DAY_GROUP.items()}
    example = next(text for text in texts if text)
    for rate, what in ((_in_order, "in order"), (_in_equal_steps, "in equal steps")):
        rates = {order: rate(times) for order, times in stamps.items()}
        best = max(rates, key=rates.__getitem__)
        if rates[best] >= _SHARE_OF_STEPS and min(rates.values()) < rates[best]:
            evidence = f"only so are the dates {what}; {example} alone could be both"
            return best, _BY_ORDER, evidence
    if "." in example[:6]:
        return "day-first", _BY_POINTS, f"{example} is written with points"
    if decimal == ",":
        return "day-first", _BY_DECIMAL, "the numbers have a decimal comma"
    return "day-first", _UNSURE, f"{example} could be both"


def _in_order(stamps: Timestamps) -> float:
    """1 where the dates never fall or never rise, otherwise 0."""
    steps = np.diff(stamps[~np.isnat(stamps)]).astype(np.int64)
    return float(len(steps) > 0 and (bool((steps >= 0).all()) or bool((steps <= 0).all())))


def _in_equal_steps(stamps: Timestamps) -> float:
    """The share of the steps that are equal, in milliseconds or in months."""
    present = stamps[~np.isnat(stamps)]
    months = present.astype("datetime64[M]")
    days = present - months.astype("datetime64[ms]")
    steps = np.diff(present).astype(np.int64)
    if len(steps) < 2:  # noqa: PLR2004 - a single step is always equal
        return 0.0
    if bool((days == days[0]).all()):
        steps = np.diff(months).astype(np.int64)
    usual = np.median(steps)
    return float(np.mean(steps == usual)) if usual else 0.0


def as_text(stamps: Timestamps) -> Texts:
    """Timestamps as dates with the year first, as short as possible, "" where missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    present = stamps[~np.isnat(stamps)].astype("datetime64[ms]").astype(np.int64)
    kind = pa.timestamp("ms")
    if (present % _DAY_MS == 0).all():
        kind = pa.date32()
    elif (present % 1000 == 0).all():
        kind = pa.timestamp("s")
    dates = pc.cast(pa.array(stamps.astype("datetime64[ms]")), kind)
    texts: Texts = pc.fill_null(pc.cast(dates, pa.string()), "").to_numpy(zero_copy_only=False)
    return texts


def _to_utc(stamps: Timestamps, zone: str) -> Timestamps:
    """Local times as UTC; where an hour comes twice, the second time is in winter time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    local = pa.array(stamps)
    try:
        early, late = (
            pc.assume_timezone(local, zone, ambiguous=which, nonexistent="earliest")
            for which in ("earliest", "latest")
        )
    except pa.ArrowInvalid:
        raise SpecError(
            f"there is no time zone '{zone}'", where="zone", remedy="Name one such as Europe/Berlin"
        ) from None
    summer, winter = (
        np.asarray(pc.cast(side, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        for side in (early, late)
    )
    is_doubled = summer != winter
    starts_again = np.concatenate([[False], np.diff(stamps) <= np.timedelta64(0, "ms")])
    is_second = is_doubled & (np.cumsum(starts_again & is_doubled) % 2 == 1)
    utc: Timestamps = np.datetime64(0, "ms") + milliseconds(np.where(is_second, winter, summer))
    return utc


def _by_format(name: str, texts: Texts, pattern: str, zone: str | None) -> ParsedDates:
    """Dates in a format of strptime."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = pa.array([text or None for text in texts], pa.string())
    try:
        found = pc.strptime(cells, format=pattern, unit="ms", error_is_null=True)
    except pa.ArrowInvalid:
        raise SpecError(f"'{pattern}' is not a date format", where="dates") from None
    stamps: Timestamps = found.to_numpy(zero_copy_only=False).astype("datetime64[ms]")
    odd = np.flatnonzero(np.isnat(stamps) & (texts != ""))
    if len(odd) > (1 - _SHARE) * len(texts):
        raise SpecError(
            f"'{texts[odd[0]]}' in column '{name}' is not written as {pattern}",
            where="dates",
            remedy="Correct the format",
        )
    decisions = [set_by_user("dates", pattern)]
    if zone:
        stamps = _to_utc(stamps, zone)
        decisions.append(set_by_user("zone", zone))
    return ParsedDates(as_text(stamps), tuple(decisions))
