"""ARFF, the format of Weka: a table, or the relational form of the UEA archive."""

import io as text_io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.formats.format import Format
from studio.data.labels import classes_of_text
from studio.data.reading import LONGEST_LINE, line_too_long, read_text
from studio.data.tables.columns import Cells
from studio.data.tables.layout import Table


def recognises(path: Path, head: bytes) -> bool:
    """Whether a header line of the format is in the first bytes, or the name ends in .arff."""
    lines = [line.strip().lower() for line in head.splitlines()[:200]]
    declares = any(line.startswith(b"@attribute") for line in lines)
    return declares or path.suffix.lower() == ".arff"


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table whose last class attribute is the label, or sequences of several channels.

    Raises:
        DatasetError: The file does not follow the format.
    """
    from scipy.io import arff  # noqa: PLC0415 - slow to import

    text = read_text(path, spec.encoding)
    if any(len(line) > LONGEST_LINE for line in text.data.split(b"\n")):
        raise line_too_long(path)
    try:
        rows, meta = arff.loadarff(text_io.StringIO(text.data.decode()))
        kinds = dict(zip(meta.names(), meta.types(), strict=True))
    except Exception as error:  # noqa: BLE001 - scipy raises whatever a damaged file leads to
        raise _damaged(path, error) from None
    if not len(rows):
        raise DatasetError("has no rows", where=path.name, remedy="Give a file that holds data")
    if "relational" in kinds.values():
        return _relational(path, rows, kinds)
    first_is_label = False
    cells = tuple(_cells(path, name, kind, rows[name]) for name, kind in kinds.items())
    return Table(path, cells, True, spec, first_is_label).dataset()  # noqa: FBT003 - named


def _damaged(path: Path, error: Exception) -> DatasetError:
    reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return DatasetError(
        f"does not follow the ARFF format ({reason})",
        where=path.name,
        remedy="Correct it, or export it as CSV",
    )


def _cells(path: Path, name: str, kind: str, raw: NDArray[Any]) -> Cells:
    if kind in {"numeric", "integer", "real"}:
        numbers = np.asarray(raw, dtype=np.float64)
        absent = np.isnan(numbers)
        return Cells(name, "number", numbers, int(absent.sum()), _first(path, absent))
    texts = np.array([_text(cell) for cell in raw.tolist()], dtype=object)
    absent = texts == ""
    kind_of = "date" if kind == "date" else "text"
    return Cells(name, kind_of, texts, int(absent.sum()), _first(path, absent))  # type: ignore[arg-type]


def _first(path: Path, absent: NDArray[np.bool_]) -> str:
    return f"{path.name}, row {int(absent.argmax()) + 1}" if absent.any() else ""


def _text(cell: object) -> str:
    text = cell.decode() if isinstance(cell, bytes) else str(cell)
    return "" if text == "?" else text.strip().strip("'\"")


def _relational(path: Path, rows: NDArray[Any], kinds: dict[str, str]) -> ExampleSet:
    [relation, *more] = [name for name, kind in kinds.items() if kind == "relational"]
    labels = [name for name, kind in kinds.items() if kind == "nominal"]
    if more or not labels:
        raise DatasetError(
            "has several relational attributes, or no class",
            where=path.name,
            remedy="Give one relational attribute and a class",
        )
    sequences = list(_sequences(rows[relation]))
    values = np.concatenate(sequences)
    names, found = classes_of_text(np.array([_text(cell) for cell in rows[labels[-1]].tolist()]))
    channels = tuple(_channel(path, at, values[:, at]) for at in range(values.shape[1]))
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

    Shorter sequences are filled up with ? behind their ends.
    """
    for cell in cells:
        steps = np.array([list(record) for record in cell], dtype=np.float64).T
        given = np.flatnonzero(~np.isnan(steps).all(axis=1))
        yield steps[: given[-1] + 1] if len(given) else steps[:1]


def _channel(path: Path, at: int, values: Doubles) -> Column:
    missing = int(np.isnan(values).sum())
    return Column(f"channel {at + 1}", "feature", missing=missing,
                  first_missing=path.name if missing else "")  # fmt: skip


FORMAT = Format("arff", "ARFF (Weka)", (".arff",), recognises, read)
