"""Resampling of a series to a regular step."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import SeriesResampled
from studio.core.specs.comparison_spec import TaskSpec
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, Series, inspect, prepare

Loader = Callable[..., Dataset]
UNEVEN = """date,load
2024-01-01 00:05,1
2024-01-01 00:50,3
2024-01-01 01:00,10
2024-01-01 03:59,7
2024-01-01 04:10,
"""


def series(dataset: Dataset) -> Series:
    assert isinstance(dataset, Series)
    return dataset


def test_each_step_is_the_mean_of_its_rows_or_missing(
    load_text: Loader,
) -> None:
    hourly = series(load_text(UNEVEN, resample="1h"))
    assert hourly.times is not None
    assert hourly.times.tolist() == [f"2024-01-01 0{hour}:00:00" for hour in range(5)]
    assert hourly.values[:, 0] == pytest.approx([2, 10, np.nan, 7, np.nan], nan_ok=True)
    assert inspect(hourly)["missing"] == 2
    assert hourly.notes[-1] == SeriesResampled(rows=5, steps=5, step="1h", empty=1)


def test_empty_steps_are_treated_as_missing_values(load_text: Loader) -> None:
    rows = [
        f"2024-01-{day:02} {hour:02}:30,{hour}\n" for day in range(1, 20) for hour in (0, 6, 12)
    ]
    hourly = load_text("date,load\n" + "".join(rows), resample="6h")
    with pytest.raises(DatasetError, match=r"values are missing.*first of them here"):
        prepare(hourly, TaskSpec(window=4))
    prepared, _ = prepare(hourly, TaskSpec(window=4, missing="forward", scaling="none"))
    assert prepared.training.sequence(0)[:, 0].tolist() == [0, 6, 12, 12]


def test_first_missing_value_is_located_by_its_date(load_text: Loader) -> None:
    hourly = load_text(UNEVEN, resample="1h")
    with pytest.raises(DatasetError, match=r"given\.csv, 2024-01-01 02:00:00, column 'load'"):
        prepare(hourly, TaskSpec())


def test_order_of_the_rows_does_not_matter(load_text: Loader) -> None:
    header, *rows = UNEVEN.splitlines()
    shuffled = series(load_text("\n".join([header, *rows[::-1]]), resample="1h"))
    ordered = series(load_text(UNEVEN, resample="1h"))
    assert np.array_equal(shuffled.values, ordered.values, equal_nan=True)
    assert shuffled.problems == ()


@pytest.mark.parametrize(
    ("step", "first"),
    [("1d", "2024-05-02"), ("1w", "2024-04-29"), ("15min", "2024-05-02 10:30:00"),
     ("500ms", "2024-05-02 10:44:59.500")],
)  # fmt: skip
def test_steps_begin_at_multiples_of_their_size(load_text: Loader, step: str, first: str) -> None:
    rows = "2024-05-02 10:44:59.700,1\n2024-05-02 10:45:01.200,2\n"
    dataset = series(load_text("date,load\n" + rows, resample=step))
    assert dataset.times is not None
    assert dataset.times[0] == first


def test_each_series_of_a_long_table_is_resampled_separately(load_text: Loader) -> None:
    rows = [
        f"{name},2024-01-{day:02} {hour:02}:00,{day}\n"
        for name, days in (("a", 4), ("b", 3))
        for day in range(1, days + 1)
        for hour in (0, 12)
    ]
    daily = series(load_text("series,date,load\n" + "".join(rows), resample="1d"))
    assert daily.lengths is not None
    assert daily.lengths.tolist() == [4, 3]
    assert daily.values[:, 0].tolist() == [1, 2, 3, 4, 1, 2, 3]


def test_numeric_time_column_is_resampled_by_a_number(load_text: Loader) -> None:
    rows = "".join(f"{1_700_000_000 + 7 * index},{index}\n" for index in range(10))
    dataset = series(load_text("time,load\n" + rows, resample="20"))
    assert dataset.times is not None
    assert dataset.times[:2].tolist() == ["1700000000", "1700000020"]
    assert dataset.values[:2, 0].tolist() == [1, 4]


@pytest.mark.parametrize(
    ("text", "step", "match"),
    [
        ("load\n1\n2\n3\n", "1h", "but there is none.*Leave it out"),
        (
            "time,load\n" + "".join(f"{index},1\n" for index in range(9)),
            "1h",
            "holds numbers.*as 10",
        ),
        (UNEVEN, "10", "holds dates.*15min or 1h"),
    ],
)
def test_step_that_does_not_fit_is_refused(
    load_text: Loader, text: str, step: str, match: str
) -> None:
    with pytest.raises(SpecError, match=match) as error:
        load_text(text, resample=step)
    assert error.value.where == "resample"


@pytest.mark.parametrize(
    ("first", "second", "step", "times"),
    [
        ("2024-1-5 9:00", "2024-1-5 10:00", "1h", ["2024-01-05 09:00:00", "2024-01-05 10:00:00"]),
        ("2024.01.05", "2024/01/06", "1d", ["2024-01-05", "2024-01-06"]),
        ("2024-01-05 10:00 UTC", "2024-01-06T10:00Z", "1d", ["2024-01-05", "2024-01-06"]),
    ],
)
def test_all_year_first_dates_are_read(
    load_text: Loader, first: str, second: str, step: str, times: list[str]
) -> None:
    dataset = series(load_text(f"date,load\n{first},1\n{second},2\n", resample=step))
    assert dataset.times is not None
    assert dataset.times.tolist() == times


def test_examples_cannot_be_resampled(load_text: Loader) -> None:
    rows = "".join(f"{index},{index % 3},{index % 2},{'ab'[index % 2]}\n" for index in range(9))
    with pytest.raises(SpecError, match="these are examples"):
        load_text("u,v,w,label\n" + rows, resample="1h")


def test_step_that_would_fill_the_memory_is_refused(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"so small a step.*Choose a larger step"):
        load_text("date,load\n1990-01-01 00:00,1\n2024-01-01 00:00,2\n", resample="1ms")


@pytest.mark.parametrize("step", ["hourly", "0h", "-1h", "1 month", "0.1ms"])
def test_error_of_an_invalid_step_says_how_to_write_one(step: str) -> None:
    with pytest.raises(ValueError, match=r"give a time step such as 30s|whole milliseconds"):
        FileDataset(path="x.csv", resample=step)
