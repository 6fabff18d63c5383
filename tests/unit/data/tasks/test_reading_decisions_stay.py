"""What was decided in reading stays with the data, however a task reads its rows."""

from dataclasses import replace

import numpy as np
import pytest

from studio.core.decisions import ReadingDecision
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Dataset, ExampleSet, Series
from studio.data.collections.train_test_pairs import join_pair
from studio.data.tasks.resolve_task import resolve_task
from studio.data.transform.labels import classes_of_numbers, row_examples

COMMA = ReadingDecision("delimiter", ",", 1.0, "all rows have it")
DAY_FIRST = ReadingDecision("dates", "day-first", 0.7, "the first day is the 3rd")


def series() -> Series:
    values = np.stack([np.arange(40.0), np.arange(40) % 2], axis=1)
    columns = (Column("x", "feature"), Column("state", "target"))
    return Series("toy", "toy", columns, values, decisions=(COMMA, DAY_FIRST))


def sequences() -> ExampleSet:
    channel = Column("x", "feature")
    return ExampleSet(
        "toy", "toy", (channel,), (channel,), np.arange(40.0)[:, np.newaxis], np.array([20, 20]),
        np.zeros((2, 0)), None, decisions=(COMMA, DAY_FIRST),
    )  # fmt: skip


def rows() -> ExampleSet:
    columns = (Column("x", "feature"), Column("y", "feature"), Column("class", "label"))
    labels = classes_of_numbers(np.arange(40) % 2)
    examples = row_examples("toy", "toy", columns, np.arange(80.0).reshape(40, 2), labels)
    return replace(examples, decisions=(COMMA, DAY_FIRST))


@pytest.mark.parametrize(
    ("dataset", "task"),
    [
        (series(), TaskSpec(kind="classify", target=("state",))),
        (sequences(), TaskSpec(kind="forecast")),
        (rows(), TaskSpec(kind="forecast")),
        (rows(), TaskSpec(kind="regress", target=("x",))),
    ],
)
def test_decisions_stay_with_data_that_a_task_reads_otherwise(
    dataset: Dataset, task: TaskSpec
) -> None:
    assert resolve_task(dataset, task)[0].decisions == (COMMA, DAY_FIRST)


def test_decisions_of_both_files_of_a_pair_stay_and_the_less_sure_of_equal_ones() -> None:
    doubtful, semicolon = replace(COMMA, sure=0.5), replace(COMMA, value=";")
    train = replace(rows(), decisions=(COMMA, DAY_FIRST))
    test = replace(rows(), decisions=(doubtful, semicolon))
    assert join_pair(train, test).decisions == (doubtful, DAY_FIRST, semicolon)
