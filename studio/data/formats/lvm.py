"""LabVIEW measurement files (.lvm): headers, then columns of text.

National Instruments, Specification for the LabVIEW Measurement File (.lvm), version 2: a header of
the file, then segments, each with a header of its own that ends with ***End_of_Header***, a line of
names, and rows. A file without headings between its segments has one segment.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.notes import CommentsUnused, DataNote, SegmentsJoined
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.text_files import location, read_text
from studio.data.formats.format import Format
from studio.data.tables.delimited import read_columns
from studio.data.tables.dialect import find_dialect
from studio.data.tables.layout import Table

_SUFFIXES = (".lvm",)
_BEGINS = b"LabVIEW Measurement"
_END_OF_HEADER = "***End_of_Header***"
_START_SPECIAL, _END_SPECIAL = "***Start_Special***", "***End_Special***"
_COMMENT = "Comment"
_X = "X_Value"
_KEYS = frozenset(
    {"Channels", "Samples", "Date", "Time", "Y_Unit_Label", "X_Dimension", "X0", "Delta_X"}
)
_SEGMENT = "segment"
_SECONDS = frozenset({"", "time"})
_OWN_ID = ReadingDecision("id", _SEGMENT, 1.0, "the times of each segment start again")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the content begins as a LabVIEW measurement does, whatever its name."""
    del path
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_BEGINS)


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads the channels as a series; several segments as one if their times continue.

    Segments whose times start again are several series, told apart by a column `segment`.

    Raises:
        DatasetError: A header does not end, a segment has other channels, channels have times of
            their own that differ, or a cell is not a number; the message names the line.
    """
    text = read_text(path, spec.encoding)
    file = _File.parsed(path, text.lines)
    data, notes = _as_table(file)
    as_written = spec.model_copy(
        update={"delimiter": "\t", "decimal": file.decimal, "header": True, "skip_rows": None}
    )
    dialect = find_dialect(path, data, as_written)
    cells = read_columns(path, data, dialect, as_written)
    given = spec.model_copy(
        update={"id_column": spec.id_column or (_SEGMENT if file.restarts else None)}
    )
    table = Table(path, cells, dialect.has_header, given)
    dataset = table.dataset()
    return replace(
        dataset,
        notes=(*text.notes, *notes, *dataset.notes),
        decisions=tuple(
            _OWN_ID if file.restarts and each.is_set and each.value == _SEGMENT else each
            for each in dataset.decisions
        ),
    )


@dataclass
class _Segment:
    """A segment: its header, the line of its names, and its rows by line number."""

    header: dict[str, list[str]]
    names: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def channels(self) -> list[int]:
        """The columns that hold channels."""
        return [at for at, name in enumerate(self.names) if name not in {_X, _COMMENT, ""}]

    @property
    def clocks(self) -> list[int]:
        """The columns that hold times."""
        return [at for at, name in enumerate(self.names) if name == _X]

    def titles(self) -> list[str]:
        """The channels' names with their units."""
        units = self.header.get("Y_Unit_Label", [])
        return [
            f"{self.names[at]} [{unit}]" if unit else self.names[at]
            for at, unit in zip(self.channels, [*units, *[""] * len(self.channels)], strict=False)
        ]


