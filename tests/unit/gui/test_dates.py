import numpy as np
import pytest

from studio.gui.viewstate.dates import date_ticks, date_words, moments


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
    found = moments(days(1500))
    assert found is not None
    assert date_words(found, date_ticks(found, low, high)) == words


def test_there_are_never_more_ticks_than_can_be_read() -> None:
    found = moments(days(40_000))
    assert found is not None
    assert 3 <= len(date_ticks(found, 0, 40_000)) <= 8


def test_hours_are_told_apart_by_their_time_of_day() -> None:
    hours = (np.datetime64("2016-07-01T00:00") + np.arange(10) * np.timedelta64(1, "h")).astype(str)
    found = moments(hours)
    assert found is not None
    assert date_words(found, [2, 3]) == ["2016-07-01 02", "2016-07-01 03"]


def test_stamps_in_another_form_have_no_dates() -> None:
    assert moments(np.array(["spring", "summer"])) is None


@pytest.mark.parametrize("stamp", ["2024-01-01 03:00 PM", "1/2/2024", "2024-13-01"])
def test_a_stamp_that_could_be_misread_has_no_date(stamp: str) -> None:
    assert moments(np.array([stamp])) is None


def test_stamps_that_name_their_zone_are_moments_by_greenwich_time() -> None:
    found = moments(np.array(["2024-01-01T03:00:00+02:00", "2024-01-01T04:00:00+02:00"]))
    assert found is not None
    assert [str(each) for each in found] == ["2024-01-01T01:00:00", "2024-01-01T02:00:00"]
