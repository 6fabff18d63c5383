import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
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
from unit.export.make_files import run_alone

from studio.core.cells import EXPORTED_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.export.export_model import EXPORTS
from studio.nn.inference.inference import InferenceModel

TASKS = st.sampled_from(
    [classifying(), forecasting(), regressing(), embedding_text(), continuing(), playing()]
)


def exported(model: TrainedModel, folder: Path, name: str = "model.safetensors") -> Path:
    sequences = raw_sequences(model.preprocessing, (7, 4, 1))
    export_model(model, "safetensors", folder / name, sequences)
    return folder / name


def described(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@settings(max_examples=40)
@given(spec=contenders(EXPORTED_CELLS), preprocessing=TASKS)
def test_any_model_predicts_the_same_after_export(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    model = model_of(spec, preprocessing)
    path = exported(model, tmp_path_factory.getbasetemp())
    written = runpy.run_path(str(path.with_suffix(".py")))["Model"]()
    trained = InferenceModel(model)
    for sequence in raw_sequences(preprocessing, (9, 2)):
        batch = np.stack([sequence, sequence[::-1]])
        difference = np.abs(written.predict(batch).numpy() - trained.predict(batch)).max()
        assert difference <= 1e-5 * max(1, np.abs(trained.predict(batch)).max())
        listed = written.predict(batch.tolist()).numpy()
        assert np.abs(listed - trained.predict(batch)).max() <= 1e-5 * max(1, np.abs(listed).max())


@pytest.mark.parametrize(
    "spec",
    [
        ContenderSpec(cell="gru", bidirectional=True, pooling="attention"),
        ContenderSpec(cell="lstm", num_layers=2, dropout=0.5),
        ContenderSpec(cell="rnn", nonlinearity="relu", pooling="max"),
    ],
    ids=lambda spec: spec.cell,
)
def test_the_script_only_needs_torch(tmp_path: Path, spec: ContenderSpec) -> None:
    path = exported(model_of(spec, forecasting()), tmp_path)
    ended = run_alone(path.with_suffix(".py"))
    assert ended.returncode == 0, ended.stderr
    assert "as expected" in ended.stdout


def test_the_script_reports_a_wrong_prediction(tmp_path: Path) -> None:
    path = exported(model_of(ContenderSpec(), regressing()), tmp_path)
    about = described(path)
    about["example"]["answer"][0] += 1
    path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
    ended = run_alone(path.with_suffix(".py"))
    assert ended.returncode == 1
    assert "WRONG" in ended.stdout


def test_large_centres_keep_their_precision(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=16), regressing())
    path = exported(model, tmp_path)
    written = runpy.run_path(str(path.with_suffix(".py")))["Model"]()
    batch = raw_sequences(model.preprocessing, (7,))[0][None]
    assert (
        np.abs(written.predict(batch).numpy() - InferenceModel(model).predict(batch)).max() < 1e-5
    )


def test_weights_have_the_names_of_torch(tmp_path: Path) -> None:
    spec = ContenderSpec(cell="gru", bidirectional=True, pooling="attention")
    path = exported(model_of(spec, classifying()), tmp_path)
    read = runpy.run_path(str(path.with_suffix(".py")))["read_safetensors"](path)
    stock = torch.nn.GRU(3, 32, bidirectional=True)
    expected = {f"recurrent.{name}" for name, _ in stock.named_parameters()}
    assert set(read) == expected | {"head.weight", "head.bias", "score.weight", "score.bias"}


def test_the_description_of_a_forecast_is_complete(tmp_path: Path) -> None:
    preprocessing = forecasting(channels=2, targets=2, horizon=3, window=7)
    model = model_of(ContenderSpec(name="My GRU", hidden_size=5), preprocessing)
    about = described(exported(model, tmp_path))
    assert about["name"] == "My GRU"
    assert about["trained"] == {
        "dataset": "toy",
        "seed": 3,
        "epoch": 5,
        "test_scores": {"rmse": 0.25},
    }
    given_, result = about["input"], about["output"]
    assert (given_["names"], given_["units"]) == (["x0", "x1"], ["°C", "°C"])
    assert given_["scaling"] == preprocessing.input_scaler.model_dump(mode="json")
    assert (given_["window"], given_["stride"]) == (7, 1)
    assert (given_["shortest"], given_["longest"]) == (7, 7)
    assert (result["task"], result["horizon"]) == ("forecast", 3)
    assert (result["names"], result["units"]) == (["y0", "y1"], ["kW", "kW"])
    assert preprocessing.target_scaler is not None
    assert result["scaling"] == preprocessing.target_scaler.model_dump(mode="json")
    assert result["class_names"] is None


def test_the_description_of_a_classifier_lists_its_classes_in_order(tmp_path: Path) -> None:
    about = described(exported(model_of(ContenderSpec(), classifying(classes=3)), tmp_path))
    assert about["output"]["class_names"] == ["class 0", "class 1", "class 2"]
    assert about["output"]["scaling"] is None
    assert about["input"]["window"] is None


def test_the_stored_example_is_raw_and_has_the_trained_prediction(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(), forecasting())
    about = described(exported(model, tmp_path))
    sequence = raw_sequences(model.preprocessing, (7,))[0]
    stored = np.array(about["example"]["input"])
    assert np.array_equal(stored, sequence)
    answer = np.array(about["example"]["answer"])
    assert np.array_equal(answer, InferenceModel(model).predict(sequence[None])[0])


def test_files_are_named_after_the_main_file_and_counted(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(), regressing())
    done = export_model(
        model, "safetensors", tmp_path / "v1.2 best", raw_sequences(model.preprocessing, (7,))
    )
    names = ["v1.2 best.json", "v1.2 best.py", "v1.2 best.safetensors"]
    assert [file.name for file in done.files] == names == sorted(p.name for p in tmp_path.iterdir())
    assert done.size == sum(file.stat().st_size for file in done.files)
    assert done.difference < 1e-4
    assert run_alone(tmp_path / "v1.2 best.py").returncode == 0


def test_a_model_with_nan_predictions_is_refused(tmp_path: Path) -> None:
    preprocessing = regressing()
    broken = preprocessing.input_scaler.model_copy(update={"center": (float("nan"),) * 3})
    model = model_of(ContenderSpec(), preprocessing.model_copy(update={"input_scaler": broken}))
    with pytest.raises(ExportError, match="differ by nan"):
        export_model(
            model, "safetensors", tmp_path / "m.safetensors", raw_sequences(preprocessing, (7,))
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", EXPORTS)
def test_an_unsupported_cell_is_refused_and_nothing_written(tmp_path: Path, form: str) -> None:
    model = model_of(ContenderSpec(cell="coupled-lstm", hidden_size=4), classifying())
    with pytest.raises(ExportError, match="does not support the cell Coupled LSTM"):
        export_model(model, form, tmp_path / "model", raw_sequences(model.preprocessing, (7,)))
    assert not list(tmp_path.iterdir())
