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

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.model import TrainedModel
from studio.core.preparation import Preparation, Scaler
from studio.core.spec import ContenderSpec
from studio.export import export_model
from studio.export.onnx_running import answers_of, run_onnx
from studio.export.plain_names import plain_names
from studio.nn.answering import AnsweringModel

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
onnx = pytest.importorskip("onnx", reason="onnx is not installed")

TASKS = st.sampled_from(
    [classifying(), forecasting(), regressing(), embedding_text(), continuing(), playing()]
)
BOTH_WAYS = {"hidden_size": 5, "num_layers": 2, "bidirectional": True}


def export(model: TrainedModel, out: Path) -> Path:
    export_model(model, "onnx", out, raw_sequences(model.preparation, (7, 4, 5)))
    return out


def graph_of(model: TrainedModel, path: Path) -> Path:
    """The same graph without the check in a process of its own."""
    from studio.export.onnx_graph import build_onnx  # noqa: PLC0415 - needs onnx

    built = build_onnx(model, plain_names(load(model.weights)), {})
    path.write_bytes(built.SerializeToString())
    return path


@settings(max_examples=40)
@given(spec=contenders(STANDARD_CELLS), preparation=TASKS)
def test_any_graph_answers_as_torch_at_any_batch_size_and_length(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preparation: Preparation
) -> None:
    model = model_of(spec, preparation)
    path = graph_of(model, tmp_path_factory.getbasetemp() / "model.onnx")
    sequence = raw_sequences(preparation, (9,))[0]
    batches = [sequence[None], np.stack([sequence[:4], sequence[5:]]), sequence[None, :1]]
    trained = AnsweringModel(model)
    for batch, found in zip(batches, run_onnx(path, batches), strict=True):
        expected = trained.answer(batch)
        assert found.shape == expected.shape
        assert found.dtype == np.float32
        assert np.abs(found - expected).max() <= 1e-5 * max(1, np.abs(expected).max())


@pytest.mark.parametrize(
    ("spec", "preparation"),
    [
        (ContenderSpec(cell="gru", pooling="attention", **BOTH_WAYS), forecasting()),
        (ContenderSpec(cell="lstm", pooling="last", **BOTH_WAYS), classifying()),
        (ContenderSpec(cell="rnn", pooling="max", nonlinearity="relu", **BOTH_WAYS), regressing()),
    ],
    ids=["gru", "lstm", "rnn"],
)
def test_an_export_is_checked_in_onnxruntime_before_it_is_done(
    tmp_path: Path, spec: ContenderSpec, preparation: Preparation
) -> None:
    model = model_of(spec, preparation)
    sequences = raw_sequences(preparation, (7, 4, 5))
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
    assert shapes == {"sequences": ["batch", "time", 3], "answers": ["batch", 6]}


def test_the_file_describes_itself_as_the_json_of_a_safetensors_export_does(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(name="My GRU"), classifying(classes=3))
    path = export(model, tmp_path / "model.onnx")
    properties = {entry.key: entry.value for entry in onnx.load(path).metadata_props}
    about = json.loads(properties["gate_studio"])
    assert about["name"] == "My GRU"
    assert about["output"]["class_names"] == ["class 0", "class 1", "class 2"]
    example = np.array([about["example"]["input"]], dtype=np.float32)
    assert np.abs(run_onnx(path, [example])[0] - about["example"]["answer"]).max() < 1e-6


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_graph_with_its_gates_in_a_wrong_order_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    order = {"gru": ("reset", "update", "new"), "lstm": ("input", "forget", "cell", "output")}
    monkeypatch.setattr("studio.export.onnx_graph._ORDER", order)
    (tmp_path / "model.onnx").write_text("older")
    with pytest.raises(ExportError, match="answers differ by"):
        export(model_of(ContenderSpec(cell=cell), forecasting()), tmp_path / "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]
    assert (tmp_path / "model.onnx").read_text() == "older"


def test_targets_that_lie_far_from_zero_do_not_hide_a_wrong_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparation = regressing()
    far = Scaler(kind="standard", center=(1e4,), scale=(1.0,))
    model = model_of(ContenderSpec(), preparation.model_copy(update={"target_scaler": far}))
    export(model, tmp_path / "right.onnx")
    monkeypatch.setattr("studio.export.onnx_graph._ORDER", {"gru": ("reset", "update", "new")})
    with pytest.raises(ExportError, match="answers differ by"):
        export(model, tmp_path / "wrong.onnx")


def test_a_file_that_onnxruntime_cannot_run_is_told_as_an_export_error(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ExportError, match="onnxruntime cannot run the model"):
        answers_of(path, [np.zeros((1, 2, 3), np.float32)])


def test_without_its_libraries_the_export_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "studio.export.onnx.find_spec", lambda name: None if name == "onnxruntime" else name
    )
    with pytest.raises(ExportError, match="needs onnxruntime") as caught:
        export(model_of(ContenderSpec(), regressing()), tmp_path / "model.onnx")
    assert "pip install" in caught.value.remedy
    assert not list(tmp_path.iterdir())
