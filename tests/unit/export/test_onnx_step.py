"""Exports of one step with the state in and out."""

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import (
    classifying,
    contenders,
    continuing,
    embedding_text,
    forecasting,
    forecasting_series,
    model_of,
    playing,
    raw_sequences,
    regressing,
)
from safetensors.numpy import load

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec, FileDataset, TaskSpec
from studio.data import load as load_data
from studio.data import prepare
from studio.data.dataset import Column, Series
from studio.export import export_model
from studio.export.onnx.run_onnx import StepRun, run_steps
from studio.export.stepwise.state_mode import state_mode
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

TASKS = [classifying(), forecasting(), regressing(), embedding_text(), continuing(), playing()]


def graph_of(model: TrainedModel, path: Path) -> Path:
    from studio.export.onnx.step_graph import build_step  # noqa: PLC0415 - needs onnx

    built = build_step(model, plain_weight_names(load(model.weights)), {})
    path.write_bytes(built.SerializeToString())
    return path


@settings(max_examples=25)
@given(spec=contenders(STANDARD_CELLS), preprocessing=st.sampled_from(TASKS))
def test_a_carried_state_predicts_as_the_whole_sequence_so_far(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    pooling = "mean" if spec.pooling == "attention" else spec.pooling
    spec = spec.model_copy(update={"bidirectional": False, "pooling": pooling})
    model = model_of(spec, preprocessing)
    path = graph_of(model, tmp_path_factory.getbasetemp() / "step.onnx")
    [sequence] = raw_sequences(preprocessing, (6,))
    batch = np.stack([sequence, sequence[::-1]])
    [found] = run_steps(path, [StepRun(batch)])
    trained = InferenceModel(model)
    for steps in (1, 3, 6):
        whole = trained.predict(batch[:, :steps])
        expected = whole[:, -1] if preprocessing.per_step else whole
        largest = max(1, np.abs(expected).max())
        assert np.abs(found[:, steps - 1] - expected).max() <= 1e-5 * largest


@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_an_export_is_checked_over_a_thousand_carried_steps(tmp_path: Path, cell: str) -> None:
    model = model_of(ContenderSpec(cell=cell, hidden_size=5, num_layers=2), forecasting())
    done = export_model(model, "onnx-step", tmp_path / "m", raw_sequences(forecasting(), (7, 7)))
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]
    assert "1,000 carried steps and 2 examples" in done.checks
    assert done.difference < 1e-4
    assert "trained on windows" in done.notes
    assert done.notes.endswith(
        "Test RMSE: 0.25 kW; the other way was not measured, as the test data cannot be read."
    )


def test_states_are_stacked_by_layer_and_start_at_zero(tmp_path: Path) -> None:
    spec = ContenderSpec(cell="lstm", hidden_size=5, num_layers=2, pooling="max")
    session = onnxruntime.InferenceSession(
        graph_of(model_of(spec, forecasting()), tmp_path / "m.onnx"),
        providers=["CPUExecutionProvider"],
    )
    assert {each.name: each.shape for each in session.get_inputs()} == {
        "x": ["batch", 3],
        "h": [2, "batch", 5],
        "c": [2, "batch", 5],
        "pooled": ["batch", 5],
        "steps": ["batch", 1],
    }
    names = [each.name for each in session.get_outputs()]
    assert names == ["answer", "h_next", "c_next", "pooled_next", "steps_next"]


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (ContenderSpec(bidirectional=True), "reads each sequence from its end too"),
        (ContenderSpec(pooling="attention"), "attention weighs all steps"),
        (ContenderSpec(cell="tcn"), "has no state"),
    ],
    ids=["both directions", "attention", "tcn"],
)
def test_what_needs_a_whole_sequence_is_refused_with_the_reason(
    tmp_path: Path, spec: ContenderSpec, reason: str
) -> None:
    model = model_of(spec, forecasting())
    with pytest.raises(ExportError, match=reason):
        export_model(model, "onnx-step", tmp_path / "m", raw_sequences(forecasting(), (7,)))
    assert not list(tmp_path.iterdir())


