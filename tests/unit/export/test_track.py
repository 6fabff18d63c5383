"""Exports of models with a number at each step."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import model_of
from unit.export.make_files import run_alone

from studio.core.prepared.examples import PreparedTask
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import (
    ContenderSpec,
    GeneratedDataset,
    TaskSpec,
    TrainingSpec,
)
from studio.data import load, prepare
from studio.export import export_model
from studio.nn.inference.track_scoring import free_running
from studio.nn.networks.load_network import load_network

WASHOUT = 6


def battery(loss: str | None, *, past_target: bool) -> PreparedTask:
    dataset = load(GeneratedDataset(generator="battery", parameters={"steps": 500}))
    options = {"kind": "track", "window": 30, "washout": WASHOUT, "past_target": past_target}
    training = TrainingSpec.model_validate({"loss": loss})
    return prepare(dataset, TaskSpec.model_validate(options), training=training)[0]


def model(task: PreparedTask) -> TrainedModel:
    return model_of(ContenderSpec(cell="lstm", hidden_size=5), task.preprocessing)


def sequences(task: PreparedTask) -> list[np.ndarray]:
    return [task.preprocessing.inputs_in_units(task.test.inputs[index]) for index in range(3)]


@pytest.mark.parametrize("loss", [None, "quantiles"])
def test_python_file_runs_freely_like_the_scores(tmp_path: Path, loss: str | None) -> None:
    task = battery(loss, past_target=True)
    trained = model(task)
    export_model(trained, "safetensors", tmp_path / "m", sequences(task))
    standalone = runpy.run_path(str(tmp_path / "m.py"))["Model"]()
    given = np.stack(sequences(task))
    given[:, WASHOUT + 1 :, -1] = 0.0  # not read
    network = load_network(trained.contender, trained.preprocessing, trained.weights)
    with torch.no_grad():
        raw = free_running(
            network, torch.from_numpy(np.array(task.test.inputs[:3])), task.preprocessing
        )
    expected = task.preprocessing.predictions_from(raw.numpy())
    np.testing.assert_allclose(standalone.simulate(given).numpy(), expected, rtol=1e-3, atol=1e-3)
    about = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert about["output"]["washout"] == WASHOUT
    assert about["output"]["past_target"] == {
        "before_first_step": list(task.preprocessing.past_target or ())
    }
    assert run_alone(tmp_path / "m.py").returncode == 0


def test_python_file_without_a_past_target_refuses_to_run_freely(tmp_path: Path) -> None:
    task = battery(None, past_target=False)
    export_model(model(task), "safetensors", tmp_path / "m", sequences(task))
    standalone = runpy.run_path(str(tmp_path / "m.py"))["Model"]()
    with pytest.raises(ValueError, match="does not read the target of the step before"):
        standalone.simulate(np.stack(sequences(task)))


@pytest.mark.parametrize("loss", [None, "quantiles"])
def test_onnx_has_an_output_for_each_step(tmp_path: Path, loss: str | None) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    task = battery(loss, past_target=False)
    trained = model(task)
    export_model(trained, "onnx", tmp_path / "m", sequences(task))
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    given = np.stack(sequences(task))
    dtype = np.float64 if "double" in session.get_inputs()[0].type else np.float32
    (found,) = session.run(None, {"sequences": given.astype(dtype)})
    network = load_network(trained.contender, trained.preprocessing, trained.weights)
    with torch.no_grad():
        raw = network(torch.from_numpy(np.array(task.test.inputs[:3])))
    expected = task.preprocessing.predictions_from(raw.numpy())
    assert found.shape == (3, 30, task.preprocessing.output_size)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-2)
