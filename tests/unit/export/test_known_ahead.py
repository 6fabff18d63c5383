"""Exports of models that read what is known in advance."""

import json
import runpy
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from networks import model_of

from studio.core.specs.comparison_spec import ContenderSpec, TaskSpec
from studio.data import prepare
from studio.data.dataset import Column, Series
from studio.export import export_model
from studio.nn.networks.load_network import load_network


@pytest.mark.parametrize("cell", ["gru", "tcn"])
def test_exported_models_read_the_values_ahead_as_further_channels(
    tmp_path: Path, cell: str
) -> None:
    columns = (Column("heat", "feature", unit="°C"), Column("load", "target"))
    values = np.random.default_rng(0).normal(20, 5, size=(200, 2))
    options = {"target": ("load",), "known_ahead": ("heat",), "window": 6, "horizon": 3}
    task, _ = prepare(Series("s", "s.csv", columns, values), TaskSpec.model_validate(options))
    trained = model_of(ContenderSpec(cell=cell, hidden_size=5), task.preprocessing)
    given = task.preprocessing.inputs_in_units(task.test.inputs[:4])
    network = load_network(trained.contender, trained.preprocessing, trained.weights)
    with torch.no_grad():
        raw = network(torch.from_numpy(np.array(task.test.inputs[:4])))
    expected = task.preprocessing.predictions_from(raw.numpy())

    export_model(trained, "onnx", tmp_path / "m", list(given))
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    [found] = session.run(None, {session.get_inputs()[0].name: given.astype(np.float32)})
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-4)

    export_model(trained, "safetensors", tmp_path / "m", list(given))
    loaded = runpy.run_path(str(tmp_path / "m.py"))["Model"]().predict(given)
    np.testing.assert_allclose(loaded.numpy().reshape(expected.shape), expected, rtol=1e-4)
    about = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))["input"]
    assert about["known_ahead"] == ["heat"]
    assert about["names"] == ["heat", "load", "heat +1", "heat +2", "heat +3"]
    assert about["units"] == ["°C", "", "°C", "°C", "°C"]
