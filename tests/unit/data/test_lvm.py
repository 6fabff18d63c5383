"""LabVIEW measurement files."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.notes import CommentsUnused, SegmentsJoined, SeveralSeries
from studio.data import Dataset, Series

Loader = Callable[..., Dataset]
STEPS = 40


def file_header(**settings: str) -> list[str]:
    chosen = {
        "Writer_Version": "2",
        "Reader_Version": "2",
        "Separator": "Tab",
        "Decimal_Separator": ".",
        "Multi_Headings": "Yes",
        "X_Columns": "One",
        "Time_Pref": "Relative",
        "Operator": "lab",
        "Date": "2024/05/02",
        "Time": "14:12:33.99",
        **settings,
    }
    pairs = [f"{key}\t{value}" for key, value in chosen.items()]
    return ["LabVIEW Measurement\t", *pairs, "***End_of_Header***\t", "\t"]


def segment(rows: list[str], names: str = "X_Value\tUntitled\tUntitled 1\tComment") -> list[str]:
    header = [
        "Channels\t2\t\t",
        f"Samples\t{len(rows)}\t{len(rows)}\t",
        "Date\t2024/05/02\t2024/05/02\t",
        "Time\t14:12:34\t14:12:34\t",
        "Y_Unit_Label\tVolts\tA\t",
        "X_Dimension\tTime\tTime\t",
        "X0\t0.0000000000000000E+0\t0.0000000000000000E+0\t",
        "Delta_X\t0.001000\t0.001000\t",
        "***End_of_Header***\t\t\t",
        names,
    ]
    return [*header, *rows]


def rows(first: float = 0.0, pattern: str = "{0:.6f}\t{1:.6f}\t{2:.6f}") -> list[str]:
    return [
        pattern.format(first + step / 1000, np.sin(step), np.cos(step)) for step in range(STEPS)
    ]


def load(load_text: Loader, lines: list[str], **settings: object) -> Series:
    dataset = load_text("\r\n".join([*lines, ""]), "run.lvm", **settings)
    assert isinstance(dataset, Series)
    return dataset


def test_channels_are_a_series_with_names_and_units(load_text: Loader) -> None:
    series = load(load_text, [*file_header(), *segment(rows())])
    assert [(column.name, column.unit) for column in series.channels] == [
        ("Untitled", "Volts"),
        ("Untitled 1", "A"),
    ]
    assert [column.name for column in series.columns if column.role == "time"] == ["time"]
    np.testing.assert_allclose(series.values[:, 0], np.sin(np.arange(STEPS)), atol=1e-6)
    assert not any(decision.is_set for decision in series.decisions)


def test_decimal_commas_of_the_header_are_heeded(load_text: Loader) -> None:
    written = [line.replace(".", ",") for line in rows()]
    lines = [*file_header(Decimal_Separator=","), *segment(written)]
    lines = [line.replace("0.001000", "0,001000").replace("E+0", "") for line in lines]
    series = load(load_text, lines)
    np.testing.assert_allclose(series.values[:, 1], np.cos(np.arange(STEPS)), atol=1e-6)


def test_times_are_made_from_start_and_step_where_there_is_no_time_column(
    load_text: Loader,
) -> None:
    lines = [*file_header(X_Columns="No"), *segment(rows(pattern="\t{1:.6f}\t{2:.6f}"))]
    series = load(load_text, lines)
    assert len(series.channels) == 2
    assert series.times is not None
    np.testing.assert_allclose(series.times.astype(float), np.arange(STEPS) / 1000)


def test_segments_whose_times_continue_are_one_series_and_a_note_says_so(
    load_text: Loader,
) -> None:
    lines = [*file_header(), *segment(rows()), "", *segment(rows(first=0.04))]
    series = load(load_text, lines)
    assert len(series) == 2 * STEPS
    assert series.lengths is None
    assert SegmentsJoined(2) in series.notes


def test_segments_whose_times_start_again_are_several_series(load_text: Loader) -> None:
    lines = [*file_header(), *segment(rows()), *segment(rows())]
    series = load(load_text, lines)
    assert series.lengths is not None
    assert series.lengths.tolist() == [STEPS, STEPS]
    assert SeveralSeries(2) in series.notes
    assert series.series_names == ("1", "2")
    assert [column.role for column in series.columns] == ["id", "time", "feature", "target"]
    assert not any(decision.is_set for decision in series.decisions)


def test_segments_without_headings_go_on_below_the_names(load_text: Loader) -> None:
    lines = [*file_header(Multi_Headings="No"), *segment([*rows(), *rows(first=0.04)])]
    assert len(load(load_text, lines)) == 2 * STEPS


def test_comments_are_left_out_and_told(load_text: Loader) -> None:
    written = rows()
    written[3] += "\tdoor opened"
    series = load(load_text, [*file_header(), *segment(written)])
    assert CommentsUnused(1) in series.notes
    assert len(series.channels) == 2


def test_special_blocks_are_passed_over(load_text: Loader) -> None:
    special = ["***Start_Special***\t", "RowData\t9\t9", "***End_Special***\t"]
    series = load(load_text, [*file_header(), *special, *segment(rows())])
    assert len(series) == STEPS


def test_channels_with_equal_times_of_their_own_are_read(load_text: Loader) -> None:
    names = "X_Value\tUntitled\tX_Value\tUntitled 1\tComment"
    pattern = "{0:.6f}\t{1:.6f}\t{0:.6f}\t{2:.6f}"
    lines = [*file_header(X_Columns="Multi"), *segment(rows(pattern=pattern), names)]
    series = load(load_text, lines)
    np.testing.assert_allclose(series.values[:, 1], np.cos(np.arange(STEPS)), atol=1e-6)


def test_channels_with_other_times_are_refused(load_text: Loader) -> None:
    names = "X_Value\tUntitled\tX_Value\tUntitled 1\tComment"
    written = rows(pattern="{0:.6f}\t{1:.6f}\t{0:.7f}\t{2:.6f}")
    with pytest.raises(DatasetError, match=r"line 24.*times of its own, which differ here"):
        load(load_text, [*file_header(X_Columns="Multi"), *segment(written, names)])


def test_segment_with_other_channels_is_refused(load_text: Loader) -> None:
    other = segment(rows(), "X_Value\tForce\tUntitled 1\tComment")
    with pytest.raises(DatasetError, match=r"segment 2 has other channels than the first \(Force"):
        load(load_text, [*file_header(), *segment(rows()), *other])


def test_header_without_an_end_is_refused(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"line 1: has a header without its end"):
        load(load_text, file_header()[:5])


def test_file_without_rows_is_refused(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="has a header but no rows"):
        load(load_text, [*file_header(), *segment([])])


def test_cell_that_is_no_time_is_named_with_its_line(load_text: Loader) -> None:
    written = rows()
    written[2] = "x\t1\t2"
    with pytest.raises(
        DatasetError, match=r"run.lvm, line 26, column 'X_Value': 'x' is not a time"
    ):
        load(load_text, [*file_header(), *segment(written)])
