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

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError, UserError
from studio.core.notes import SheetRead
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.sheets import choose_sheet, rows_above
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.formats.format import Format
from studio.data.tables.delimited import read_columns
from studio.data.tables.dialect import find_dialect, without_repeated_headers
from studio.data.tables.layout import Table

MOST_CELLS = 10_000_000
_MOST_ROWS = 1_048_576  # of Excel itself; a file can number its rows at will
_SUFFIXES = (".xlsx", ".xlsm")
_SAMPLED = 200
_NOT_OF_SHEETS = frozenset({"sheet", "skip_rows", "delimiter", "decimal", "encoding"})
_ARCHIVE = b"PK\x03\x04"


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has the suffix or the content of a workbook."""
    is_named = path.suffix.lower() in _SUFFIXES
    return is_named or (head.startswith(_ARCHIVE) and b"xl/workbook.xml" in head)


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a sheet, by default the first that holds a table, like a table from CSV.

    Titles above the table are skipped. Formulas are read as the values saved with them.

    Raises:
        DatasetError: openpyxl is not installed, the file is damaged or too large, or the sheet
            is not a table.
        SpecError: There is no sheet with this name.
    """
    sheet, rows = _sheet(path, spec.sheet)
    above = rows_above(rows) if spec.skip_rows is None else set_by_user("skip_rows", spec.skip_rows)
    skipped = 0 if above is None else int(above.value)
    data = _as_csv([[] if at < skipped else row for at, row in enumerate(rows)])
    as_written = spec.model_copy(update={"delimiter": ",", "decimal": ".", "skip_rows": None})
    dialect = find_dialect(path, data, as_written)
    data, dialect, repeated = without_repeated_headers(path, data, dialect)
    cells = read_columns(path, data, dialect, as_written)
    table = Table(path, cells, dialect.has_header, as_written, decisions=dialect.decisions)
    dataset = table.dataset()
    own = (sheet,) if above is None else (sheet, above)
    others = (each for each in dataset.decisions if each.name not in _NOT_OF_SHEETS)
    return replace(
        dataset,
        notes=(SheetRead(sheet.value), *repeated, *dataset.notes),
        decisions=(*own, *others),
    )


def _sheet(path: Path, wanted: str | None) -> tuple[ReadingDecision, list[list[object]]]:
    """Which sheet is read and why, and its rows."""
    openpyxl = _library(path)
    _refuse_bomb(path)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and charts, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = {sheet.title: sheet for sheet in book.worksheets}
            decision = _chosen(path, sheets, wanted)
            return decision, list(_rows(path, sheets[decision.value]))
    except UserError:
        raise
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise anything
        raise _damaged(path) from None


def _library(path: Path) -> Any:  # noqa: ANN401 - openpyxl is untyped
    try:
        import openpyxl  # an extra
    except ImportError:
        raise DatasetError(
            "is an Excel workbook, but openpyxl, which reads them, is not installed",
            where=path.name,
            remedy="Install it with: pip install 'gate-studio[excel]', or save the sheet as CSV",
        ) from None
    return openpyxl


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_decompression_bomb(sum(info.file_size for info in archive.infolist()), path)
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        raise _damaged(path) from None


def _chosen(path: Path, sheets: dict[str, Any], wanted: str | None) -> ReadingDecision:
    if not sheets:
        raise DatasetError("has no sheet", where=path.name, remedy="Choose a workbook with a sheet")
    if wanted is None:
        sampled = _SAMPLED if len(sheets) > 1 else 1
        return choose_sheet(
            {name: list(_rows(path, sheet, sampled)) for name, sheet in sheets.items()}
        )
    if wanted in sheets:
        return set_by_user("sheet", wanted)
    listed = ", ".join(list(sheets)[:20])
    raise SpecError(
        f"the workbook has no sheet '{wanted}'", where="sheet", remedy=f"Choose one of {listed}"
    )


def _as_csv(rows: list[list[object]]) -> bytes:
    """The columns that are not empty; in a single column an empty row is a missing value."""
    width = max(map(len, rows), default=0)
    used = [
        index
        for index in range(width)
        if any(index < len(row) and row[index] != "" for row in rows)
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    last = max((number for number, row in enumerate(rows) if row), default=-1)
    has_begun = False
    for row in rows[: last + 1]:
        has_begun = has_begun or bool(row)
        if row or (has_begun and len(used) == 1):
            writer.writerow([row[index] if index < len(row) else "" for index in used])
        else:
            text.write("\n")
    return text.getvalue().encode("utf-8", "replace")


def _rows(path: Path, sheet: Any, most: int | None = None) -> Iterator[list[object]]:  # noqa: ANN401 - openpyxl
    """The cells of each row, up to the last that is not empty; of all rows or the first ones."""
    sheet.reset_dimensions()  # the size that a file claims is not trusted
    width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=most), start=1):
        width = max(width, len(row))
        if number > _MOST_ROWS or number * width > MOST_CELLS:
            raise DatasetError(
                f"has at least {number:,} rows of {width:,} columns, too many to read",
                where=path.name,
                remedy="Use a part of it, or save it as CSV",
            )
        cells = [_plain(value) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        yield cells


def _plain(value: object) -> object:
    """A cell as a number or as text on one line."""
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
