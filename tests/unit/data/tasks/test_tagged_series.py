"""Tagging of one long series, cut into pieces, and of several."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tagged import NAMES, prepared, rows_read, series_of, tagged

from studio.core.errors import SpecError
from studio.core.notes import LabelWindowAssumed
from studio.core.prepared.task_checks import refuse_unsuitable_networks
from studio.core.specs.comparison_spec import ContenderSpec, TaskSpec
from studio.data import Column, Series, prepare
from studio.data.dataset import Tags


@given(window=st.integers(2, 40), steps=st.integers(60, 300), seed=st.integers(0, 5))
def test_pieces_of_one_series_tag_every_step_of_it_once_and_in_time_order(
    window: int, steps: int, seed: int
) -> None:
    series = tagged((steps,), seed)
    assert series.tags is not None
    task = prepared(series, kind="tag", window=window)
    read: list[int] = []
    for part in task.parts.values():
        for index, rows in enumerate(rows_read(part)):
            assert len(rows) <= window
            assert part.positions[index] == rows[0]
            assert part.targets_of(index).tolist() == series.tags.codes[rows].tolist()
            read += rows
    assert read == list(range(steps))
    assert task.preprocessing.class_names == NAMES
    assert task.preprocessing.splits_in_time


def test_one_series_is_tagged_in_pieces_of_a_window_that_is_told() -> None:
    task, complete = prepare(tagged((400,)), TaskSpec())
    assert complete.kind == "tag"
    assert complete.window == 20
    assert LabelWindowAssumed(20) in task.notes
    assert {name: len(part) for name, part in task.parts.items()} == {
        "training": 14, "validation": 2, "test": 4
    }  # fmt: skip


def test_several_series_stay_whole_without_a_window_and_are_cut_with_one() -> None:
    lengths = (90, 70, 50, 80, 60, 40, 65, 75, 85, 95)
    whole = prepared(tagged(lengths), kind="tag")
    assert sorted(len(rows) for part in whole.parts.values() for rows in rows_read(part)) == sorted(
        lengths
    )
    pieces = prepared(tagged(lengths), kind="tag", window=20)
    for part in pieces.parts.values():
        for rows in rows_read(part):
            assert series_of(rows[0], lengths) == series_of(rows[-1], lengths)
    assert all(len(part) >= len(lengths) for part in pieces.parts.values())


def test_a_numeric_column_of_classes_can_be_tagged() -> None:
    series = tagged((400,))
    assert series.tags is not None
    columns = (Column("ax", "feature"), Column("ay", "feature"), Column("activity", "target"))
    numeric = Series("toy", "toy", columns, np.column_stack([series.values, series.tags.codes]))
    task = prepared(numeric, kind="tag", target=("activity",), window=20)
    assert task.preprocessing.input_names == ("ax", "ay")
    assert np.array_equal(task.test.targets, prepared(series, kind="tag", window=20).test.targets)
    with pytest.raises(SpecError, match="Choose the column of classes as the target"):
        prepared(numeric, kind="tag")


def test_steps_without_a_class_are_read_and_not_scored() -> None:
    series = tagged((200,))
    assert series.tags is not None
    codes = series.tags.codes.copy()
    codes[190:195] = -1
    gaps = replace(series, tags=Tags(codes, NAMES))
    last = prepared(gaps, kind="tag", window=20).test
    assert last.targets_of(len(last) - 1).tolist() == codes[180:].tolist()


def gappy() -> Series:
    series = tagged((200,))
    values = series.values.copy()
    values[5::7, 1] = np.nan
    columns = tuple(
        replace(column, missing=int(np.isnan(values).sum())) if column.name == "ay" else column
        for column in series.columns
    )
    return replace(series, values=values, columns=columns)


def test_interpolation_is_refused_for_networks_that_read_only_the_past() -> None:
    task = prepared(gappy(), kind="tag", window=20, missing="interpolate")
    causal = ContenderSpec(cell="gru")
    with pytest.raises(
        SpecError, match=r"would leak values.*Choose forward, mask or drop"
    ) as found:
        refuse_unsuitable_networks([causal], task.preprocessing)
    assert found.value.field == "missing"
    both_ways = ContenderSpec(cell="gru", bidirectional=True)
    refuse_unsuitable_networks([both_ways], task.preprocessing)
    forward = prepared(gappy(), kind="tag", window=20, missing="forward")
    refuse_unsuitable_networks([causal], forward.preprocessing)


def test_a_gap_of_a_tagged_step_is_filled_from_the_steps_before_it_in_its_piece() -> None:
    series = gappy()
    task = prepared(series, kind="tag", window=20, missing="forward")
    changed = replace(series, values=series.values.copy())
    changed.values[190:] += 100
    again = prepared(changed, kind="tag", window=20, missing="forward")
    last = len(task.test) - 1
    assert np.array_equal(task.test.sequence(last)[:10], again.test.sequence(last)[:10])


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"stride": 3}, "follow each other without a stride"),
        ({"mixed": "last"}, "only windows with a class"),
        ({"split_series": "by-series"}, "there are no several series"),
    ],
)
def test_setting_that_does_not_fit_tagging_is_refused(
    task: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        prepared(tagged((200,)), kind="tag", **task)
