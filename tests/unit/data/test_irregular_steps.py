"""Missing dates of a series."""

from collections.abc import Callable

import numpy as np
import pytest
from support import shared_file

from studio.core.problems import MissingSteps
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, inspect, load
from studio.data.transform.irregular_steps import missing_steps

Loader = Callable[..., Dataset]


def dated(dates: list[str]) -> str:
    return (
        "\n".join(["date,load", *(f"{date},{index % 7}" for index, date in enumerate(dates))])
        + "\n"
    )


def days(count: int, step: str = "D", start: str = "2023-12-30") -> list[str]:
    moments = np.datetime64(start) + np.arange(count).astype(f"timedelta64[{step}]")
    return [str(moment).replace("T", " ") for moment in moments]


def test_missing_days_of_a_daily_series_are_counted(load_text: Loader) -> None:
    dates = days(400)
    dataset = load_text(dated(dates[:50] + dates[91:]))
    assert missing_steps(dataset) == MissingSteps(41, 400, "1d", "days", dates[50])
    problem = inspect(dataset)["problems"][-1]["text"]
    assert problem.startswith("41 of 400 days between the first and the last date are missing")
    assert "resample=1d" in problem
    resampled = load_text(dated(dates[:50] + dates[91:]), resample="1d")
    assert missing_steps(resampled) is None
    assert inspect(resampled)["missing"] == 41


def test_a_complete_series_has_no_missing_steps(load_text: Loader) -> None:
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
def test_the_step_is_detected_from_the_rows(
    load_text: Loader, step: str, start: str, written: str, unit: str
) -> None:
    dates = days(60, step, start)
    missing = missing_steps(load_text(dated(dates[:30] + dates[31:])))
    assert missing is not None
    assert (missing.count, missing.step, missing.unit) == (1, written, unit)


@pytest.mark.parametrize(("every", "unit"), [(1, "months"), (3, "quarters"), (12, "years")])
def test_months_follow_the_calendar(load_text: Loader, every: int, unit: str) -> None:
    months = np.datetime64("1960-01") + np.arange(0, 60 * every, every).astype("timedelta64[M]")
    dates = [f"{month}-01" for month in months]
    assert missing_steps(load_text(dated(dates))) is None
    missing = missing_steps(load_text(dated(dates[:20] + dates[22:])))
    assert missing is not None
    assert (missing.count, missing.total, missing.step, missing.unit) == (2, 60, "", unit)
    assert "resample" not in str(missing)


def test_ends_of_months_are_regular(load_text: Loader) -> None:
    ends = [
        str(month.astype("datetime64[D]") - 1)
        for month in np.arange(np.datetime64("2020-02"), np.datetime64("2024-01"))
    ]
    assert missing_steps(load_text(dated(ends))) is None


def test_weekends_are_not_missing_from_business_days(load_text: Loader) -> None:
    every = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-06-01"))
    assert missing_steps(
        load_text(dated([str(moment) for moment in every[np.is_busday(every)]]))
    ) is (None)


def test_unevenly_spaced_rows_have_no_missing_steps(load_text: Loader) -> None:
    hours = np.cumsum(np.random.default_rng(0).integers(1, 9, 80))
    moments = np.datetime64("2024-01-01T00:00") + hours.astype("timedelta64[h]")
    dates = [str(moment).replace("T", " ") for moment in moments]
    assert missing_steps(load_text(dated(dates))) is None


def test_a_numeric_time_column_is_checked_too(load_text: Loader) -> None:
    rows = [f"{index},{index % 5}" for index in range(0, 400, 10) if index != 200]
    missing = missing_steps(load_text("\n".join(["time,load", *rows]) + "\n"))
    assert missing == MissingSteps(1, 40, "10", "steps of 10", "200")


def test_the_melbourne_temperatures_miss_two_days() -> None:
    path = shared_file("forecasting/daily-min-temperatures.csv")
    missing = missing_steps(load(FileDataset(path=str(path))))
    assert missing == MissingSteps(2, 3652, "1d", "days", "1984-12-31")


@pytest.mark.parametrize("name", ["monthly-sunspots", "airline-passengers", "ETTh1"])
def test_complete_series_of_the_shared_data_miss_nothing(name: str) -> None:
    path = shared_file(f"forecasting/{name}.csv")
    assert missing_steps(load(FileDataset(path=str(path)))) is None
