"""ARFF, Weka's format: a table, or the relational form of the UEA archive."""

import io as text_io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.files.text_files import LONGEST_LINE, line_too_long, location, read_text
from studio.data.formats.format import Format
from studio.data.tables.delimited import Cells
from studio.data.tables.layout import Table
from studio.data.transform.labels import classes_of_text

_ATTRIBUTE = re.compile(
    r"""@attribute\s+(?P<name>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)\s+(?P<kind>.+)""",
    re.IGNORECASE,
)
_DATE = re.compile(r"date\b\s*(?P<format>.*)", re.IGNORECASE)
_NOMINAL = re.compile(r"""\{(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^'"}])*\}""")
_WEKA_DATE = "yyyy-MM-dd'T'HH:mm:ss"
_PARTS_OF_DATES = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "dd": "%d",
    "d": "%d", "HH": "%H", "H": "%H", "hh": "%I", "h": "%I", "mm": "%M", "m": "%M", "ss": "%S",
    "s": "%S", "SSS": "%f", "a": "%p", "EEE": "%a", "EEEE": "%A", "Z": "%z", "XXX": "%z",
}  # fmt: skip
_LETTERS = re.compile(r"'([^']*)'|([A-Za-z])\2*")


def recognises(path: Path, head: bytes) -> bool:
    """Whether a header line of the format is in the first bytes, or the name ends in .arff."""
    lines = [line.strip().lower() for line in head.splitlines()[:200]]
    declares = any(line.startswith(b"@attribute") for line in lines)
    return declares or path.suffix.lower() == ".arff"


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table whose last class attribute is the label, or sequences of several channels.

    Rows may be sparse; texts and names are quoted only where they have to be.

    Raises:
        DatasetError: The file does not follow the format; the message names the line.
    """
    text = read_text(path, spec.encoding)
    if any(len(line) > LONGEST_LINE for line in text.data.split(b"\n")):
        raise line_too_long(path)
    lines = text.lines
    header = _Header(path, lines)
    if header.is_relational:
        return _relational(path, text.data.decode())
    rows, kinds = _rows(path, header.lines_for_library + lines[header.end :])
    cells = tuple(
        _cells(path, name, kind, [row[index] for row in rows], header.dates.get(index))
        for index, (name, kind) in enumerate(kinds)
    )
    dataset = Table(path, cells, True, spec).dataset()  # noqa: FBT003 - it has a header
    decisions = (*_decisions(header), *dataset.decisions)
    return replace(dataset, notes=(*text.notes, *dataset.notes), decisions=decisions)


class _Header:
    """The declarations above @data, in the words that liac-arff knows.

    It knows no dates, wants blanks instead of tabs, and cuts off the fractions of integers.
    """

    def __init__(self, path: Path, lines: Sequence[str]) -> None:
        self.lines_for_library: list[str] = []
        self.dates: dict[int, str] = {}
        self.names: list[str] = []
        self.is_relational = False
        self.end = len(lines)
        for number, line in enumerate(lines, start=1):
            self.lines_for_library.append(self._translated(path, number, line.strip()))
            if line.strip().lower().startswith("@data"):
                self.end = number
                break

    def _translated(self, path: Path, number: int, line: str) -> str:
        match = _ATTRIBUTE.fullmatch(line)
        if match is None:
            return re.sub(r"^(@\w+)\s+", r"\1 ", line)
        name, kind = match["name"], _kind(match["kind"].strip())
        date = _DATE.fullmatch(kind)
        if kind.lower().startswith("relational"):
            self.is_relational = True
        if date:
            written = date["format"].strip().strip("\"'") or _WEKA_DATE
            self.dates[len(self.names)] = _strptime_format(path, number, written)
            kind = "string"
        elif kind.split()[0].lower() in {"numeric", "real", "integer"}:
            kind = "numeric"
        self.names.append(name.strip("\"'"))
        return f"@attribute {name} {kind}"


def _kind(declared: str) -> str:
    """The type of an attribute without a comment behind it, as Weka's own reader takes it."""
    nominal = _NOMINAL.match(declared)
    if nominal:
        return nominal[0]
    kind = declared.split("%", maxsplit=1)[0].strip() or "string"
    if "," in kind:  # as openSMILE declares classes
        return f"{{{kind}}}"
    return "string" if kind.lower() == "unknown" else kind


def _decisions(header: _Header) -> Iterator[ReadingDecision]:
    """The format of dates, which the file declares."""
    for index, used in header.dates.items():
        evidence = f"the attribute {header.names[index]} declares it"
        yield ReadingDecision("dates", used, 1.0, evidence)


def _strptime_format(path: Path, number: int, pattern: str) -> str:
    """Java's pattern of a date as that of strptime."""
    parts = []
    end = 0
    for match in _LETTERS.finditer(pattern):
        parts.append(pattern[end : match.start()].replace("%", "%%"))
        end = match.end()
        quoted = match[1]
        if quoted is None and match[0] not in _PARTS_OF_DATES:
            raise DatasetError(
                f"declares dates as '{pattern}', of which '{match[0]}' is not known",
                where=location(path, number),
                remedy="Declare the attribute as string, or write its dates as yyyy-MM-dd HH:mm:ss",
            )
        parts.append(_PARTS_OF_DATES[match[0]] if quoted is None else quoted)
    return "".join((*parts, pattern[end:]))


