"""No value from later, from another set or from the target reaches an input.

Each test changes what must not matter, and asks that the arrays stay the same to the last bit.
"""

from pathlib import Path

import numpy as np
import pytest

from studio.core.arrays import Doubles
from studio.core.errors import SpecError
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import load, prepare

RNG = np.random.default_rng(11)
STEPS, WINDOW, HORIZON = 600, 8, 3
SETTINGS = [
    {"missing": missing, "scaling": scaling, **more}
    for missing in ("forward", "mask", "drop")
    for scaling in ("standard", "min-max", "robust")
    for more in ({}, {"calendar": ("hour", "weekday")}, {"folds": 3})
]
KNOWN = [
    {"missing": missing, "known_ahead": ("heat",), **more}
    for missing in ("forward", "mask", "drop")
    for more in ({}, {"calendar": ("hour",)}, {"folds": 3})
]


def prepared(path: Path, **settings: object) -> PreparedTask:
    return prepare(load(FileDataset(path=str(path))), TaskSpec.model_validate(settings))[0]


def write_series(path: Path, values: Doubles, series: int = 1) -> Path:
    """Hourly rows, several series below each other; missing values are empty cells."""
    hours = np.datetime64("2024-01-01T00") + np.arange(len(values)) * np.timedelta64(1, "h")
    rows = [
        ",".join([f"s{index}", f"{hour}:00", *("" if np.isnan(v) else f"{v:.6f}" for v in row)])
        for index in range(series)
        for hour, row in zip(hours, values + index, strict=True)
    ]
    path.write_text("\n".join(["plant,time,load,heat", *rows]) + "\n")
    return path


def with_gaps() -> Doubles:
    values = RNG.normal(size=(STEPS, 2)).cumsum(axis=0)
    values[RNG.random((STEPS, 2)) < 0.02] = np.nan
    return values


def later_changed(values: Doubles, first: int) -> Doubles:
    changed = values.copy()
    changed[first:] = 50 + 9 * changed[first:]
    return changed


def assert_same(first: Examples, second: Examples) -> None:
    for name in ("inputs", "targets", "targets_in_units", "positions"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("settings", [*SETTINGS, *KNOWN], ids=str)
@pytest.mark.parametrize("series", [1, 2])
def test_what_comes_after_the_training_set_changes_nothing_of_it(
    tmp_path: Path, settings: dict[str, object], series: int
) -> None:
    values = with_gaps()
    options = {"target": ("load",), "window": WINDOW, "horizon": HORIZON, **settings}
    plain = prepared(write_series(tmp_path / "a.csv", values, series), **options)
    first = int(np.min(plain.validation.positions % STEPS))
    changed = later_changed(values, first)
    other = prepared(write_series(tmp_path / "b.csv", changed, series), **options)
    assert_same(plain.training, other.training)
    assert plain.preprocessing == other.preprocessing


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_window_holds_nothing_from_its_first_predicted_step_on(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    values = with_gaps()
    options = {"target": ("load",), "window": WINDOW, "horizon": HORIZON, **settings}
    plain = prepared(write_series(tmp_path / "a.csv", values), **options)
    first = int(plain.test.positions[len(plain.test) // 2])
    other = prepared(write_series(tmp_path / "b.csv", later_changed(values, first)), **options)
    before = plain.test.positions <= first
    np.testing.assert_array_equal(plain.test.inputs[before], other.test.inputs[before])
    assert before.sum() > 5


@pytest.mark.parametrize("settings", KNOWN, ids=str)
def test_a_window_holds_of_later_steps_only_what_is_known_in_advance_of_its_forecast(
    tmp_path: Path, settings: dict[str, object]
) -> None:
    values = with_gaps()
    options = {"target": ("load",), "window": WINDOW, "horizon": HORIZON, **settings}
    plain = prepared(write_series(tmp_path / "a.csv", values), **options)
    first = int(plain.test.positions[len(plain.test) // 2])
    changed = later_changed(values, first)
    known = plain.preprocessing.input_names.index("heat") - 2  # of the columns load and heat
    changed[first : first + HORIZON, known] = values[first : first + HORIZON, known]
    other = prepared(write_series(tmp_path / "b.csv", changed), **options)
    before = plain.test.positions <= first
    np.testing.assert_array_equal(plain.test.inputs[before], other.test.inputs[before])
    assert before.sum() > 5
    assert not np.array_equal(plain.test.inputs, other.test.inputs)


def write_examples(path: Path, values: Doubles, labels: np.ndarray) -> Path:
    rows = [
        ",".join([*("" if np.isnan(v) else f"{v:.6f}" for v in row), label])
        for row, label in zip(values, labels, strict=True)
    ]
    header = ",".join([*(f"t{step}" for step in range(values.shape[1])), "label"])
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.mark.parametrize("missing", ["forward", "mask", "interpolate"])
@pytest.mark.parametrize("scaling", ["standard", "min-max", "robust"])
def test_examples_of_the_other_sets_change_nothing_of_the_training_set(
    tmp_path: Path, missing: str, scaling: str
) -> None:
    values = RNG.normal(size=(120, 9))
    values[RNG.random(values.shape) < 0.05] = np.nan
    labels = np.where(np.arange(120) % 3 == 0, "a", "b")
    options = {"missing": missing, "scaling": scaling}
    plain = prepared(write_examples(tmp_path / "a.csv", values, labels), **options)
    others = np.concatenate([plain.validation.positions, plain.test.positions])
    changed = values.copy()
    changed[others] = 50 + 9 * changed[others]
    other = prepared(write_examples(tmp_path / "b.csv", changed, labels), **options)
    assert_same(plain.training, other.training)
    assert plain.preprocessing == other.preprocessing


def test_labels_change_no_input(tmp_path: Path) -> None:
    values = RNG.normal(size=(120, 9))
    labels = np.where(np.arange(120) % 3 == 0, "a", "b")
    found = [
        prepared(write_examples(tmp_path / name, values, each), scaling="none")
        for name, each in (("a.csv", labels), ("b.csv", labels[::-1]))
    ]
    inputs = [np.empty_like(task.training.inputs, shape=(120, 9, 1)) for task in found]
    for rows, task in zip(inputs, found, strict=True):
        for part in task.parts.values():
            rows[part.positions] = part.inputs
    np.testing.assert_array_equal(*inputs)


def test_the_present_value_of_the_target_is_no_input_of_a_regression(tmp_path: Path) -> None:
    values = RNG.normal(size=(120, 3))
    rows = [",".join(f"{value:.5f}" for value in row) for row in values]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["a,b,yield", *rows]) + "\n")
    task = prepared(path, kind="regress", target=("yield",))
    assert "yield" not in task.preprocessing.input_names


def test_interpolation_is_refused_where_it_would_read_what_comes_later(tmp_path: Path) -> None:
    path = write_series(tmp_path / "a.csv", with_gaps())
    with pytest.raises(SpecError, match="after a window"):
        prepared(path, window=WINDOW, missing="interpolate")
