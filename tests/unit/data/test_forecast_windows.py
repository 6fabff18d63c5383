"""Windows of a series: borders, scaling, views."""

import warnings
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import TargetAssumed, TargetPastUnread, WindowAssumed
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Column, Series, load, prepare


def make_series(steps: int = 100, channels: int = 1, seed: int = 0) -> Series:
    values = np.random.default_rng(seed).normal(5, 3, (steps, channels))
    columns = tuple(Column(f"c{index}", "feature") for index in range(channels - 1))
    return Series("toy", "toy", (*columns, Column("last", "target", unit="m")), values)


def predicted_steps(part: Examples, horizon: int) -> set[int]:
    return {int(start) + ahead for start in part.positions for ahead in range(horizon)}


TASKS = st.builds(
    TaskSpec,
    window=st.integers(1, 9),
    horizon=st.integers(1, 4),
    stride=st.integers(1, 5),
    split=st.sampled_from([(0.7, 0.1, 0.2), (0.6, 0.0, 0.4), (0.5, 0.25, 0.25)]),
)


@given(task=TASKS, steps=st.integers(70, 120))
def test_no_time_step_is_predicted_in_two_sets(task: TaskSpec, steps: int) -> None:
    prepared, _ = prepare(make_series(steps), task)
    parts = [predicted_steps(part, task.horizon) for part in prepared.parts.values()]
    assert sum(map(len, parts)) == len(set().union(*parts))
    ordered = [part for part in parts if part]
    assert all(max(one) < min(two) for one, two in pairwise(ordered))


@given(task=TASKS, steps=st.integers(70, 120))
def test_windows_and_targets_are_those_of_the_series(task: TaskSpec, steps: int) -> None:
    series = make_series(steps, 3)
    prepared, complete = prepare(series, task)
    scaled = prepared.preprocessing.input_scaler.apply(series.values)
    assert complete.window is not None
    for part in prepared.parts.values():
        for example, start in enumerate(part.positions):
            window = scaled[start - complete.window : start]
            assert np.array_equal(part.inputs[example], window)
            expected = series.values[start : start + task.horizon, 2]
            assert np.array_equal(part.targets_in_units[example], expected)


@given(task=TASKS)
def test_scaled_targets_invert_to_the_original_values(task: TaskSpec) -> None:
    prepared, _ = prepare(make_series(), task)
    part = prepared.training
    assert np.allclose(
        prepared.preprocessing.predictions_from(part.targets), part.targets_in_units, atol=1e-5
    )


def test_shares_are_those_of_the_steps_that_can_be_predicted() -> None:
    prepared, task = prepare(make_series(110), TaskSpec(window=10))
    assert task.split == (0.7, 0.1, 0.2)
    assert {name: len(part) for name, part in prepared.parts.items()} == {
        "training": 70, "validation": 10, "test": 20
    }  # fmt: skip
    assert prepared.training.positions[0] == 10
    assert prepared.test.positions[-1] == 109


def test_scaler_is_fitted_on_the_training_set_only() -> None:
    series = make_series(100, 2)
    task = TaskSpec(window=10, horizon=2, stride=3)
    prepared, _ = prepare(series, task)
    fitted = int(prepared.training.positions[-1]) + 2
    assert np.allclose(prepared.preprocessing.input_scaler.center, series.values[:fitted].mean(0))
    assert prepared.preprocessing.target_scaler is not None
    assert np.allclose(prepared.preprocessing.target_scaler.scale, series.values[:fitted, 1].std())
    changed = Series("toy", "toy", series.columns, series.values.copy())
    changed.values[fitted:] *= 1000
    assert prepare(changed, task)[0].preprocessing == prepared.preprocessing


@pytest.mark.parametrize("scaling", ["none", "standard", "min-max", "robust"])
def test_every_scaling_is_available(scaling: str) -> None:
    prepared, _ = prepare(make_series(), TaskSpec.model_validate({"scaling": scaling}))
    assert prepared.preprocessing.input_scaler.kind == scaling


def test_inputs_are_a_writeable_view_of_one_array() -> None:
    prepared, _ = prepare(make_series(2000, 2), TaskSpec(window=100))
    inputs = prepared.training.inputs
    assert inputs.flags.writeable
    assert np.shares_memory(inputs[0], inputs[1])
    assert np.shares_memory(inputs[-1], prepared.validation.inputs[0])
    assert inputs.dtype == np.float32


def test_same_dataset_and_task_give_the_same_bits() -> None:
    task = TaskSpec(window=7, horizon=2)
    one, two = (prepare(make_series(), task)[0] for _ in range(2))
    assert one.preprocessing == two.preprocessing
    for first, second in zip(one.parts.values(), two.parts.values(), strict=True):
        assert first.inputs.tobytes() == second.inputs.tobytes()
        assert first.targets.tobytes() == second.targets.tobytes()