def _rows(path: Path, lines: list[str]) -> tuple[list[list[Any]], list[tuple[str, Any]]]:
    """The rows of values, and the name and kind of each attribute."""
    import arff

    try:
        found = arff.loads(lines)
    except Exception as error:  # noqa: BLE001 - a damaged file raises more than ArffException
        raise _damaged(path, error) from None
    if not found["data"]:
        raise DatasetError("has no rows", where=path.name, remedy="Choose a file that holds data")
    return found["data"], found["attributes"]


def _damaged(path: Path, error: Exception) -> DatasetError:
    line = getattr(error, "line", None)
    reason = re.sub(r",? (at|in) line -?\d+\.?(?=$|:)", "", _said(error))[:120]
    return DatasetError(
        f"does not follow the ARFF format ({reason})",
        where=location(path, line if isinstance(line, int) and line > 0 else None),
        remedy="Correct it, or export it as CSV",
    )


def _said(error: Exception) -> str:
    try:
        text = str(error)
    except (TypeError, ValueError):  # liac-arff takes a % of the file for its own
        text = ""
    return text.splitlines()[0] if text else type(error).__name__


def _cells(path: Path, name: str, kind: Any, column: list[Any], date: str | None) -> Cells:  # noqa: ANN401
    if date is not None:
        texts = [_iso(path, name, row, cell, date) for row, cell in enumerate(column, start=1)]
        return _as_cells(path, name, texts, "date")
    if isinstance(kind, str) and kind != "STRING":
        numbers = np.array([np.nan if cell is None else cell for cell in column], dtype=np.float64)
        if np.isinf(numbers).any():
            row = int(np.isinf(numbers).argmax()) + 1
            raise DatasetError(
                "holds an infinite value", where=f"{path.name}, row {row}, column '{name}'",
                remedy="Correct the cell, or write ? for a missing value",
            )  # fmt: skip
        absent = np.isnan(numbers)
        return Cells(name, "number", numbers, int(absent.sum()), _first(path, absent))
    return _as_cells(path, name, ["" if cell is None else str(cell).strip() for cell in column])


def _as_cells(path: Path, name: str, texts: list[str], kind: str = "text") -> Cells:
    values = np.array(texts, dtype=object)
    absent = np.asarray(values == "", dtype=np.bool_)
    if absent.all():
        empty = np.full(len(values), np.nan)
        return Cells(name, "empty", empty, len(values), _first(path, absent))
    return Cells(name, "date" if kind == "date" else "text", values, int(absent.sum()),
                 _first(path, absent))  # fmt: skip


def _iso(path: Path, name: str, row: int, cell: str | None, date: str) -> str:
    if cell is None:
        return ""
    try:
        return datetime.strptime(cell.strip(), date).isoformat(" ")  # noqa: DTZ007 - as declared
    except ValueError:
        raise DatasetError(
            f"'{cell[:40]}' is not a date as {date}",
            where=f"{path.name}, row {row}, column '{name}'",
            remedy="Correct the cell, or the format that the attribute declares",
        ) from None


def _first(path: Path, absent: NDArray[np.bool_]) -> str:
    return f"{path.name}, row {int(absent.argmax()) + 1}" if absent.any() else ""


def _text(cell: object) -> str:
    text = cell.decode() if isinstance(cell, bytes) else str(cell)
    return "" if text == "?" else text.strip().strip("'\"")


def _relational(path: Path, text: str) -> ExampleSet:
    from scipy.io import arff

    try:
        rows, meta = arff.loadarff(text_io.StringIO(text))
        kinds = dict(zip(meta.names(), meta.types(), strict=True))
    except Exception as error:  # noqa: BLE001 - scipy raises whatever a damaged file leads to
        raise _damaged(path, error) from None
    if not len(rows):
        raise DatasetError("has no rows", where=path.name, remedy="Choose a file that holds data")
    return _sequence_set(path, rows, kinds)


def _sequence_set(path: Path, rows: NDArray[Any], kinds: dict[str, str]) -> ExampleSet:
    [relation, *more] = [name for name, kind in kinds.items() if kind == "relational"]
    labels = [name for name, kind in kinds.items() if kind == "nominal"]
    if more or not labels:
        raise DatasetError(
            "has several relational attributes, or no class",
            where=path.name,
            remedy="Use one relational attribute and a class",
        )
    sequences = list(_sequences(rows[relation]))
    values = np.concatenate(sequences)
    names, found = classes_of_text(np.array([_text(cell) for cell in rows[labels[-1]].tolist()]))
    channels = tuple(_channel(path, index, values[:, index]) for index in range(values.shape[1]))
    return ExampleSet(
        name=path.stem,
        source=path.name,
        columns=(*channels, Column(labels[-1], "label", "text", missing=int(np.sum(names < 0)))),
        channels=channels,
        values=values,
        lengths=np.array([len(each) for each in sequences], dtype=np.int64),
        labels=names,
        class_names=found,
    )


def _sequences(cells: NDArray[Any]) -> Iterator[Doubles]:
    """Each cell holds a record for each channel, and a field for each step.

    Shorter sequences are padded with ? at the end.
    """
    for cell in cells:
        steps = np.array([list(record) for record in cell], dtype=np.float64).T
        given = np.flatnonzero(~np.isnan(steps).all(axis=1))
        yield steps[: given[-1] + 1] if len(given) else steps[:1]


def _channel(path: Path, index: int, values: Doubles) -> Column:
    missing = int(np.isnan(values).sum())
    return Column(f"channel {index + 1}", "feature", missing=missing,
                  first_missing=path.name if missing else "")  # fmt: skip


FORMAT = Format("arff", "ARFF (Weka)", (".arff",), recognises, read)
