"""Exports of models that scale each series on its own: which series is part of their input."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from networks import forecasting, forecasting_series, model_of, raw_sequences

from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.nn.inference.inference import InferenceModel

LENGTHS = (7, 4, 5, 6, 7, 7)
SERIES = np.arange(len(LENGTHS)) % 4


@pytest.fixture
def model() -> TrainedModel:
    spec = ContenderSpec(cell="gru", hidden_size=5, num_layers=2)
    return model_of(spec, forecasting_series())


def sequences(model: TrainedModel) -> list[np.ndarray]:
    return raw_sequences(model.preprocessing, LENGTHS)


def written(model: TrainedModel, out: Path) -> Path:
    export_model(model, "safetensors", out, sequences(model), SERIES)
    return out.with_suffix(".py")


def test_python_file_predicts_each_series_in_its_own_units(
    model: TrainedModel, tmp_path: Path
) -> None:
    standalone = runpy.run_path(str(written(model, tmp_path / "m.safetensors")))["Model"]()
    trained = InferenceModel(model)
    for index, sequence in zip(SERIES.tolist(), sequences(model), strict=True):
        expected = trained.predict(sequence[None], np.array([index]))
        by_name = [model.preprocessing.series_scaling.names[index]]
        for series in ([index], by_name):
            found = standalone.predict(sequence[None], series).numpy()
            np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert standalone.check()[1]


def test_new_series_is_scaled_as_all_training_steps(model: TrainedModel, tmp_path: Path) -> None:
    standalone = runpy.run_path(str(written(model, tmp_path / "m.safetensors")))["Model"]()
    plain = model.preprocessing.model_copy(update={"series_scaling": None})
    as_all = InferenceModel(TrainedModel(**{**vars(model), "preprocessing": plain}))
    sequence = sequences(model)[3][None]
    np.testing.assert_allclose(
        standalone.predict(sequence, [-1]).numpy(), as_all.predict(sequence), rtol=1e-5
    )


def test_python_file_refuses_to_guess_the_series(model: TrainedModel, tmp_path: Path) -> None:
    standalone = runpy.run_path(str(written(model, tmp_path / "m.safetensors")))["Model"]()
    sequence = sequences(model)[0][None]
    with pytest.raises(ValueError, match="scales each series on its own"):
        standalone.predict(sequence)
    with pytest.raises(ValueError, match=r"no series 'nowhere'; -1 stands for a new series"):
        standalone.predict(sequence, ["nowhere"])
    with pytest.raises(ValueError, match="no series 9"):
        standalone.predict(sequence, [9])


def test_description_lists_the_scaling_of_every_series(model: TrainedModel, tmp_path: Path) -> None:
    written(model, tmp_path / "m.safetensors")
    about = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert about["version"] == 2
    assert [each["name"] for each in about["series"]] == ["north", "south", "east", "west", None]
    assert [each["has_training_steps"] for each in about["series"]] == [True] * 3 + [False] * 2
    assert about["series"][1]["output"] == {"center": [3000.0] * 2, "scale": [1000.0] * 2}
    assert about["series"][1]["input"]["scale"] == [1000.0] * 3
    assert about["example"]["series"] == 0


def test_description_of_one_scaler_for_all_stays_as_it_was(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(cell="gru", hidden_size=3), forecasting())
    export_model(model, "safetensors", tmp_path / "m", raw_sequences(model.preprocessing, (7,)))
    about = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert about["version"] == 1
    assert "series" not in about
    assert "series" not in about["example"]


def test_onnx_takes_the_series_as_an_input_and_is_checked_as_a_new_series_too(
    model: TrainedModel, tmp_path: Path
) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    out = tmp_path / "m.onnx"
    done = export_model(model, "onnx", out, sequences(model), SERIES)
    assert "6 examples of 4 series, each also as a new series," in done.checks
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["sequences", "series"]
    trained = InferenceModel(model)
    batch = np.stack([sequence[:4] for sequence in sequences(model)])
    for series in (SERIES, np.full(len(batch), -1)):
        [found] = session.run(["answers"], {"sequences": batch, "series": series})
        np.testing.assert_allclose(found, trained.predict(batch, series), rtol=1e-4)
    about = json.loads(session.get_modelmeta().custom_metadata_map["gate_studio"])
    assert len(about["series"]) == 5


@pytest.mark.parametrize("form", ["safetensors", "onnx"])
def test_export_with_the_statistics_of_another_series_is_refused(
    model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    pytest.importorskip("onnxruntime")
    predict = InferenceModel.predict

    def wrong(self: InferenceModel, batch: np.ndarray, series: np.ndarray) -> np.ndarray:
        return predict(self, batch, np.where(series == 2, 1, series))

    monkeypatch.setattr(InferenceModel, "predict", wrong)
    with pytest.raises(ExportError, match="predictions of the written model differ"):
        export_model(model, form, tmp_path / "m", sequences(model), SERIES)
    assert not list(tmp_path.iterdir())
