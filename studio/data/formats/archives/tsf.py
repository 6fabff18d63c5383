"""The .tsf format of the Monash archive: series of unequal length with their start and frequency.

Its header declares attributes of the series (@attribute), the @frequency and the @horizon; each
row below @data holds the attributes and the values of one series, separated by colons (Godahewa
et al., "Monash Time Series Forecasting Archive", 2021).
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.notes import DataNote, SeveralSeries, TimeStampsUnused
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, Series
from studio.data.files.text_files import LONGEST_LINE, line_too_long, location, read_text
from studio.data.formats.format import Format

_FREQUENCIES = {
    "secondly": (1, "s"), "minutely": (1, "m"), "half_hourly": (30, "m"), "hourly": (1, "h"),
    "daily": (1, "D"), "weekly": (7, "D"), "monthly": (1, "M"), "quarterly": (3, "M"),
    "yearly": (12, "M"),
}  # fmt: skip
_COUNTED = re.compile(r"(?P<count>\d{1,5})_(?P<unit>second|minute|hour|day)s?")
_DATE_FORMATS = ("%Y-%m-%d %H-%M-%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
_MOST_STAMPS = 5_000_000
_LIMIT_SHOWN = 40


def recognises(path: Path, head: bytes) -> bool:
    """Whether the name ends in .tsf, or the header declares a frequency of attributed series."""
    lines = [line.strip().lower() for line in head.splitlines()[:200]]
    has_both = all(
        any(line.startswith(word) for line in lines) for word in (b"@attribute", b"@frequency")
    )
    return path.suffix.lower() == ".tsf" or has_both


def read(path: Path, spec: FileDataset) -> Series:
    """Reads all series, in the order of the file.

    Raises:
        DatasetError: The file does not follow the format; the message names the line.
    """
    text = read_text(path, spec.encoding, any_line=True)
    body = _Body(path)
    for number, line in enumerate(text.lines, start=1):
        if len(line) > LONGEST_LINE:
            raise line_too_long(path)
        if line.strip() and not line.startswith("#"):
            body.add(number, line.strip())
    return body.series(text.notes)


@dataclass
class _Body:
    path: Path
    attributes: list[tuple[str, str]] = field(default_factory=list)
    frequency: str = ""
    has_data: bool = False
    values: list[Doubles] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    starts: list[datetime | None] = field(default_factory=list)
    first_missing: str = ""

    def add(self, number: int, line: str) -> None:
        if self.has_data:
            self._add_series(number, line)
        elif not line.startswith("@"):
            raise self._error(number, "has data before the line @data", "Add the line @data")
        else:
            self._declare(number, line)

    def _declare(self, number: int, line: str) -> None:
        key, *words = line.split()
        if key.lower() == "@attribute":
            if len(words) != 2 or words[1].lower() not in {"string", "numeric", "date"}:  # noqa: PLR2004
                raise self._error(number, "does not declare a name and string, numeric or date",
                                  "Correct the line")  # fmt: skip
            self.attributes.append((words[0], words[1].lower()))
        elif key.lower() == "@frequency":
            self.frequency = "_".join(words).lower()
        elif key.lower() == "@data":
            self.has_data = True

    def _add_series(self, number: int, line: str) -> None:
        parts = line.split(":", len(self.attributes))
        *attributes, text = parts
        if len(parts) <= len(self.attributes) or ":" in text:
            count, wanted = len(line.split(":")), len(self.attributes) + 1
            raise self._error(number, f"has {count} parts between colons instead of {wanted}",
                              "Write each declared attribute, then the values")  # fmt: skip
        stamped = [
            cell
            for cell, (_, kind) in zip(attributes, self.attributes, strict=True)
            if kind == "date"
        ]
        pairs = zip(attributes, self.attributes, strict=True)
        self.names += [cell.strip() for cell, (_, kind) in pairs if kind == "string"][:1]
        self.starts.append(self._date(number, stamped[0]) if stamped else None)
        self.values.append(self._numbers(number, text))

    def _numbers(self, number: int, text: str) -> Doubles:
        cells = [cell.strip() for cell in text.split(",")]
        values = np.array([self._number(number, cell) for cell in cells], dtype=np.float64)
        if np.isnan(values).any() and not self.first_missing:
            self.first_missing = location(self.path, number)
        return values

    def _number(self, number: int, cell: str) -> float:
        if cell in {"?", "NaN", "nan"}:
            return np.nan
        try:
            value = float(cell) if "_" not in cell else np.inf
        except ValueError:
            value = np.inf
        if not np.isfinite(value):
            shown = cell[:_LIMIT_SHOWN]
            what = f"'{shown}' is not a finite number" if cell else "has an empty value"
            raise self._error(number, what, "Correct it, or write ? for a missing value")
        return value

    def _date(self, number: int, cell: str) -> datetime | None:
        if cell.strip() == "?":
            return None
        for written in _DATE_FORMATS:
            try:
                return datetime.strptime(cell.strip(), written)  # noqa: DTZ007 - it has no zone
            except ValueError:
                continue
        raise self._error(number, f"'{cell[:_LIMIT_SHOWN]}' is not a date",
                          "Write it as 2024-01-31 00-00-00")  # fmt: skip

    def _error(self, number: int, what: str, remedy: str) -> DatasetError:
        return DatasetError(what, where=location(self.path, number), remedy=remedy)

    def series(self, notes: tuple[DataNote, ...]) -> Series:
        if not self.values:
            what = "has no line @data" if not self.has_data else "has a header but no series"
            raise DatasetError(what, where=self.path.name, remedy="Use a complete file")
        values = np.concatenate(self.values)[:, np.newaxis]
        times = self._times(len(values))
        told: list[DataNote] = [SeveralSeries(len(self.values))] if len(self.values) > 1 else []
        if times is None and any(self.starts):
            told.append(TimeStampsUnused())
        missing = int(np.isnan(values).sum())
        stamps = () if times is None else (Column("time", "time", "date"),)
        ids = tuple(
            Column(name, "id", "text") for name, kind in self.attributes if kind == "string"
        )
        target = Column("value", "target", missing=missing, first_missing=self.first_missing)
        return Series(
            name=self.path.stem,
            source=self.path.name,
            columns=(*ids[:1], *stamps, target),
            values=values,
            times=times,
            lengths=np.array([len(each) for each in self.values]) if len(self.values) > 1 else None,
            series_names=tuple(self.names) if len(self.names) == len(self.values) > 1 else None,
            notes=(*notes, *told),
            decisions=tuple(self._decisions(has_times=times is not None)),
        )

    def _decisions(self, *, has_times: bool) -> list[ReadingDecision]:
        rows = ReadingDecision("layout", "rows", 1.0, "the format has a series in each row")
        if not has_times:
            return [rows]
        evidence = f"each series declares its start, and the file a step that is {self.frequency}"
        return [rows, ReadingDecision("time", "time", 1.0, evidence)]

    def _times(self, total: int) -> NDArray[np.str_] | None:
        """The time stamp of each step, where start and frequency are known."""
        step = _step(self.frequency)
        starts = [start for start in self.starts if start is not None]
        if step is None or len(starts) < len(self.values) or total > _MOST_STAMPS:
            return None
        stamps = [
            _stamps(start, len(values), *step)
            for start, values in zip(starts, self.values, strict=True)
        ]
        texts = np.datetime_as_string(np.concatenate(stamps), unit="s")
        return np.char.replace(texts, "T", " ")


def _step(frequency: str) -> tuple[int, str] | None:
    counted = _COUNTED.fullmatch(frequency)
    if counted is None:
        return _FREQUENCIES.get(frequency)
    unit = {"second": "s", "minute": "m", "hour": "h", "day": "D"}[counted["unit"]]
    return int(counted["count"]), unit


def _stamps(start: datetime, count: int, step: int, unit: str) -> NDArray[np.datetime64]:
    if unit != "M":
        first = np.datetime64(start, "s")
        return np.asarray(first + np.arange(count) * np.timedelta64(step, unit))  # type: ignore[call-overload]
    months = np.datetime64(start, "M") + np.arange(count) * np.timedelta64(step, "M")
    rest = np.datetime64(start, "s") - np.datetime64(start, "M").astype("datetime64[s]")
    is_late = start.day > 28  # noqa: PLR2004 - the shortest month
    return np.asarray(
        months.astype("datetime64[s]") + (np.timedelta64(0, "s") if is_late else rest)
    )


FORMAT = Format("tsf", "Monash forecasting archive", (".tsf",), recognises, read)