@dataclass
class _File:
    """The segments of a file, and how they are written."""

    path: Path
    separator: str
    decimal: str
    has_clock: bool
    segments: list[_Segment]
    restarts: bool = False

    @classmethod
    def parsed(cls, path: Path, lines: Sequence[str]) -> "_File":
        """Splits the lines of a file into segments.

        Raises:
            DatasetError: A header does not end, or there is no segment.
        """
        separator = "," if any(line.startswith("Separator,") for line in lines[:30]) else "\t"
        numbered = list(_without_special(lines, separator))
        header, at = _header(path, numbered, 0)
        file = cls(
            path,
            separator,
            _first(header, "Decimal_Separator") or ".",
            _first(header, "X_Columns") != "No",
            [],
        )
        while at < len(numbered):
            at = file.add_segment(numbered, at)
        if not any(segment.rows for segment in file.segments):
            raise DatasetError(
                "has a header but no rows", where=path.name, remedy="Choose a file that holds data"
            )
        file.check()
        return file

    def add_segment(self, lines: Sequence[tuple[int, list[str]]], at: int) -> int:
        """Reads a segment; returns the index of the line after it."""
        header: dict[str, list[str]] = {}
        if _begins_header(lines[at][1]):
            header, at = _header(self.path, lines, at)
        segment = _Segment(header)
        if at < len(lines):
            segment.names, at = [cell.strip() for cell in lines[at][1]], at + 1
        while at < len(lines) and not _begins_header(lines[at][1]):
            segment.rows.append(lines[at])
            at += 1
        self.segments.append(segment)
        return at

    def check(self) -> None:
        """Notes whether times start again.

        Raises:
            DatasetError: A segment has other channels than the first.
        """
        first = self.segments[0]
        if not first.channels:
            raise DatasetError(
                "names no channel",
                where=self.path.name,
                remedy="Choose a file with the line of names, such as X_Value and Untitled",
            )
        for number, segment in enumerate(self.segments, start=1):
            if segment.titles() != first.titles() and segment.rows:
                raise DatasetError(
                    f"segment {number} has other channels than the first "
                    f"({', '.join(segment.titles())} instead of {', '.join(first.titles())})",
                    where=location(self.path, segment.rows[0][0]),
                    remedy="Write the segments to files of their own",
                )
        times = [self.times(segment) for segment in self.segments if segment.rows]
        ends = [each[-1] for each in times[:-1]]
        self.restarts = any(not after[0] > end for end, after in zip(ends, times[1:], strict=True))

    def times(self, segment: _Segment) -> list[float]:
        """The time of each row, from its column, or from start and step in the header.

        Raises:
            DatasetError: Channels have times of their own that differ, or a time is no number.
        """
        if not (self.has_clock and segment.clocks):
            start = self._number(_first(segment.header, "X0") or "0", None)
            step = self._number(_first(segment.header, "Delta_X") or "1", None)
            return [start + step * at for at in range(len(segment.rows))]
        first, *others = segment.clocks
        for line, cells in segment.rows:
            if any(_cell(cells, at) != _cell(cells, first) for at in others):
                raise DatasetError(
                    "gives each channel times of its own, which differ here",
                    where=location(self.path, line),
                    remedy="Write the file with one time column (X_Columns One), or a file for "
                    "each channel",
                )
        return [self._number(_cell(cells, first), line) for line, cells in segment.rows]

    def _number(self, cell: str, line: int | None) -> float:
        try:
            return float(cell.replace(self.decimal, "."))
        except ValueError:
            raise DatasetError(
                f"'{cell[:40]}' is not a time",
                where=location(self.path, line, _X),
                remedy="Correct the cell",
            ) from None


def _as_table(file: _File) -> tuple[bytes, tuple[DataNote, ...]]:
    """The file as a table between tabs, each row in the line where it is, and notes."""
    filled = [segment for segment in file.segments if segment.rows]
    lines: dict[int, list[str]] = {}
    comments = 0
    for number, segment in enumerate(filled, start=1):
        times = file.times(segment)
        for time, (line, cells) in zip(times, segment.rows, strict=True):
            shown = f"{time:.15g}".replace(".", file.decimal)
            mark = [str(number)] if file.restarts else []
            lines[line] = [*mark, shown, *(_cell(cells, at) for at in segment.channels)]
            place = segment.names.index(_COMMENT) if _COMMENT in segment.names else len(cells)
            comments += bool(_cell(cells, place))
    mark = [_SEGMENT] if file.restarts else []
    first = min(lines)
    lines[first - 1] = [*mark, _clock_name(filled[0], restarts=file.restarts), *filled[0].titles()]
    data = "\n".join("\t".join(lines.get(at, [])) for at in range(1, max(lines) + 1))
    notes: list[DataNote] = []
    if comments:
        notes.append(CommentsUnused(comments))
    if len(filled) > 1 and not file.restarts:
        notes.append(SegmentsJoined(len(filled)))
    return data.encode(), tuple(notes)


def _clock_name(segment: _Segment, *, restarts: bool) -> str:
    """The name of the column of times; in a long table they are found by the plain one."""
    dimension = _first(segment.header, "X_Dimension")
    if dimension.lower() not in _SECONDS:
        return dimension
    return "time" if restarts else "time [s]"


def _without_special(lines: Sequence[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of each line that is not blank or in a special block."""
    is_special = False
    for number, line in enumerate(lines, start=1):
        cells = line.split(separator)
        is_special = is_special or cells[0] == _START_SPECIAL
        if line.strip() and not is_special:
            yield number, cells
        is_special = is_special and cells[0] != _END_SPECIAL


def _header(
    path: Path, lines: Sequence[tuple[int, list[str]]], at: int
) -> tuple[dict[str, list[str]], int]:
    """The settings of a header, and the index of the line after it."""
    settings: dict[str, list[str]] = {}
    for index in range(at, len(lines)):
        key, *values = (cell.strip() for cell in lines[index][1])
        if key == _END_OF_HEADER:
            return settings, index + 1
        settings[key] = values
    raise DatasetError(
        f"has a header without its end, {_END_OF_HEADER}",
        where=location(path, lines[at][0] if at < len(lines) else None),
        remedy="Use a complete file",
    )


def _begins_header(cells: Sequence[str]) -> bool:
    """Whether a line begins the header of another segment."""
    return cells[0].strip() in _KEYS


def _first(header: dict[str, list[str]], key: str) -> str:
    return next(iter(header.get(key, [])), "")


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""


FORMAT = Format("lvm", "LabVIEW measurement", _SUFFIXES, recognises, read)
