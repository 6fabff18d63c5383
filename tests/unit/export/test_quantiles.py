"""Exports of networks that predict quantiles name every output and predict the same numbers."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from networks import forecasting, forecasting_series, model_of, raw_sequences
from unit.export.make_files import run_alone

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.nn.inference.inference import InferenceModel

CHOSEN = {"chosen_loss": ChosenLoss(name="pinball", quantiles=(0.1, 0.5, 0.9))}
LENGTHS = (7, 4, 5)


def model(*, has_series: bool = False) -> TrainedModel:
    plain = forecasting_series() if has_series else forecasting()
    return model_of(ContenderSpec(cell="lstm", hidden_size=5), plain.model_copy(update=CHOSEN))


@pytest.mark.parametrize("has_series", [False, True])
def test_python_file_predicts_the_same_quantiles_without_the_studio(
    tmp_path: Path, *, has_series: bool
) -> None:
    trained = model(has_series=has_series)
    series = np.array([0, 1, 2]) if has_series else None
    sequences = raw_sequences(trained.preprocessing, LENGTHS)
    export_model(trained, "safetensors", tmp_path / "m", sequences, series)
    standalone = runpy.run_path(str(tmp_path / "m.py"))["Model"]()
    for index, sequence in enumerate(sequences):
        own = None if series is None else series[index : index + 1]
        found = standalone.predict(sequence[None], None if own is None else own.tolist()).numpy()
        np.testing.assert_allclose(
            found, InferenceModel(trained).predict(sequence[None], own), rtol=1e-5
        )
    assert run_alone(tmp_path / "m.py").returncode == 0


def test_description_names_every_output_and_has_a_version_of_its_own(tmp_path: Path) -> None:
    trained = model()
    export_model(trained, "safetensors", tmp_path / "m", raw_sequences(trained.preprocessing, (7,)))
    about = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert about["version"] == 3
    assert about["output"]["quantiles"] == [0.1, 0.5, 0.9]
    assert about["output"]["outputs"][:4] == ["y0+1 q0.1", "y0+1 q0.5", "y0+1 q0.9", "y1+1 q0.1"]
    assert len(about["output"]["outputs"]) == len(about["example"]["answer"]) == 18


@pytest.mark.parametrize("has_series", [False, True])
def test_onnx_predicts_the_same_quantiles_and_names_them(
    tmp_path: Path, *, has_series: bool
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    trained = model(has_series=has_series)
    series = np.array([0, 1, 2]) if has_series else None
    sequences = raw_sequences(trained.preprocessing, LENGTHS)
    export_model(trained, "onnx", tmp_path / "m", sequences, series)
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx", providers=["CPUExecutionProvider"])
    dtype = np.float64 if "double" in session.get_inputs()[0].type else np.float32
    fed = {"sequences": sequences[0][None].astype(dtype)}
    if series is not None:
        fed["series"] = series[:1]
    (found,) = session.run(None, fed)
    own = None if series is None else series[:1]
    expected = InferenceModel(trained).predict(sequences[0][None], own)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    about = json.loads(session.get_modelmeta().custom_metadata_map["gate_studio"])
    assert len(about["output"]["outputs"]) == found.shape[1] == 18
