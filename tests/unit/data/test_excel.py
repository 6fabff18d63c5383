"""Excel workbooks: a sheet is read like a table from CSV."""

import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from unit.data.test_hostile_files import refused

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import SheetRead
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, Series, inspect, load
from studio.data.formats import excel

Sheets = dict[str, Sequence[Sequence[Any]]]
WAVE = [["level"], *([step % 7 / 2] for step in range(40))]


def write(path: Path, sheets: Sheets) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def repacked(path: Path, member: str, content: bytes) -> Path:
    """The workbook with another content of one of its files."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**members, member: content}.items():
            archive.writestr(name, data)
    return path


def sheet_of(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def test_dates_numbers_and_missing_values_are_those_of_the_sheet(tmp_path: Path) -> None:
    start = datetime(2024, 1, 1)  # noqa: DTZ001 - Excel's dates have no zone
    rows = [["date", "load [kW]", "wind"], *(
        [start + timedelta(hours=hour), hour / 4, None if hour == 3 else hour * 2]
        for hour in range(20)
    )]  # fmt: skip
    dataset = read(write(tmp_path / "power.xlsx", {"readings": rows}))
    assert isinstance(dataset, Series)
    assert [(column.name, column.unit, column.role) for column in dataset.columns] == [
        ("date", "", "time"), ("load", "kW", "target"), ("wind", "", "feature"),
    ]  # fmt: skip
    assert dataset.times is not None
    assert dataset.times[:2].tolist() == ["2024-01-01 00:00:00", "2024-01-01 01:00:00"]
    assert dataset.values[:, 0].tolist() == [index / 4 for index in range(20)]
    assert np.flatnonzero(np.isnan(dataset.values[:, 1])).tolist() == [3]
    assert dataset.columns[2].first_missing == "power.xlsx, line 5"
    assert dataset.notes[0] == SheetRead("readings")


def test_rows_with_labels_are_examples_as_in_any_table(tmp_path: Path) -> None:
    rows = [
        ["a", "b", "class"],
        *([index, index % 3, "odd" if index % 2 else "even"] for index in range(12)),
    ]
    dataset = read(write(tmp_path / "x.xlsx", {"one": rows}))
    assert isinstance(dataset, ExampleSet)
    assert inspect(dataset)["classes"] == {"even": 6, "odd": 6}


def test_first_sheet_is_read_unless_another_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"wave": WAVE, "other": [["v"], *([9] for _ in range(30))]})
    assert len(read(path)) == 40
    assert len(read(path, sheet="other")) == 30
    with pytest.raises(SpecError, match=r"no sheet 'third'.*Choose one of wave, other"):
        read(path, sheet="third")


def test_empty_rows_and_columns_around_a_table_do_not_matter(tmp_path: Path) -> None:
    shifted = [[], [], *([None, None, *row] for row in WAVE), [], [None]]
    dataset = read(write(tmp_path / "x.xlsx", {"wave": shifted}))
    assert isinstance(dataset, Series)
    assert dataset.values[:, 0].tolist() == [row[0] for row in WAVE[1:]]


def test_formula_errors_are_missing_values(tmp_path: Path) -> None:
    rows = [["a", "b"], *([index, index] for index in range(8)), ["#DIV/0!", 1], ["#N/A", 1]]
    dataset = read(write(tmp_path / "x.xlsx", {"one": rows}))
    assert [column.missing for column in dataset.columns] == [2, 0]


def test_empty_cell_of_a_single_column_is_missing(tmp_path: Path) -> None:
    rows = [["a"], [1.5], [None], [3], [None]]
    dataset = read(write(tmp_path / "x.xlsx", {"one": rows}))
    assert dataset.values[:, 0] == pytest.approx([1.5, np.nan, 3], nan_ok=True)


def test_without_openpyxl_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "x.xlsx", {"wave": WAVE})
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DatasetError, match=r"pip install 'gate-studio\[excel\]', or save.*CSV"):
        read(path)


def test_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"wave": WAVE}).rename(tmp_path / "download")
    assert len(read(path)) == 40


def test_sheet_that_unpacks_to_gigabytes_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 10_000_000)
    path = write(tmp_path / "x.xlsx", {"wave": WAVE})
    repacked(path, "xl/worksheets/sheet1.xml", bytes(30_000_000))
    refused(path, "unpacks to more than")


def test_row_that_claims_to_be_the_billionth_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_CELLS", 1_000_000)
    path = write(tmp_path / "x.xlsx", {"wave": WAVE})
    content = sheet_of('<row r="1000000000"><c r="A1"><v>1</v></c></row>')
    refused(repacked(path, "xl/worksheets/sheet1.xml", content), "too many to read")


def test_few_cells_that_span_a_vast_sheet_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_CELLS", 1_000_000)
    path = write(tmp_path / "x.xlsx", {"wave": WAVE})
    cells = "".join(
        f'<row r="{index}"><c r="XFD{index}"><v>1</v></c></row>' for index in range(1, 100)
    )
    content = sheet_of(cells)
    refused(repacked(path, "xl/worksheets/sheet1.xml", content), "rows of 16,384 columns, too many")


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    levels = "".join(
        f'<!ENTITY e{index} "{"".join(f"&e{index - 1};" for _ in range(10))}">'
        for index in range(1, 10)
    )
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]>'.encode()
    path = write(tmp_path / "x.xlsx", {"wave": WAVE})
    content = sheet_of('<row r="1"><c r="A1" t="str"><v>&e9;</v></c></row>')
    repacked(path, "xl/worksheets/sheet1.xml", bomb + content)
    refused(path, "is not a complete Excel workbook")


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml",
                                    "xl/styles.xml", "[Content_Types].xml"])  # fmt: skip
@pytest.mark.parametrize("content", [b"", b"<x", b"<x/>", b"\xff\xfe\0"])
def test_damaged_workbook_is_refused_or_has_no_table(
    tmp_path: Path, member: str, content: bytes
) -> None:
    path = repacked(write(tmp_path / "x.xlsx", {"wave": WAVE}), member, content)
    if member == "xl/styles.xml" and content == b"<x/>":
        assert len(read(path)) == 40
        return
    with pytest.raises(
        DatasetError, match=r"x\.xlsx: (is not a complete|has no sheet|holds only blank)"
    ):
        read(path)


def test_other_archive_is_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    refused(path, "is not a complete Excel workbook")
