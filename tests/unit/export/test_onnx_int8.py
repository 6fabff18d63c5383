"""Exports to ONNX with int8 weights."""

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
    model_of,
    playing,
    ragged_task,
    raw_sequences,
)
from safetensors.numpy import load, save
from unit.nn.make_runs import finish, make_trainer

from studio.core.cells import CELLS, EXPORTED_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec, TrainingSpec
from studio.export import export_model
from studio.export.onnx.run_onnx import predictions_of
from studio.nn.inference.inference import InferenceModel
from studio.nn.networks.snapshots import weights_bytes

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from studio.export.onnx.export_onnx import onnx_model  # noqa: E402 - onnx is optional
from studio.export.onnx.int8_weights import with_int8_weights  # noqa: E402

TASKS = [classifying(), forecasting(), embedding_text(), continuing(), playing()]


def rounded_by_hand(model: TrainedModel) -> TrainedModel:
    """The network whose rows are whole numbers up to 127 times a scale of their own."""
    made = {}
    weights = load(model.weights)
    for name, array in weights.items():
        made[name] = array
        if array.ndim > 1:
            both = [array]
            twin = name[:-8] if name.endswith("_reverse") else name + "_reverse"
            if twin in weights:
                both.append(weights[twin])
            rows = np.abs(np.stack([each.reshape(len(each), -1) for each in both])).max(axis=(0, 2))
            scale = np.where(rows > 0, rows / 127, 1).reshape(-1, *[1] * (array.ndim - 1))
            made[name] = (np.round(array / scale) * scale).astype(np.float32)
    return replace(model, weights=save(made))


@pytest.mark.parametrize("cell", EXPORTED_CELLS)
def test_the_file_predicts_as_the_network_with_weights_rounded_by_hand(
    tmp_path: Path, cell: str
) -> None:
    both = CELLS[cell].is_recurrent
    spec = ContenderSpec(cell=cell, hidden_size=32, num_layers=2, bidirectional=both)
    for number, preprocessing in enumerate((embedding_text(), playing())):
        model = model_of(spec, preprocessing)
        done = export_model(
            model, "onnx-int8", tmp_path / f"{cell}{number}", raw_sequences(preprocessing, (7,))
        )
        batch = np.stack(raw_sequences(preprocessing, (6, 6))).astype(np.float32)
        [found] = predictions_of(done.files[0], [batch])
        expected = InferenceModel(rounded_by_hand(model)).predict(batch)
        assert np.abs(found - expected).max() <= 1e-5 * max(1, np.abs(expected).max())
        stored = onnx.load(done.files[0]).graph.initializer
        assert all(each.data_type != onnx.TensorProto.FLOAT for each in stored if
                       len(each.dims) > 1 and each.name[:2] != "B_")  # fmt: skip


def test_the_file_is_about_a_quarter_of_that_in_single_precision(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=128), forecasting())
    raw = raw_sequences(model.preprocessing, (7,))
    small, large = (
        export_model(model, form, tmp_path / form, raw) for form in ("onnx-int8", "onnx")
    )
    assert 0.25 < small.size / large.size < 0.32
    assert f"{small.size:,} bytes with int8 weights, {large.size:,} in single" in small.notes
    assert small.difference > 0
    assert large.difference < 1e-4 < small.difference


def test_a_network_too_small_to_gain_from_it_is_refused(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=1), forecasting(targets=1, horizon=1))
    with pytest.raises(ExportError, match="would not make the file smaller"):
        export_model(model, "onnx-int8", tmp_path / "m", raw_sequences(model.preprocessing, (7,)))
    assert not list(tmp_path.iterdir())


def test_the_test_score_stands_beside_that_of_the_trained_network(tmp_path: Path) -> None:
    task = ragged_task(counts=(40, 20, 300))
    model = model_of(ContenderSpec(hidden_size=24), task.preprocessing)
    scored = replace(model, test=task.test)
    raw = raw_sequences(task.preprocessing, (7, 7))
    done = export_model(scored, "onnx-int8", tmp_path / "m", raw)
    assert done.notes.startswith("Test accuracy on 300 test examples: int8 ")
    untold = export_model(model, "onnx-int8", tmp_path / "n", raw)
    assert untold.notes.startswith("The int8 weights have no test score of their own")


def test_weights_that_change_the_score_are_refused_with_both_scores(tmp_path: Path) -> None:
    task = ragged_task(counts=(40, 20, 300))
    spec = ContenderSpec(hidden_size=24)
    trainer = make_trainer(TrainingSpec(epochs=15, lr=0.01), task, spec)
    finish(trainer)
    weights = load(weights_bytes(trainer.network))
    head, *layer = (
        next(each for each in weights if each.endswith(name))
        for name in ("head.weight", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    )
    for name in layer:
        weights[name][2 * 24] = 0  # the first unit is always zero
    weights[head][:, 0] = 1e5  # so all other weights of a row are rounded to zero
    model = model_of(spec, task.preprocessing)
    spoiled = replace(model, weights=save(weights), test=task.test)
    raw = raw_sequences(task.preprocessing, (7, 7))
    with pytest.raises(ExportError, match="int8 weights change the predictions too much"):
        export_model(spoiled, "onnx-int8", tmp_path / "m", raw)
    assert not list(tmp_path.iterdir())


@settings(max_examples=15)
@given(spec=contenders(EXPORTED_CELLS), preprocessing=st.sampled_from(TASKS))
def test_any_graph_is_valid_with_int8_weights(
    spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    model = model_of(spec, preprocessing)
    built = onnx_model(model, raw_sequences(preprocessing, (7,)), None)
    whole = with_int8_weights(built, per_step=preprocessing.per_step)
    assert any(node.op_type == "DequantizeLinear" for node in whole.graph.node)