def test_complete_task_gives_the_same_again() -> None:
    prepared, complete = prepare(make_series(100, 3), TaskSpec())
    again, same = prepare(make_series(100, 3), complete)
    assert same == complete
    assert again.preprocessing == prepared.preprocessing


def test_several_targets_come_horizon_first() -> None:
    series = make_series(60, 3)
    prepared, _ = prepare(series, TaskSpec(target=("c0", "last"), window=5, horizon=2))
    start = prepared.test.positions[0]
    expected = series.values[start : start + 2][:, [0, 2]].ravel()
    assert np.array_equal(prepared.test.targets_in_units[0], expected)
    assert prepared.preprocessing.output_size == 4
    assert prepared.preprocessing.target_names == ("c0", "last")


def test_past_of_the_target_is_an_input_unless_features_exclude_it() -> None:
    series = make_series(60, 3)
    assert prepare(series, TaskSpec())[0].preprocessing.input_names == ("c0", "c1", "last")
    prepared, _ = prepare(series, TaskSpec(features=("c1", "c0")))
    assert prepared.preprocessing.input_names == ("c1", "c0")
    assert TargetPastUnread(("last",)) in prepared.notes


def test_default_target_and_window_are_noted() -> None:
    prepared, task = prepare(make_series(100, 2), TaskSpec())
    assert task.target == ("last",)
    assert task.window == 10
    assert TargetAssumed("last") in prepared.notes
    assert WindowAssumed(10) in prepared.notes


def test_naive_error_is_persistence_on_the_training_rows() -> None:
    series = make_series(50)
    prepared, _ = prepare(series, TaskSpec(window=5))
    fitted = int(prepared.training.positions[-1]) + 1
    expected = np.abs(np.diff(series.values[:fitted, 0])).mean()
    assert prepared.preprocessing.naive_error == pytest.approx((expected,))


def test_unit_of_the_target_is_kept() -> None:
    assert prepare(make_series(), TaskSpec())[0].preprocessing.unit == "m"


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (TaskSpec(window=99), "needs at least 101"),
        (TaskSpec(window=50, horizon=15), "validation set would be empty"),
        (TaskSpec(target=("nope",)), r"no column 'nope'.*Choose one of last"),
        (TaskSpec(features=("nope",)), "no column 'nope'"),
        (TaskSpec(kind="next-token"), "needs text, but this is one series of numbers"),
        (TaskSpec(kind="classify"), "no column is set as the label"),
    ],
)
def test_task_that_does_not_fit_is_refused(task: TaskSpec, message: str) -> None:
    with pytest.raises((SpecError, DatasetError), match=message):
        prepare(make_series(), task)


def test_values_beyond_single_precision_are_refused() -> None:
    series = make_series()
    series.values[3] = 1e35
    with pytest.raises(DatasetError, match="1e\\+35"):
        prepare(series, TaskSpec())


def rmse(prepared: PreparedTask, scaled: np.ndarray) -> float:
    predictions = prepared.preprocessing.predictions_from(scaled)
    return float(np.sqrt(np.mean((predictions - prepared.test.targets_in_units) ** 2)))


def with_ones(part: Examples) -> np.ndarray:
    return np.column_stack([part.inputs[:, :, 0], np.ones(len(part))])


@pytest.mark.parametrize(
    ("name", "window", "split", "persistence", "autoregression"),
    [
        ("daily-min-temperatures", 14, (0.8, 0, 0.2), 2.48, 2.21),
        ("airline-passengers", 12, (84 / 132, 0, 48 / 132), 48, 21),
        ("monthly-sunspots", 24, (0.8, 0, 0.2), 20.1, 18.2),
    ],
)
def test_known_errors_of_naive_forecasts_are_reproduced(  # noqa: PLR0913, PLR0917 - a table of figures
    shared: Path, name: str, window: int, split: tuple[float, ...],
    persistence: float, autoregression: float,
) -> None:  # fmt: skip
    dataset = load(FileDataset(path=str(shared / "forecasting" / f"{name}.csv")))
    prepared, _ = prepare(dataset, TaskSpec(window=window, split=split))
    assert rmse(prepared, prepared.test.inputs[:, -1]) == pytest.approx(persistence, rel=0.02)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train = prepared.training
        weights = np.linalg.lstsq(with_ones(train), train.targets, rcond=None)[0]
    error = rmse(prepared, with_ones(prepared.test) @ weights)
    assert error == pytest.approx(autoregression, rel=0.02)


def test_naive_error_is_none_without_two_adjacent_values() -> None:
    series = make_series(80)
    series.values[::2] = np.nan
    gappy = replace(series, columns=(replace(series.columns[0], missing=40),))
    prepared, _ = prepare(gappy, TaskSpec(window=4, missing="forward"))
    assert prepared.preprocessing.naive_error is None
