"""The .ts format of the UCR and UEA archives.

The archive's description of the format: header lines begin with @, comments with #, channels are
separated by colons, and the last field is the class or the value to predict.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError
from studio.core.notes import TimeStampsUnused
from studio.core.specs.comparison_spec import FileDataset
from studio.data.dataset import Column, ExampleSet
from studio.data.files.text_files import LONGEST_LINE, line_too_long, location, read_text
from studio.data.formats.format import Format
from studio.data.transform.labels import Labels

_LIMIT_SHOWN = 40
_STAMPED = re.compile(r"\([^(),]*,\s*([^(),]*)\)")
"""A value with its time stamp, such as (2004-10-01 00:00:00,112.5)."""


def recognises(path: Path, head: bytes) -> bool:
    """Whether the name ends in .ts, or a header of the format is in the first bytes."""
    lines = [line.strip().lower() for line in head.splitlines()[:500]]
    has_header = any(line.startswith((b"@problemname", b"@data")) for line in lines)
    return has_header or path.suffix.lower() == ".ts"


def read(path: Path, spec: FileDataset) -> ExampleSet:
    """Reads the examples of one file, in the order of the file.

    Raises:
        DatasetError: The file does not follow the format; the message names the line.
    """
    lines = read_text(path, spec.encoding).data.splitlines()
    header = _read_header(path, lines)
    body = _Body(path, header)
    for number, line in enumerate(lines[header.data_line :], start=header.data_line + 1):
        if len(line) > LONGEST_LINE:
            raise line_too_long(path)
        if line.strip() and not line.startswith(b"#"):
            body.add(number, line.decode("utf-8").strip())
    return body.examples()


@dataclass
class _Header:
    """The declarations before @data; None where not declared."""

    problem: str = ""
    dimensions: int | None = None
    length: int | None = None
    classes: tuple[str, ...] | None = None
    has_target: bool = False
    has_times: bool = False
    data_line: int = 0


def _read_header(path: Path, lines: list[bytes]) -> _Header:
    header = _Header()
    for number, raw in enumerate(lines, start=1):
        line = raw.decode("utf-8").strip()
        if not line or line.startswith("#"):
            continue
        if not line.startswith("@"):
            raise _error(path, number, "has data before the line @data", "Add the line @data")
        key, *words = line.split()
        if key.lower() == "@data":
            header.data_line = number
            return header
        _declare(path, number, header, key.lower(), words)
    raise DatasetError(
        "has no line @data", where=path.name, remedy="Use a complete .ts file with header and data"
    )


def _declare(path: Path, line: int, header: _Header, key: str, words: list[str]) -> None:
    is_true = bool(words) and words[0].lower() == "true"
    if key == "@timestamps":
        header.has_times = is_true
    elif key == "@problemname":
        header.problem = " ".join(words)
    elif key in {"@dimension", "@dimensions"}:
        header.dimensions = _count(path, line, key, words)
    elif key == "@univariate" and is_true:
        header.dimensions = 1
    elif key == "@serieslength":
        header.length = _count(path, line, key, words) or None
    elif key == "@classlabel" and is_true:
        header.classes = tuple(dict.fromkeys(words[1:]))
    elif key == "@targetlabel":
        header.has_target = is_true


def _count(path: Path, line: int, key: str, words: list[str]) -> int:
    if len(words) != 1 or not (words[0].isascii() and words[0].isdigit()) or len(words[0]) > 9:  # noqa: PLR2004
        raise _error(path, line, f"{key} must be followed by one integer", "Correct the line")
    return int(words[0])


def _error(path: Path, line: int, what: str, remedy: str) -> DatasetError:
    return DatasetError(what, where=location(path, line), remedy=remedy)


@dataclass
class _Body:
    path: Path
    header: _Header
    sequences: list[Doubles] = field(default_factory=list)
    labels: list[int | float] = field(default_factory=list)
    classes: dict[str, int] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    first_missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.header.classes is None and not self.header.has_target:
            raise DatasetError(
                "has neither class labels nor values to predict",
                where=self.path.name,
                remedy="Use a file with @classLabel true or @targetLabel true",
            )
        self.classes = {name: index for index, name in enumerate(self.header.classes or ())}

    def add(self, line: int, text: str) -> None:
        if self.header.has_times:
            text = _STAMPED.sub(r"\1", text)
        *channels, label = text.split(":")
        if not channels:
            raise _error(self.path, line, "has no label after its values", "Complete the line")
        self._check_channels(line, len(channels))
        parsed = [self._numbers(line, index, text) for index, text in enumerate(channels)]
        lengths = sorted({len(values) for values in parsed})
        if len(lengths) > 1:
            what = f"has channels of {lengths[0]} and {lengths[-1]} steps"
            raise _error(self.path, line, what, "Use channels of equal length")
        wanted = self.header.length
        if wanted is not None and lengths[0] != wanted:
            what = f"has {lengths[0]} steps, but @seriesLength is {wanted}"
            raise _error(self.path, line, what, "Correct the line or the header")
        self.labels.append(self._label(line, label.strip()))
        self.sequences.append(np.array(parsed, dtype=np.float64).T)

    def examples(self) -> ExampleSet:
        if not self.sequences:
            raise DatasetError(
                "has a header but no examples", where=self.path.name, remedy="Use a complete file"
            )
        channels = tuple(
            Column(f"channel {index + 1}", "feature", missing=missing, first_missing=first)
            for index, (missing, first) in enumerate(
                zip(self.missing, self.first_missing, strict=True)
            )
        )
        labels, names = self._found_labels()
        role, kind = ("target", "number") if names is None else ("label", "text")
        target = Column("target" if names is None else "class", role, kind)  # type: ignore[arg-type]
        return ExampleSet(
            name=self.header.problem or self.path.stem,
            source=self.path.name,
            columns=(*channels, target),
            channels=channels,
            values=np.concatenate(self.sequences),
            lengths=np.array([len(sequence) for sequence in self.sequences], dtype=np.int64),
            labels=labels,
            class_names=names,
            notes=(TimeStampsUnused(),) if self.header.has_times else (),
        )

    def _found_labels(self) -> Labels:
        if self.header.has_target:
            return np.array(self.labels, dtype=np.float64)[:, np.newaxis], None
        return np.array(self.labels, dtype=np.int64), tuple(self.classes)

    def _check_channels(self, line: int, count: int) -> None:
        if self.header.dimensions is None:
            self.header.dimensions = count
        if count != self.header.dimensions:
            what = f"has {count} channels instead of {self.header.dimensions}"
            raise _error(self.path, line, what, "Separate channels by colons, with the label last")
        if not self.missing:
            self.missing, self.first_missing = [0] * count, [""] * count

    def _numbers(self, line: int, channel: int, text: str) -> list[float]:
        values = []
        for cell in text.split(","):
            cell = cell.strip()  # noqa: PLW2901 - the same cell without blanks
            if cell in {"?", "NaN", "nan"}:
                self._count_missing(line, channel)
                values.append(np.nan)
            else:
                values.append(self._number(line, cell))
        return values

    def _number(self, line: int, cell: str) -> float:
        try:
            number = float(cell) if "_" not in cell else np.nan
        except ValueError:
            number = np.nan
        if not np.isfinite(number):
            shown = cell[:_LIMIT_SHOWN]
            what = f"'{shown}' is not a finite number" if cell else "has an empty value"
            raise _error(self.path, line, what, "Correct it, or write ? for a missing value")
        return number

    def _count_missing(self, line: int, channel: int) -> None:
        self.missing[channel] += 1
        if not self.first_missing[channel]:
            self.first_missing[channel] = location(self.path, line)

    def _label(self, line: int, label: str) -> int | float:
        if self.header.has_target:
            return self._number(line, label)
        if label not in self.classes and self.header.classes:
            what = f"the class '{label[:_LIMIT_SHOWN]}' is not listed in @classLabel"
            raise _error(self.path, line, what, "Correct the line or the header")
        if not label:
            raise _error(self.path, line, "has no class after its values", "Complete the line")
        return self.classes.setdefault(label, len(self.classes))


FORMAT = Format("ts", "UCR/UEA time series", (".ts",), recognises, read)
