"""Excel workbooks (.xlsx): a sheet as a table; needs the extra `excel`."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError, SpecError, UserError
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.reading import refuse_bomb
from studio.data.tables.columns import read_columns
from studio.data.tables.dialect import find_dialect
from studio.data.tables.layout import Table

MOST_CELLS = 10_000_000
_MOST_ROWS = 1_048_576  # of Excel itself; a file can number its rows at will
_SUFFIXES = (".xlsx", ".xlsm")
_ARCHIVE = b"PK\x03\x04"


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file is a ZIP archive that is named as a workbook or begins as one."""
    is_named = path.suffix.lower() in _SUFFIXES
    return is_named or (head.startswith(_ARCHIVE) and b"xl/workbook.xml" in head)


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a sheet, the first where none is named, as a table from CSV is read.

    Of formulas the values count that were saved with them.

    Raises:
        DatasetError: The library that reads workbooks is not installed, the file is damaged or
            unpacks to more than can be held, or the sheet is no table.
        SpecError: There is no sheet of that name.
    """
    name, data = _sheet(path, spec.sheet)
    as_written = spec.model_copy(update={"delimiter": ",", "decimal": "."})
    dialect = find_dialect(path, data, as_written)
    cells = read_columns(path, data, dialect)
    dataset = Table(path, cells, dialect.has_header, spec).dataset()
    return replace(dataset, notes=(f"the sheet '{name}' is read", *dataset.notes))


def _sheet(path: Path, wanted: str | None) -> tuple[str, bytes]:
    """The name of the sheet that is read, and its rows as CSV; line and row numbers are equal."""
    openpyxl = _library(path)
    _refuse_bomb(path)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and charts, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = _chosen(path, book.worksheets, wanted)
            return sheet.title, _as_csv(list(_rows(path, sheet)))
    except UserError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise anything
        raise _damaged(path) from None


def _library(path: Path) -> Any:  # noqa: ANN401 - openpyxl is untyped
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError:
        raise DatasetError(
            "is an Excel workbook, and openpyxl, which reads them, is not installed",
            where=path.name,
            remedy="Install it with: pip install 'gate-studio[excel]', or save the sheet as CSV",
        ) from None
    return openpyxl


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_bomb(sum(info.file_size for info in archive.infolist()), path)
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise _damaged(path) from None


def _chosen(path: Path, sheets: list[Any], wanted: str | None) -> Any:  # noqa: ANN401 - openpyxl
    if not sheets:
        raise DatasetError("holds no sheet", where=path.name, remedy="Give a workbook with one")
    if wanted is None:
        return sheets[0]
    for sheet in sheets:
        if sheet.title == wanted:
            return sheet
    listed = ", ".join(sheet.title for sheet in sheets[:20])
    raise SpecError(
        f"the workbook has no sheet '{wanted}'", where="sheet", remedy=f"Choose among {listed}"
    )


def _as_csv(rows: list[list[object]]) -> bytes:
    """Columns that hold something; an empty row is a gap where there is one column alone."""
    width = max(map(len, rows), default=0)
    used = [at for at in range(width) if any(at < len(row) and row[at] != "" for row in rows)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    last = max((number for number, row in enumerate(rows) if row), default=-1)
    has_begun = False
    for row in rows[: last + 1]:
        has_begun = has_begun or bool(row)
        if row or (has_begun and len(used) == 1):
            writer.writerow([row[at] if at < len(row) else "" for at in used])
        else:
            text.write("\n")
    return text.getvalue().encode("utf-8", "replace")


def _rows(path: Path, sheet: Any) -> Iterator[list[object]]:  # noqa: ANN401 - openpyxl
    """The cells of each row up to the last that holds something."""
    sheet.reset_dimensions()  # what a file claims of its size is not believed
    width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        width = max(width, len(row))
        if number > _MOST_ROWS or number * width > MOST_CELLS:
            raise DatasetError(
                f"has {number:,} rows of {width:,} columns and more, more than can be held",
                where=path.name,
                remedy="Give a part of it, or save it as CSV",
            )
        cells = [_plain(value) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        yield cells


def _plain(value: object) -> object:
    """A cell as a number or as text in one line."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    text = " ".join(str(value).split())
    return "" if text.startswith("#") and text.endswith(("!", "?", "#N/A")) else text


def _damaged(path: Path) -> DatasetError:
    return DatasetError(
        "is not a complete Excel workbook", where=path.name, remedy="Save it again, or as CSV"
    )


FORMAT = Format("excel", "Excel workbook", _SUFFIXES, recognises, read)
