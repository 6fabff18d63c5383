"""Columns that are known in advance: what windows hold of the steps that they predict."""

import numpy as np
import pytest

from studio.analysis import score_baselines
from studio.core.errors import SpecError
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import prepare
from studio.data.dataset import Column, Series

WINDOW, HORIZON = 5, 3
OPTIONS = {"target": ("load",), "known_ahead": ("heat",), "window": WINDOW, "horizon": HORIZON}


def series(values: np.ndarray | None = None, lengths: tuple[int, ...] | None = None) -> Series:
    """Columns wind, heat and load; of several series each of another size."""
    if values is None:
        values = np.random.default_rng(0).normal(size=(sum(lengths or (200,)), 3))
        values += np.repeat(10.0 ** np.arange(len(lengths or (1,))), lengths or (200,))[:, None]
    columns = tuple(
        Column(name, "feature", missing=int(np.isnan(values[:, index]).sum()))
        for index, name in enumerate(("wind", "heat", "load"))
    )
    counts = None if lengths is None else np.array(lengths)
    return Series("plant", "plant.csv", columns, values, lengths=counts)


def prepared(data: Series, **settings: object) -> PreparedTask:
    return prepare(data, TaskSpec.model_validate(OPTIONS | settings))[0]


def test_each_step_holds_the_known_column_at_the_steps_up_to_the_horizon() -> None:
    data = series()
    task = prepared(data)
    made = task.preprocessing
    assert made.input_names == ("wind", "heat", "load", "heat +1", "heat +2", "heat +3")
    heat = data.values[:, 1]
    for part in task.parts.values():
        in_units = made.inputs_in_units(part.inputs)
        for window, first in zip(in_units, part.positions.tolist(), strict=True):
            np.testing.assert_allclose(window[-1, 3:], heat[first : first + HORIZON], atol=1e-5)
            np.testing.assert_allclose(window[-2, 3:], heat[first - 1 : first + 2], atol=1e-5)


def test_later_values_are_scaled_as_the_column_itself() -> None:
    scaler = prepared(series()).preprocessing.input_scaler
    assert scaler.center[3:] == (scaler.center[1],) * HORIZON
    assert scaler.scale[3:] == (scaler.scale[1],) * HORIZON


@pytest.mark.parametrize("scale_by", ["all", "series"])
def test_nothing_is_read_from_another_series(scale_by: str) -> None:
    data = series(lengths=(60, 80, 70))
    task = prepared(data, scale_by=scale_by)
    made, heat = task.preprocessing, data.values[:, 1]
    for part in task.parts.values():
        in_units = made.inputs_in_units(part.inputs, made.scaled_series(part.positions))
        ahead = heat[part.positions[:, None] + np.arange(HORIZON)]
        np.testing.assert_allclose(in_units[:, -1, 3:], ahead, rtol=1e-4, atol=1e-3)


def test_a_column_that_is_known_in_advance_is_an_input_even_where_the_inputs_are_named() -> None:
    task = prepared(series(), features=("load",))
    assert task.preprocessing.input_names[:2] == ("load", "heat")


def test_a_gap_of_a_known_column_is_told_by_its_mask_at_each_step_ahead() -> None:
    values = series().values.copy()
    values[100, 1] = np.nan
    task = prepared(series(values), missing="mask", split=(0.8, 0.1, 0.1))
    names = task.preprocessing.input_names
    assert names[3] == "heat missing"
    [index] = np.flatnonzero(task.training.positions == 100)
    last = dict(zip(names, task.training.inputs[index, -1].tolist(), strict=True))
    assert (last["heat missing +1"], last["heat missing +2"]) == (1, 0)
    assert last["heat +1"] == pytest.approx(0, abs=1e-6)  # filled with the training mean


def test_windows_without_a_known_value_at_a_predicted_step_are_dropped() -> None:
    values = series().values.copy()
    values[100, 1] = np.nan
    task = prepared(series(values), missing="drop", split=(0.8, 0.1, 0.1))
    gone = set(range(WINDOW, 130)) - set(task.training.positions.tolist())
    assert gone == set(range(100 - HORIZON + 1, 100 + WINDOW + 1))
    assert all(np.isfinite(part.inputs).all() for part in task.parts.values())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"known_ahead": ("heat", "load")}, "'load' is predicted, so it cannot be known"),
        ({"target": None, "known_ahead": ("wind", "heat", "load")}, "none is left to predict"),
        ({"known_ahead": ("price",)}, "no column 'price'"),
        ({"kind": "track", "window": 20, "horizon": 1}, "but the task is track"),
    ],
)
def test_what_cannot_be_known_in_advance_is_refused(
    settings: dict[str, object], words: str
) -> None:
    with pytest.raises(SpecError, match=words) as refused:
        prepared(series(), **settings)
    assert refused.value.where == "known_ahead"


def test_the_column_to_predict_is_assumed_among_those_that_are_not_known() -> None:
    _, task = prepare(series(), TaskSpec(known_ahead=("load",), window=WINDOW))
    assert task.target == ("heat",)


@pytest.mark.parametrize("known", [True, False])
def test_linear_autoregression_reads_what_is_known_in_advance(*, known: bool) -> None:
    values = np.random.default_rng(1).normal(size=(400, 3))
    values[:, 2] = 3 - 2 * values[:, 1]  # the load of an hour follows from its heat alone
    task = prepared(series(values), known_ahead=("heat",) if known else None)
    scores = {found.name: found.scores["rmse"] for found in score_baselines(task)}
    error = scores["linear autoregression"]
    assert error < 1e-4 if known else error > 1.8
