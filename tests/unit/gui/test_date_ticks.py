import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.plot import PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke
from studio.gui.view.date_ticks import date_labels, date_ticks, parse_axis_dates


def days(count: int, start: str = "1981-01-01") -> np.ndarray:
    return (np.datetime64(start) + np.arange(count)).astype(str)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.5, 1500, ["1982", "1983", "1984", "1985"]),
        (0, 120, ["1981-02", "1981-03", "1981-04", "1981-05"]),
        (3, 6.5, ["1981-01-05", "1981-01-06", "1981-01-07"]),
    ],
)
def test_ticks_stand_where_years_months_or_days_begin(
    low: float, high: float, words: list[str]
) -> None:
    found = parse_axis_dates(days(1500))
    assert found is not None
    assert date_labels(found, date_ticks(found, low, high)) == words


def test_there_are_never_more_ticks_than_can_be_read() -> None:
    found = parse_axis_dates(days(40_000))
    assert found is not None
    assert 3 <= len(date_ticks(found, 0, 40_000)) <= 8


def test_hours_are_labelled_with_the_time_of_day() -> None:
    hours = (np.datetime64("2016-07-01T00:00") + np.arange(10) * np.timedelta64(1, "h")).astype(str)
    found = parse_axis_dates(hours)
    assert found is not None
    assert date_labels(found, [2, 3]) == ["2016-07-01 02", "2016-07-01 03"]


def test_stamps_in_another_form_have_no_dates() -> None:
    assert parse_axis_dates(np.array(["spring", "summer"])) is None


@pytest.mark.parametrize("stamp", ["2024-01-01 03:00 PM", "1/2/2024", "2024-13-01"])
def test_a_stamp_that_could_be_misread_has_no_date(stamp: str) -> None:
    assert parse_axis_dates(np.array([stamp])) is None


def test_time_stamps_with_a_zone_are_converted_to_utc() -> None:
    found = parse_axis_dates(np.array(["2024-01-01T03:00:00+02:00", "2024-01-01T04:00:00+02:00"]))
    assert found is not None
    assert [str(each) for each in found] == ["2024-01-01T01:00:00", "2024-01-01T02:00:00"]


def test_the_data_of_a_plot_over_dates_has_the_time_stamp_of_each_step(qtbot: QtBot) -> None:
    plot = DatedPlot(Appearance(), "Series", "time", "level")
    qtbot.addWidget(plot)
    plot.show_times(days(4))
    stroke = Stroke("#000000", SOLID, "o")
    plot.show_curves([PlotCurve("level", np.array([0.0, 2.0]), np.array([5.0, 6.0]), stroke)])
    head, first, last = plot.table()
    assert head[:4] == ["curve", "step", "time", "level"]
    assert first[:4] == ["level", "0", "1981-01-01", "5"]
    assert last[:4] == ["level", "2", "1981-01-03", "6"]
    plot.show_times(None)
    assert plot.table()[0][:3] == ["curve", "time", "level"]
