"""Long tables, and columns whose role is an id, a time, a label or a group."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.problems import TimesMissing, TimesRepeated, TimesUnreadable, UnevenSteps
from studio.data import Dataset, ExampleSet, Series, inspect

Loader = Callable[..., Dataset]
HEADER = "subject,trial,time,x,y,activity\n"


def rows(*lengths: int) -> list[str]:
    return [
        f"s{trial // 2},{trial},{step},{trial + step / 10},{-step},{'walk' if trial % 2 else 'run'}"
        for trial, length in enumerate(lengths)
        for step in range(length)
    ]


def test_label_that_is_constant_in_each_sequence_makes_examples(load_text: Loader) -> None:
    dataset = load_text(HEADER + "\n".join(rows(5, 3, 4, 6)))
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [5, 3, 4, 6]
    assert dataset.sequence(1).tolist() == [[1, 0], [1.1, -1], [1.2, -2]]
    assert inspect(dataset)["classes"] == {"run": 2, "walk": 2}
    roles = {column.name: column.role for column in dataset.columns}
    assert roles == {"subject": "group", "trial": "id", "time": "time", "x": "feature",
                     "y": "feature", "activity": "label"}  # fmt: skip
    assert dataset.groups["subject"].tolist() == ["s0", "s0", "s1", "s1"]


def test_number_that_is_constant_in_each_sequence_is_a_target_and_no_input(
    load_text: Loader,
) -> None:
    rows = [
        f"{index},{step},{index * step},{index / 7}\n" for index in range(8) for step in range(3)
    ]
    dataset = load_text("id,time,value,target\n" + "".join(rows))
    assert isinstance(dataset, ExampleSet)
    assert [column.name for column in dataset.channels] == ["value"]
    assert dataset.values.shape == (24, 1)
    assert dataset.class_names is None
    assert dataset.labels[:, 0] == pytest.approx(np.arange(8) / 7)


def test_unsorted_rows_are_sorted_by_time(load_text: Loader) -> None:
    shuffled = np.random.default_rng(1).permutation(rows(5, 3, 4, 6)).tolist()
    dataset, ordered = (
        load_text(HEADER + "\n".join(lines_read)) for lines_read in (shuffled, rows(5, 3, 4, 6))
    )
    assert isinstance(dataset, ExampleSet)
    assert isinstance(ordered, ExampleSet)
    assert sorted(dataset.lengths.tolist()) == sorted(ordered.lengths.tolist())
    index = int(np.flatnonzero(dataset.lengths == 5)[0])
    assert dataset.sequence(index).tolist() == ordered.sequence(0).tolist()


def test_without_a_label_there_are_several_series_to_forecast(load_text: Loader) -> None:
    table = "unique_id,ds,sales\n" + "\n".join(
        f"{shop},2020-01-{day:02},{day * (1 + (shop == 'b'))}"
        for shop in "ab"
        for day in range(1, 9)
    )
    dataset = load_text(table)
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [8, 8]
    summary = inspect(dataset)
    assert (summary["task"], summary["examples"], summary["length"]) == (
        "forecast", 16, {"min": 8, "max": 8}
    )  # fmt: skip


def test_uneven_steps_and_repeated_times_are_problems(load_text: Loader) -> None:
    lines = ["a,1,1", "a,2,1", "a,9,1", "a,9,2", "b,1,3", "b,2,3", "b,3,3", "b,4,3"]
    problems = load_text("id,time,value\n" + "\n".join(lines)).problems
    assert problems == (TimesRepeated("time", 1), UnevenSteps("time"))


def test_roles_can_be_named(load_text: Loader) -> None:
    lines = [
        f"k{index},p{index // 4},{step},{index + step},{'ab'[index % 2]}"
        for index in range(8)
        for step in range(3)
    ]
    dataset = load_text(
        "key,who,when,v,kind\n" + "\n".join(lines),
        id_column="key", time_column="when", label_column="kind", group_column="who",
    )  # fmt: skip
    assert isinstance(dataset, ExampleSet)
    assert len(dataset) == 8
    assert dataset.groups["who"].tolist() == ["p0"] * 4 + ["p1"] * 4


def test_unknown_column_of_a_role_lists_the_existing_ones(load_text: Loader) -> None:
    with pytest.raises(SpecError, match=r"id_column: the data has no column 'nr'.*a, b"):
        load_text("a,b\n1,2\n3,4\n", id_column="nr")


def test_row_without_an_id_is_refused_by_its_line(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match="line 3, column 'id': a row has no id"):
        load_text("id,time,v\na,1,2\n,2,3\na,3,4\nb,1,1\nb,2,1\nb,3,1\n")


def test_group_column_of_rows_is_not_a_feature(load_text: Loader) -> None:
    dataset = load_text("speaker,a,b,label\n" + "1,.1,.2,x\n1,.3,.4,y\n2,.5,.6,x\n2,.7,.8,y\n")
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [2] * 4
    assert dataset.groups["speaker"].tolist() == ["1", "1", "2", "2"]


def one_after_another(dates: list[str]) -> str:
    """A long table of two series in the order of the file."""
    rows = (f"{name},{date},{index}\n" for name in "ab" for index, date in enumerate(dates))
    return "id,date,value\n" + "".join(rows)


@pytest.mark.parametrize(
    "dates",
    [
        ["step 8", "step 9", "step 10"],
    ],
)
def test_rows_keep_file_order_if_their_times_cannot_be_read(
    load_text: Loader, dates: list[str]
) -> None:
    dataset = load_text(one_after_another(dates), time_column="date")
    assert isinstance(dataset, Series)
    assert dataset.times is not None
    assert dataset.values[:, 0].tolist() == [*range(len(dates))] * 2
    assert dataset.times.tolist() == dates * 2
    [problem] = dataset.problems
    assert isinstance(problem, TimesUnreadable)
    assert f"such as {dates[0]}, are not written year first" in problem.reason


@pytest.mark.parametrize(
    "dates",
    [
        ["2024-10-27 02:30+02:00", "2024-10-27 02:15+01:00", "2024-10-27 03:00+01:00"],
        ["2023Q4", "2024Q1", "2024Q2"],
        ["2024-1-9", "2024-1-10", "2024-2-1"],
    ],
)
def test_rows_are_sorted_by_unambiguous_dates(load_text: Loader, dates: list[str]) -> None:
    lines = one_after_another(dates).splitlines()
    dataset = load_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert isinstance(dataset, Series)
    assert dataset.values[:, 0].tolist() == [*range(len(dates))] * 2
    assert not any(isinstance(problem, TimesUnreadable) for problem in dataset.problems)


@pytest.mark.parametrize("times", [["1", "", "3", "4"], ["2024-01-01", "", "2024-01-03"]])
def test_rows_without_a_time_are_a_problem_and_come_last(
    load_text: Loader, times: list[str]
) -> None:
    dataset = load_text(one_after_another(times), time_column="date")
    assert isinstance(dataset, Series)
    assert dataset.values[len(times) - 1, 0] == 1
    assert dataset.problems == (TimesMissing("date", 2),)
