"""Times are found, joined, put in order and told from each other."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.problems import HourRepeated
from studio.core.specs.task_spec import TaskSpec
from studio.data import Dataset, prepare
from studio.data.dataset import Series

Loader = Callable[..., Dataset]


def series(dataset: Dataset) -> Series:
    assert isinstance(dataset, Series)
    return dataset


def times_of(dataset: Dataset) -> list[str]:
    times = series(dataset).times
    assert times is not None
    texts: list[str] = times.tolist()
    return texts


def decision(dataset: Dataset, name: str) -> tuple[str, float, tuple[str, ...]]:
    [found] = [item for item in dataset.decisions if item.name == name]
    return found.value, found.sure, found.alternatives


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["28/01/2024", "29/01/2024"], ["2024-01-28", "2024-01-29"]),
        (["01/28/2024", "01/29/2024"], ["2024-01-28", "2024-01-29"]),
        (["28.01.24", "29.01.24"], ["2024-01-28", "2024-01-29"]),
        (["28-Jan-2024", "01-Feb-2024"], ["2024-01-28", "2024-02-01"]),
        (["January 28 2024", "February 1 2024"], ["2024-01-28", "2024-02-01"]),
        (["28. Januar 2024", "1. März 2024"], ["2024-01-28", "2024-03-01"]),
        (["20240128", "20240129"], ["2024-01-28", "2024-01-29"]),
        (["2024-W04", "2024-W05"], ["2024-01-22", "2024-01-29"]),
        (["01/28/2024 11:30 PM", "01/29/2024 12:30 AM"],
         ["2024-01-28 23:30:00", "2024-01-29 00:30:00"]),
        (["2024-01-28T12:00:00+01:00", "2024-01-28T13:00:00+01:00"],
         ["2024-01-28 11:00:00", "2024-01-28 12:00:00"]),
        (["1706400000", "1706400060"], ["2024-01-28 00:00:00", "2024-01-28 00:01:00"]),
        (["1706400000000", "1706400060000"], ["2024-01-28 00:00:00", "2024-01-28 00:01:00"]),
    ],
)  # fmt: skip
def test_dates_of_any_common_kind_are_read(
    load_text: Loader, cells: list[str], expected: list[str]
) -> None:
    rows = "".join(f'"{cell}";{index}.5\n' for index, cell in enumerate(cells))
    dataset = load_text("date;load\n" + rows)
    assert times_of(dataset) == expected


def test_a_day_that_could_be_a_month_is_a_question_with_both_answers(load_text: Loader) -> None:
    text = "date,load\n01/02/2024,5\n01/03/2024,6\n01/04/2024,7\n"
    value, sure, alternatives = decision(load_text(text), "dates")
    assert (value, sure < 0.8, alternatives) == ("day-first", True, ("month-first",))
    assert times_of(load_text(text, dates="month-first"))[-1] == "2024-01-04"


def test_a_format_of_dates_can_be_given(load_text: Loader) -> None:
    text = "date,load\n2024|05|01,5\n2024|06|01,6\n"
    assert times_of(load_text(text, dates="%Y|%d|%m"))[1] == "2024-01-06"
    with pytest.raises(SpecError, match=r"'2024\|05\|01' in column 'date' is not written as %d"):
        load_text(text, dates="%d.%m.%Y")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("date;time", "2024-01-{day:02};{hour:02}:00"),
        ("Datum;Uhrzeit", "{day:02}.01.2024;{hour:02}:00:00"),
        ("Date;Time", "{day:02}/01/2024;{hour:02}.00.00"),
        ("date;hour", "2024-01-{day:02};{hour}"),
    ],
)
def test_a_date_and_a_time_of_day_are_one_time(load_text: Loader, header: str, row: str) -> None:
    rows = "".join(
        row.format(day=1 + step // 24, hour=step % 24) + f";{step}\n" for step in range(24 * 20)
    )
    dataset = load_text(f"{header};load\n{rows}")
    name = header.replace(";", "+")
    assert decision(dataset, "time")[0] == name
    assert times_of(dataset)[25].startswith("2024-01-02 01:00")
    prepared, _ = prepare(dataset, TaskSpec(window=24, calendar=("hour",)))
    assert len(np.unique(np.round(prepared.training.inputs[:, -2], 6))) > 10
    apart = load_text(f"{header};load\n{rows}", time=header.split(";", maxsplit=1)[0])
    assert times_of(apart)[25].startswith("2024-01-02")


def test_year_month_day_and_hour_are_one_time_and_the_row_number_is_left_out(
    load_text: Loader,
) -> None:
    rows = "".join(
        f"{step + 1},2024,1,{1 + step // 24},{step % 24},{step % 7}.5,NW\n" for step in range(240)
    )
    dataset = load_text("No,year,month,day,hour,pm2.5,wind\n" + rows.replace("6.5,NW", "6.5,SE"))
    assert times_of(dataset)[25] == "2024-01-02 01:00:00"
    channels = [column.name for column in series(dataset).channels]
    assert channels == ["pm2.5", "wind=NW", "wind=SE"]
    [target] = [column.name for column in dataset.columns if column.role == "target"]
    assert target == "pm2.5"


@pytest.mark.parametrize("pattern", ["{:04}-{:02}-{:02}", "{2:02}/{1:02}/{0}", "{1:02}/{2:02}/{0}"])
def test_newest_first_is_turned_round_and_told(load_text: Loader, pattern: str) -> None:
    days = [pattern.format(2024, 1 + day // 28, 1 + day % 28) for day in range(100)]
    rows = "".join(f"{text},{day}.25\n" for day, text in reversed(list(enumerate(days))))
    dataset = load_text("Date,Close\n" + rows)
    assert series(dataset).values[:3, 0].tolist() == [0.25, 1.25, 2.25]
    assert decision(dataset, "order")[0] == "by-time"
    kept = load_text("Date,Close\n" + rows, order="as-is")
    assert series(kept).values[0, 0] == 99.25


def test_the_hour_that_comes_twice_is_told_and_a_zone_mends_it(load_text: Loader) -> None:
    hours = ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]
    text = "time,load\n" + "".join(f"2024-10-27 {hour},{n}\n" for n, hour in enumerate(hours))
    [problem] = [item for item in load_text(text).problems if isinstance(item, HourRepeated)]
    assert problem.first == "2024-10-27 02:00"
    mended = load_text(text, zone="Europe/Berlin")
    assert times_of(mended)[2:4] == ["2024-10-27 00:00:00", "2024-10-27 01:00:00"]
    assert not mended.problems


def test_a_zone_that_does_not_exist_is_refused(load_text: Loader) -> None:
    with pytest.raises(SpecError, match="no time zone 'Mars/Base'"):
        load_text("time,load\n2024-10-27 01:00,1\n2024-10-27 02:00,2\n", zone="Mars/Base")


def test_a_table_can_be_read_without_its_time(load_text: Loader) -> None:
    text = "".join(f"{12 + 20 * step},{step % 7}.5\n" for step in range(60))
    value, sure, alternatives = decision(load_text(text), "time")
    assert (value, sure < 0.8, alternatives) == ("column 1", True, ("none",))
    assert series(load_text(text, time="none")).times is None