def test_each_series_keeps_its_own_scaler_step_by_step(tmp_path: Path) -> None:
    preprocessing = forecasting_series()
    model = model_of(ContenderSpec(hidden_size=5), preprocessing)
    sequences = raw_sequences(preprocessing, (7, 7, 7))
    series = np.arange(3)
    export_model(model, "onnx-step", tmp_path / "m", sequences, series)
    [found] = run_steps(tmp_path / "m.onnx", [StepRun(np.stack(sequences), series)])
    expected = InferenceModel(model).predict(np.stack(sequences), series)
    np.testing.assert_allclose(found[:, -1], expected, rtol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
def test_the_python_file_also_takes_one_step(tmp_path: Path, pooling: str) -> None:
    model = model_of(ContenderSpec(cell="lstm", hidden_size=5, pooling=pooling), forecasting())
    sequences = raw_sequences(model.preprocessing, (7, 7))
    export_model(model, "safetensors", tmp_path / "m", sequences)
    standalone = runpy.run_path(str(tmp_path / "m.py"))["Model"]()
    batch, state = np.stack(sequences), None
    for step in range(4):
        answer, state = standalone.step(batch[:, step], state)
    missing, state = standalone.step(np.full_like(batch[:, 0], np.nan), state)
    assert missing.isnan().all()
    for step in range(4, 7):
        answer, state = standalone.step(batch[:, step], state)
    expected = InferenceModel(model).predict(batch)
    np.testing.assert_allclose(answer.numpy(), expected, rtol=1e-5)


def test_the_python_file_refuses_single_steps_of_a_bidirectional_network(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(bidirectional=True), forecasting())
    export_model(model, "safetensors", tmp_path / "m", raw_sequences(forecasting(), (7,)))
    standalone = runpy.run_path(str(tmp_path / "m.py"))["Model"]()
    with pytest.raises(ValueError, match="needs whole sequences"):
        standalone.step(np.zeros((1, 3)))


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("cell", ["gru", "tcn"])
def test_lengths_tell_padding_from_steps_in_the_graph_of_sequences(
    tmp_path: Path, cell: str, pooling: str
) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=5, pooling=pooling, bidirectional=cell == "gru")
    model = model_of(spec, classifying())
    sequences = raw_sequences(model.preprocessing, (7, 4, 1))
    export_model(model, "onnx", tmp_path / "m", sequences)
    padded = np.full((3, 7, 3), np.nan)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    feed = {"sequences": padded, "lengths": np.array([7, 4, 1])}
    [found] = session.run(["answers"], feed)
    expected = InferenceModel(model).predict_each(sequences)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def windows_of_a_series(steps: int = 300) -> TrainedModel:
    values = np.cumsum(np.random.default_rng(0).normal(size=(steps, 1)), axis=0)
    series = Series("s", "s.csv", (Column("load", "target"),), values)
    task, _ = prepare(series, TaskSpec.model_validate({"target": ("load",), "window": 8}))
    return replace(model_of(ContenderSpec(hidden_size=4), task.preprocessing), test=task.test)


def test_the_export_says_what_carrying_a_state_trained_on_windows_scores(tmp_path: Path) -> None:
    model = windows_of_a_series()
    assert model.test is not None
    given_ = [model.preprocessing.inputs_in_units(model.test.inputs[:1])[0]]
    done = export_model(model, "onnx-step", tmp_path / "m", given_)
    carried = InferenceModel(model)
    inputs = model.test.inputs
    steps = np.concatenate([inputs[0], *(window[-1:] for window in inputs[1:])])
    raw = model.preprocessing.inputs_in_units(steps[None])[0]
    after = carried.predict_carried(raw)[inputs.shape[1] - 1 :]
    rmse = float(np.sqrt(np.mean((after - model.test.targets_in_units) ** 2)))
    assert done.notes.endswith(f"Test RMSE: 0.25 from zeros, {rmse:.4g} carried.")
    about = json.loads(onnx.load(tmp_path / "m.onnx").metadata_props[0].value)
    assert about["state"]["test_scores_carried"]["rmse"] == pytest.approx(rmse, rel=1e-4)
    assert about["state"]["trained"] == "windows"


def test_the_other_way_of_a_text_with_carried_state_is_from_zeros(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("the cat sat on the mat " * 40, encoding="utf-8")
    text = load_data(FileDataset(path=str(tmp_path / "t.txt")))
    options = {"kind": "next-token", "window": 10, "carry_state": True}
    task, _ = prepare(text, TaskSpec.model_validate(options))
    model = replace(model_of(ContenderSpec(hidden_size=4), task.preprocessing), test=task.test)
    mode = state_mode(model)
    assert mode.trained == "carried"
    assert set(mode.other) == {"nll", "perplexity"}
    assert mode.plain["test_scores_from_zeros"] == dict(mode.other)
