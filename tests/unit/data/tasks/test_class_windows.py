"""Windows of a series that have the class of their steps."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tagged import NAMES, commonest, prepared, rows_read, series_of, tagged

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import LabelWindowAssumed, MixedWindows, SharedGroups
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Dataset, ExampleSet, Series, inspect, prepare
from studio.data.dataset import Tags
from studio.data.transform.labels import row_examples
from studio.data.transform.resampling import resample

LENGTHS = (150, 90, 120, 60, 200, 80)


@given(
    window=st.integers(1, 12),
    stride=st.integers(1, 15),
    mixed=st.sampled_from(["majority", "last", "drop"]),
    seed=st.integers(0, 20),
)
def test_each_window_has_the_class_of_its_steps(
    window: int, stride: int, mixed: str, seed: int
) -> None:
    series = tagged((400,), seed)
    assert series.tags is not None
    codes = series.tags.codes
    try:
        task = prepared(series, kind="classify", window=window, stride=stride, mixed=mixed)
    except SpecError:  # a set without a window of a single class
        assert mixed == "drop"
        reject()
    counted = 0
    for begin, end, part in zip((0, 280, 320), (280, 320, 400), task.parts.values(), strict=True):
        starts = range(begin, end - window + 1, stride)
        classes = {start: codes[start : start + window].tolist() for start in starts}
        counted += sum(len(set(steps)) > 1 for steps in classes.values())
        if mixed == "drop":
            classes = {start: steps for start, steps in classes.items() if len(set(steps)) == 1}
        expected = [
            steps[-1] if mixed == "last" else commonest(steps) for steps in classes.values()
        ]
        assert part.positions.tolist() == list(classes)
        assert rows_read(part) == [list(range(start, start + window)) for start in classes]
        names = task.preprocessing.class_names
        assert names is not None
        assert [names[code] for code in part.targets] == [NAMES[code] for code in expected]
    notes = [note for note in task.notes if isinstance(note, MixedWindows)]
    assert [note.count for note in notes] == ([counted] if counted else [])


@pytest.mark.parametrize("split_series", ["by-time", "by-series"])
@given(window=st.integers(2, 9), stride=st.integers(1, 9), split_seed=st.integers(0, 5))
def test_no_step_is_in_two_sets_and_no_window_in_two_series(
    split_series: str, window: int, stride: int, split_seed: int
) -> None:
    task = prepared(
        tagged(LENGTHS), kind="classify", window=window, stride=stride, split_series=split_series,
        split_seed=split_seed,
    )  # fmt: skip
    owners = []
    for part in task.parts.values():
        windows = rows_read(part)
        assert all(series_of(rows[0], LENGTHS) == series_of(rows[-1], LENGTHS) for rows in windows)
        owners.append({row for rows in windows for row in rows})
    assert sum(map(len, owners)) == len(set().union(*owners))
    series_in = [{series_of(row, LENGTHS) for row in rows} for rows in owners]
    if split_series == "by-series":
        assert sum(map(len, series_in)) == len(set().union(*series_in)) == len(LENGTHS)
    else:
        assert len(series_in[0]) == len(series_in[2]) == len(LENGTHS)


def test_subjects_stay_apart_where_they_are_groups() -> None:
    people = np.array(["ann", "bob", "cyd", "dee", "ann", "eve"])
    series = replace(
        tagged(LENGTHS),
        columns=(*tagged().columns, Column("subject", "group", "text")),
        groups={"subject": people},
    )
    task, complete = prepare(series, TaskSpec(kind="classify", window=10, stride=5, scaling="none"))
    assert complete.group == "subject"
    found = [
        {people[series_of(rows[0], LENGTHS)] for rows in rows_read(part)}
        for part in task.parts.values()
    ]
    assert sum(map(len, found)) == len(set().union(*found)) == 5
    shared = prepared(series, kind="classify", window=10, group="none")
    assert SharedGroups("subject", 5, 5, "no grouping") in shared.notes


def test_folds_in_time_test_later_and_later_windows() -> None:
    spec = TaskSpec(kind="classify", window=8, stride=4, folds=3, split=(0.4, 0.2, 0.4))
    tests = []
    for fold_id in spec.fold_ids:
        task, _ = prepare(tagged((600,)), spec, fold_id)
        assert task.preprocessing.splits_in_time
        assert task.training.positions.max() + 8 <= task.validation.positions.min()
        assert task.validation.positions.max() + 8 <= task.test.positions.min()
        tests.append(task.test.positions)
    assert all(one.max() + 8 <= two.min() for one, two in pairwise(tests))


def test_folds_over_series_test_each_series_once() -> None:
    spec = TaskSpec(
        kind="classify", window=8, stride=4, folds=3, repeats=2, split_series="by-series"
    )
    for repeat in (1, 2):
        tested = []
        for fold_id in (found for found in spec.fold_ids if found.repeat == repeat):
            task, _ = prepare(tagged(LENGTHS), spec, fold_id)
            assert not task.preprocessing.splits_in_time
            tested.append({series_of(int(at), LENGTHS) for at in task.test.positions})
        assert sum(map(len, tested)) == len(set().union(*tested)) == len(LENGTHS)


def test_overlapping_windows_are_a_view_and_scaled_by_the_steps_of_the_training_set() -> None:
    series = tagged((400,))
    task = prepared(series, kind="classify", window=20, stride=5, scaling="standard")
    assert np.shares_memory(task.training.inputs[0], task.training.inputs[1])
    assert np.allclose(task.preprocessing.input_scaler.center, series.values[:280].mean(axis=0))
    changed = replace(series, values=series.values.copy())
    changed.values[280:] *= 1000
    again = prepared(changed, kind="classify", window=20, stride=5, scaling="standard")
    assert again.preprocessing == task.preprocessing


def gappy() -> Series:
    series = tagged((400,))
    values = series.values.copy()
    values[np.arange(7, 400, 11), 1] = np.nan
    missing = int(np.isnan(values).sum())
    columns = tuple(
        replace(column, missing=missing) if column.name == "ay" else column
        for column in series.columns
    )
    return replace(series, values=values, columns=columns)


@pytest.mark.parametrize("missing", ["interpolate", "forward", "mask"])
def test_a_gap_is_filled_from_its_own_window_alone(missing: str) -> None:
    options = {"kind": "classify", "window": 10, "stride": 5, "missing": missing}
    series = gappy()
    task = prepared(series, **options)
    assert rows_read(task.test)[0] == list(range(320, 330))
    changed = replace(series, values=series.values.copy())
    changed.values[330:] += 100
    assert np.array_equal(prepared(changed, **options).test.sequence(0), task.test.sequence(0))
    if missing == "interpolate":
        window = series.values[325:335, 1]
        known = np.flatnonzero(~np.isnan(window))
        expected = np.interp(np.arange(10), known, window[known])
        assert np.allclose(task.test.sequence(1)[:, 1], expected)


def test_windows_with_a_gap_are_dropped_where_examples_are() -> None:
    series = gappy()
    task = prepared(series, kind="classify", window=6, missing="drop")
    gaps = set(np.flatnonzero(np.isnan(series.values[:, 1])).tolist())
    windows = [rows for part in task.parts.values() for rows in rows_read(part)]
    assert windows
    assert not any(gaps & set(rows) for rows in windows)


def test_steps_without_a_class_do_not_count() -> None:
    series = tagged((300,))
    assert series.tags is not None
    codes = series.tags.codes.copy()
    codes[50:80] = -1
    gaps = replace(series, tags=Tags(codes, NAMES))
    with pytest.raises(DatasetError, match="examples have no label"):
        prepared(gaps, kind="classify", window=10)
    task = prepared(gaps, kind="classify", window=10, missing="drop")
    assert set(range(300)) - {row for part in task.parts.values() for rows in rows_read(part)
                              for row in rows} == set(range(59, 71))  # fmt: skip


def test_a_column_of_few_whole_numbers_can_be_the_class_of_windows() -> None:
    series = tagged((400,))
    assert series.tags is not None
    columns = (Column("ax", "feature"), Column("ay", "feature"), Column("activity", "target"))
    values = np.column_stack([series.values, series.tags.codes])
    numeric = Series("toy", "toy.csv", columns, values)
    spec = {"kind": "classify", "target": ("activity",), "window": 10, "stride": 5}
    task, named = prepared(numeric, **spec), prepared(series, **spec)
    assert task.preprocessing.input_names == ("ax", "ay")
    assert task.preprocessing.class_names == ("0", "1", "2")
    assert np.array_equal(task.test.targets, named.test.targets)
    rows = prepared(numeric, kind="classify", target=("activity",))
    assert sum(map(len, rows.parts.values())) == 400  # without a window each row is an example


def test_rows_with_a_label_are_cut_into_windows_where_a_window_is_set() -> None:
    series = tagged((400,))
    assert series.tags is not None
    columns = tuple(
        replace(column, role="feature") if column.role == "target" else column
        for column in series.columns[1:]
    )
    rows = row_examples("toy", "toy", columns, series.values, (series.tags.codes, NAMES))
    one = prepared(rows, kind="classify", window=10, stride=5)
    two = prepared(series, kind="classify", window=10, stride=5)
    assert rows_read(one.test) == rows_read(two.test)
    assert np.array_equal(one.test.targets, two.test.targets)
    given = replace(rows, in_test=np.arange(400) >= 350)
    kept = prepared(given, kind="classify", window=10)
    assert min(rows[0] for rows in rows_read(kept.test)) == 350
    assert max(rows[-1] for rows in rows_read(kept.training)) < 350


def test_labels_that_change_within_the_sequences_of_a_long_table_are_classes_of_windows(
    load_text: Callable[..., Dataset],
) -> None:
    rows = "".join(
        f"s{run},{step},{100 * run + step},{'up' if step // 7 % 2 else 'down'}\n"
        for run in range(6)
        for step in range(100)
    )
    dataset = load_text("subject,time,x,activity\n" + rows, label_column="activity")
    task = {"kind": "classify", "window": 20, "stride": 10}
    with pytest.raises(SpecError, match=r"validation set would be empty.*split_series = by-series"):
        prepared(dataset, **task)
    found = prepared(dataset, **task, split_series="by-series")
    subjects = [{rows[0] // 100 for rows in rows_read(part)} for part in found.parts.values()]
    assert [len(names) for names in subjects] == [4, 1, 1]
    assert len(set().union(*subjects)) == 6


def test_complete_task_gives_the_same_windows_again() -> None:
    task, complete = prepare(tagged(LENGTHS), TaskSpec(kind="classify"))
    assert LabelWindowAssumed(10) in task.notes
    again, same = prepare(tagged(LENGTHS), complete)
    assert same == complete
    assert again.preprocessing == task.preprocessing
    assert task.preprocessing.max_length == complete.window == 10


def test_training_windows_can_be_fewer() -> None:
    few = prepared(tagged((400,)), kind="classify", window=10, training_examples=30)
    many = prepared(tagged((400,)), kind="classify", window=10, training_examples=60)
    assert len(few.training) == 30
    assert set(few.training.positions) < set(many.training.positions)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"window": 300}, "training set would be empty: it has no 300 neighbouring"),
        ({"window": 500}, "has only 400 time steps, but a window has 500"),
        ({"window": 60, "mixed": "drop"}, "no 60 neighbouring steps of a single class"),
        ({"window": 9, "horizon": 2}, "horizon and calendar apply to forecasts"),
        ({"window": 9, "longest": 3}, "window already sets the length"),
        ({"window": 9, "repeats": 2, "folds": 2}, "repeats would all be the same"),
        ({"window": 9, "split_series": "by-series"}, "there are no several series"),
        ({"window": 9, "target": ("ay",)}, "holds fractions, which are not classes"),
        ({"window": 9, "target": ("time",)}, "holds no classes"),
        ({"kind": "forecast", "mixed": "last"}, "only windows with a class"),
    ],
)
def test_setting_that_does_not_fit_is_refused(task: dict[str, object], message: str) -> None:
    with pytest.raises((SpecError, DatasetError), match=message):
        prepared(tagged((400,)), **{"kind": "classify", **task})


def test_series_with_one_class_is_refused() -> None:
    series = replace(tagged((400,)), tags=Tags(np.zeros(400, dtype=np.int64), NAMES))
    with pytest.raises(DatasetError, match="holds only one class, 'lie'"):
        prepared(series, kind="classify", window=9)


def test_few_series_cannot_be_drawn_into_three_sets() -> None:
    task = {"kind": "classify", "window": 9, "split_series": "by-series"}
    with pytest.raises(SpecError, match="only 2 series for 3 sets"):
        prepared(tagged((200, 200)), **task)
    assert len(prepared(tagged((200, 200)), **task, split=(0.5, 0, 0.5)).test) == 192


def test_classes_are_counted_by_steps_and_kept_by_resampling() -> None:
    series = tagged((400,))
    assert series.tags is not None
    seconds = replace(series, times=np.array([str(row) for row in range(400)]))
    schema = inspect(series)
    assert schema["task"] == "tag"
    assert schema["classes"] == {
        name: int((series.tags.codes == code).sum()) for code, name in enumerate(NAMES)
    }
    slower = resample(seconds, "5")
    assert slower.tags is not None
    expected = [commonest(series.tags.codes[at : at + 5].tolist()) for at in range(0, 400, 5)]
    assert slower.tags.codes.tolist() == expected


def test_forecast_of_a_series_with_classes_reads_its_numbers() -> None:
    series = tagged((400,))
    task, complete = prepare(series, TaskSpec(kind="forecast", window=5))
    assert complete.target == ("ay",)
    assert task.preprocessing.input_names == ("ax", "ay")
    assert isinstance(series, Series)
    assert not isinstance(series, ExampleSet)
