"""Workbooks: the sheet with the table, titles above it, and dates as ISO text."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from studio.core.decisions import ReadingDecision
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, Series, inspect, load

START = datetime(2024, 1, 1)  # noqa: DTZ001 - Excel's dates have no zone
TABLE = [["date", "load", "wind"], *(
    [START + timedelta(hours=hour), hour / 4, hour % 5] for hour in range(30)
)]  # fmt: skip
NOTES = [["Readings of the plant"], [], ["Made by", "somebody"], ["Made on", date(2024, 2, 1)]]


def write(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
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


def decided(dataset: Dataset, name: str) -> ReadingDecision:
    [decision] = [each for each in dataset.decisions if each.name == name]
    return decision


def test_sheet_of_notes_is_passed_over_for_the_sheet_with_the_table(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"about": NOTES, "readings": TABLE, "Sheet3": []})
    dataset = read(path)
    assert len(dataset) == 30
    sheet = decided(dataset, "sheet")
    assert sheet.value == "readings"
    assert not sheet.is_doubtful
    assert "'about' before it holds none" in sheet.evidence
    assert sheet.alternatives == ("about",)


def test_first_of_several_tables_is_doubtful_and_another_can_be_set(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", {"2023": TABLE, "2024": TABLE[:20]})
    sheet = decided(read(path), "sheet")
    assert (sheet.value, sheet.alternatives, sheet.is_doubtful) == ("2023", ("2024",), True)
    dataset = read(path, sheet="2024")
    assert len(dataset) == 19
    assert decided(dataset, "sheet") == ReadingDecision(
        "sheet", "2024", 1.0, "set by you", is_set=True
    )


def test_single_sheet_is_certain(tmp_path: Path) -> None:
    assert decided(read(write(tmp_path / "x.xlsx", {"a": TABLE})), "sheet").sure == 1


def test_titles_above_the_table_are_skipped_and_told(tmp_path: Path) -> None:
    titles = [["Report for January"], ["Station", "north"], []]
    dataset = read(write(tmp_path / "x.xlsx", {"a": [*titles, *TABLE]}))
    assert isinstance(dataset, Series)
    assert [column.name for column in dataset.columns] == ["date", "load", "wind"]
    assert len(dataset) == 30
    skipped = decided(dataset, "skip_rows")
    assert (skipped.value, skipped.alternatives) == ("3", ("0",))
    assert "'Report for January'" in skipped.evidence


def test_title_beside_an_indented_table_leaves_no_empty_column(tmp_path: Path) -> None:
    rows = [["Report"], *([None, *row] for row in TABLE)]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}))
    assert [column.name for column in dataset.columns] == ["date", "load", "wind"]


def test_header_without_a_name_over_the_first_column_is_no_title(tmp_path: Path) -> None:
    rows = [[None, "load", "wind"], *TABLE[1:]]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}))
    assert [column.name for column in dataset.columns][1:] == ["load", "wind"]
    assert not [each for each in dataset.decisions if each.name == "skip_rows"]


def test_rows_to_skip_can_be_set(tmp_path: Path) -> None:
    rows = [["old", "load", "wind"], *TABLE]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}), skip_rows=1)
    assert len(dataset) == 30
    assert decided(dataset, "skip_rows").is_set


def test_title_above_a_single_column_is_doubtful(tmp_path: Path) -> None:
    rows = [["Level of the lake"], ["level"], *([step % 7 / 2] for step in range(40))]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}))
    assert len(dataset) == 40
    assert dataset.columns[0].name == "level"
    assert decided(dataset, "skip_rows").is_doubtful


def test_sheet_of_labelled_texts_is_a_table(tmp_path: Path) -> None:
    rows = [["text", "label"], *([f"a film number {at}", "ab"[at % 2]] for at in range(12))]
    path = write(tmp_path / "x.xlsx", {"about": [["Films"], ["by somebody"]], "films": rows})
    assert inspect(read(path))["classes"] == {"a": 6, "b": 6}


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        ([START + timedelta(minutes=15 * at) for at in range(9)], "2024-01-01 00:00:00"),
        ([date(2024, 1, 1 + at) for at in range(9)], "2024-01-01 00:00:00"),
    ],
)
def test_dates_are_iso_text(tmp_path: Path, cells: list[Any], first: str) -> None:
    rows = [["when", "v"], *([cell, at] for at, cell in enumerate(cells))]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}))
    assert isinstance(dataset, Series)
    assert dataset.times is not None
    assert dataset.times[0] == first


def test_times_of_day_are_told_if_they_are_not_used(tmp_path: Path) -> None:
    rows = [["v", "at"], *([at, time(at)] for at in range(20))]
    dataset = read(write(tmp_path / "x.xlsx", {"a": rows}))
    assert [column.role for column in dataset.columns] == ["target", "ignored"]
    assert "'at' is not used" in " ".join(inspect(dataset)["notes"])
