"""Dates that a series lacks."""

from collections.abc import Callable

import numpy as np
import pytest
from support import shared_file

from studio.core.datasets import FileDataset
from studio.data import Dataset, inspect, load
from studio.data.missing_steps import MissingSteps, missing_steps

Loader = Callable[..., Dataset]


def dated(dates: list[str]) -> str:
    return "\n".join(["date,load", *(f"{date},{at % 7}" for at, date in enumerate(dates))]) + "\n"


def days(count: int, step: str = "D", start: str = "2023-12-30") -> list[str]:
    moments = np.datetime64(start) + np.arange(count).astype(f"timedelta64[{step}]")
    return [str(moment).replace("T", " ") for moment in moments]


def test_days_that_a_daily_series_lacks_are_counted_and_told(load_text: Loader) -> None:
    dates = days(400)
    dataset = load_text(dated(dates[:50] + dates[91:]))
    assert missing_steps(dataset) == MissingSteps(41, 400, "1d", "days", dates[50])
    problem = inspect(dataset)["problems"][-1]
    assert problem.startswith("41 of 400 days between the first and the last date are missing")
    assert "resample=1d" in problem
    resampled = load_text(dated(dates[:50] + dates[91:]), resample="1d")
    assert missing_steps(resampled) is None
    assert inspect(resampled)["missing"] == 41


def test_a_series_without_gaps_has_nothing_to_tell(load_text: Loader) -> None:
    assert missing_steps(load_text(dated(days(400)))) is None
    assert missing_steps(load_text(dated(days(400, "h")))) is None


@pytest.mark.parametrize(
    ("step", "start", "written", "unit"),
    [
        ("h", "2024-01-01T00:00", "1h", "hours"),
        ("m", "2024-01-01T00:00", "1min", "minutes"),
        ("W", "2024-01-01", "1w", "weeks"),
    ],
)
def test_the_step_is_found_from_the_rows(
    load_text: Loader, step: str, start: str, written: str, unit: str
) -> None:
    dates = days(60, step, start)
    found = missing_steps(load_text(dated(dates[:30] + dates[31:])))
    assert found is not None
    assert (found.count, found.step, found.unit) == (1, written, unit)


@pytest.mark.parametrize(("every", "unit"), [(1, "months"), (3, "quarters"), (12, "years")])
def test_months_count_by_the_calendar(load_text: Loader, every: int, unit: str) -> None:
    months = np.datetime64("1960-01") + np.arange(0, 60 * every, every).astype("timedelta64[M]")
    dates = [f"{month}-01" for month in months]
    assert missing_steps(load_text(dated(dates))) is None
    found = missing_steps(load_text(dated(dates[:20] + dates[22:])))
    assert found is not None
    assert (found.count, found.total, found.step, found.unit) == (2, 60, "", unit)
    assert "resample" not in str(found)


def test_ends_of_months_are_regular(load_text: Loader) -> None:
    ends = [
        str(month.astype("datetime64[D]") - 1)
        for month in np.arange(np.datetime64("2020-02"), np.datetime64("2024-01"))
    ]
    assert missing_steps(load_text(dated(ends))) is None


def test_weekends_of_working_days_are_not_missing(load_text: Loader) -> None:
    every = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-06-01"))
    assert missing_steps(load_text(dated([str(each) for each in every[np.is_busday(every)]]))) is (
        None
    )


def test_rows_at_uneven_distances_promise_no_step(load_text: Loader) -> None:
    hours = np.cumsum(np.random.default_rng(0).integers(1, 9, 80))
    moments = np.datetime64("2024-01-01T00:00") + hours.astype("timedelta64[h]")
    dates = [str(each).replace("T", " ") for each in moments]
    assert missing_steps(load_text(dated(dates))) is None


def test_a_time_column_of_numbers_is_looked_at_too(load_text: Loader) -> None:
    rows = [f"{at},{at % 5}" for at in range(0, 400, 10) if at != 200]
    found = missing_steps(load_text("\n".join(["time,load", *rows]) + "\n"))
    assert found == MissingSteps(1, 40, "10", "steps of 10", "200")


def test_the_temperatures_of_melbourne_lack_two_days() -> None:
    path = shared_file("forecasting/daily-min-temperatures.csv")
    found = missing_steps(load(FileDataset(path=str(path))))
    assert found == MissingSteps(2, 3652, "1d", "days", "1984-12-31")


@pytest.mark.parametrize("name", ["monthly-sunspots", "airline-passengers", "ETTh1"])
def test_whole_series_of_the_shared_data_lack_nothing(name: str) -> None:
    path = shared_file(f"forecasting/{name}.csv")
    assert missing_steps(load(FileDataset(path=str(path)))) is None
