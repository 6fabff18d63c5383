import json
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
    raw_sequences,
    regressing,
)
from safetensors.numpy import load

from studio.core.cells import EXPORTED_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.export.onnx.run_onnx import predictions_of, run_onnx
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
onnx = pytest.importorskip("onnx", reason="onnx is not installed")

TASKS = st.sampled_from(
    [classifying(), forecasting(), regressing(), embedding_text(), continuing(), playing()]
)
BOTH_WAYS = {"hidden_size": 5, "num_layers": 2, "bidirectional": True}


def export(model: TrainedModel, out: Path) -> Path:
    export_model(model, "onnx", out, raw_sequences(model.preprocessing, (7, 4, 5)))
    return out


def graph_of(model: TrainedModel, path: Path) -> Path:
    """The same graph without the check in another process."""
    from studio.export.onnx.graph import build_onnx  # noqa: PLC0415 - needs onnx

    built = build_onnx(model, plain_weight_names(load(model.weights)), {})
    path.write_bytes(built.SerializeToString())
    return path


@settings(max_examples=40)
@given(spec=contenders(EXPORTED_CELLS), preprocessing=TASKS)
def test_any_graph_predicts_as_torch_at_any_batch_size_and_length(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    model = model_of(spec, preprocessing)
    path = graph_of(model, tmp_path_factory.getbasetemp() / "model.onnx")
    sequence = raw_sequences(preprocessing, (9,))[0]
    batches = [sequence[None], np.stack([sequence[:4], sequence[5:]]), sequence[None, :1]]
    trained = InferenceModel(model)
    for batch, result in zip(batches, run_onnx(path, batches), strict=True):
        expected = trained.predict(batch)
        assert result.shape == expected.shape
        assert result.dtype == np.float32
        assert np.abs(result - expected).max() <= 1e-5 * max(1, np.abs(expected).max())


@pytest.mark.parametrize(
    ("spec", "preprocessing"),
    [
        (ContenderSpec(cell="gru", pooling="attention", **BOTH_WAYS), forecasting()),
        (ContenderSpec(cell="lstm", pooling="last", **BOTH_WAYS), classifying()),
        (ContenderSpec(cell="rnn", pooling="max", nonlinearity="relu", **BOTH_WAYS), regressing()),
        (ContenderSpec(cell="tcn", hidden_size=5, num_layers=3, kernel_size=2), classifying()),
        (ContenderSpec(cell="tcn", hidden_size=5, pooling="attention"), forecasting()),
    ],
    ids=["gru", "lstm", "rnn", "tcn", "tcn with attention"],
)
def test_an_export_is_checked_in_onnxruntime(
    tmp_path: Path, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    model = model_of(spec, preprocessing)
    sequences = raw_sequences(preprocessing, (7, 4, 5))
    done = export_model(model, "onnx", tmp_path / "model", sequences)
    assert done.files == (tmp_path / "model.onnx",)
    assert done.difference < 1e-4
    assert "batches of 1 and 3, lengths 2 to 7" in done.checks
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_batch_and_time_are_free_and_named(tmp_path: Path) -> None:
    path = graph_of(model_of(ContenderSpec(), forecasting()), tmp_path / "model.onnx")
    graph = onnx.load(path).graph
    shapes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert shapes == {
        "sequences": ["batch", "time", 3],
        "lengths": ["batch or 1"],
        "answers": ["batch", 6],
    }


def test_the_file_has_the_description_of_a_safetensors_export(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(name="My GRU"), classifying(classes=3))
    path = export(model, tmp_path / "model.onnx")
    properties = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    about = json.loads(properties["gate_studio"])
    assert about["name"] == "My GRU"
    assert about["output"]["class_names"] == ["class 0", "class 1", "class 2"]
    example = np.array([about["example"]["input"]])
    assert np.abs(run_onnx(path, [example])[0] - about["example"]["answer"]).max() < 1e-6


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_graph_with_a_wrong_gate_order_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    order = {"gru": ("reset", "update", "new"), "lstm": ("input", "forget", "cell", "output")}
    monkeypatch.setattr("studio.export.onnx.network_nodes._ORDER", order)
    (tmp_path / "model.onnx").write_text("older")
    with pytest.raises(ExportError, match="predictions of the written model differ by"):
        export(model_of(ContenderSpec(cell=cell), forecasting()), tmp_path / "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert (tmp_path / "model.onnx").read_text() == "older"


def test_targets_far_from_zero_do_not_hide_a_wrong_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preprocessing = regressing()
    far = Scaler(kind="standard", center=(1e4,), scale=(1.0,))
    model = model_of(ContenderSpec(), preprocessing.model_copy(update={"target_scaler": far}))
    export(model, tmp_path / "right.onnx")
    monkeypatch.setattr(
        "studio.export.onnx.network_nodes._ORDER", {"gru": ("reset", "update", "new")}
    )
    with pytest.raises(ExportError, match="predictions of the written model differ by"):
        export(model, tmp_path / "wrong.onnx")


def test_a_file_that_onnxruntime_cannot_run_is_an_export_error(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ExportError, match="onnxruntime cannot run the model"):
        predictions_of(path, [np.zeros((1, 2, 3), np.float32)])


def test_without_its_libraries_the_export_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "studio.export.onnx.export_onnx.find_spec",
        lambda name: None if name == "onnxruntime" else name,
    )
    with pytest.raises(ExportError, match="needs onnxruntime") as caught:
        export(model_of(ContenderSpec(), regressing()), tmp_path / "model.onnx")
    assert "pip install" in caught.value.remedy
    assert not list(tmp_path.iterdir())


def test_numbers_far_from_zero_keep_their_last_digits(tmp_path: Path) -> None:
    """The kind of GNSS heights or meter readings: 5,412,345.678 with a motion of 0.004."""
    far = forecasting()
    scalers = {
        name: Scaler(kind="standard", center=(5_412_345.678,) * count, scale=(0.004,) * count)
        for name, count in (
            ("input_scaler", len(far.input_names)),
            ("target_scaler", len(far.target_names)),
        )
    }
    model = model_of(ContenderSpec(), far.model_copy(update=scalers))
    path = export(model, tmp_path / "model.onnx")
    moved = np.random.default_rng(0).normal(size=(3, 7, len(far.input_names)))
    sequences = 5_412_345.678 + 0.004 * moved
    written, trained = run_onnx(path, [sequences])[0], InferenceModel(model).predict(sequences)
    assert np.abs(written - trained).max() < 1e-6
    assert np.ptp(trained) > 1e-4


def test_an_example_with_a_missing_value_is_answered_by_nan(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(), forecasting())
    path = export(model, tmp_path / "model.onnx")
    sequences = np.stack(raw_sequences(model.preprocessing, (7, 7)))
    sequences[1, 3, 0] = np.nan
    whole, gappy = run_onnx(path, [sequences])[0]
    assert np.isfinite(whole).all()
    assert np.isnan(gappy).all()
