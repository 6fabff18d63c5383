"""Tables of columns as CSV, Parquet or JSON lines, by the file's ending."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import ExportError
from studio.core.foreign_text import csv_text
from studio.export.staging import staged

Columns = Mapping[str, NDArray[Any]]
_AT_ONCE = 65_536


def write_columns(columns: Columns, out: Path) -> None:
    """Writes a table; the ending .csv, .parquet or .jsonl chooses the format.

    Missing and unbounded numbers are empty cells in CSV and null in the others.

    Args:
        columns: Numbers or texts of equal length by name.
        out: The file.

    Raises:
        ExportError: The ending is none of these, or the file cannot be written.
    """
    write = writer_of(out)
    with staged(out) as folder:
        write(columns, Path(folder, out.name))


def writer_of(out: Path) -> Callable[[Columns, Path], None]:
    """What writes a file of that ending.

    Raises:
        ExportError: There is no such format.
    """
    writers = {".csv": _write_csv, ".parquet": _write_parquet, ".jsonl": _write_lines}
    if out.suffix.lower() not in writers:
        raise ExportError(
            f"has the ending '{out.suffix}', which is no format for predictions",
            where=str(out),
            remedy="Choose a name that ends in .csv, .parquet or .jsonl",
        )
    return writers[out.suffix.lower()]


def _write_csv(columns: Columns, out: Path) -> None:
    count = len(next(iter(columns.values()), np.empty(0)))
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_text([list(columns)]))
        for first in range(0, count, _AT_ONCE):
            cells = [_texts(values[first : first + _AT_ONCE]) for values in columns.values()]
            file.write(csv_text(zip(*cells, strict=True)))


def _texts(values: NDArray[Any]) -> list[str]:
    if values.dtype.kind == "f":
        return [f"{value:.9g}" if np.isfinite(value) else "" for value in values.tolist()]
    return [str(value) for value in values.tolist()]


def _write_parquet(columns: Columns, out: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    arrays = {
        name: pa.array(values.tolist() if values.dtype.kind not in "fi" else values,
                       mask=~np.isfinite(values) if values.dtype.kind == "f" else None)
        for name, values in columns.items()
    }  # fmt: skip
    parquet.write_table(pa.table(arrays), out)


def _write_lines(columns: Columns, out: Path) -> None:
    plain = [
        [value if value == value and abs(value) != np.inf else None for value in values.tolist()]  # noqa: PLR0124 - NaN
        if values.dtype.kind == "f"
        else values.tolist()
        for values in columns.values()
    ]
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for row in zip(*plain, strict=True):
            file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
