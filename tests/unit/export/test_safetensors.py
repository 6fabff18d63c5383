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

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.model import TrainedModel
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.export import export_model
from studio.export.models import EXPORTS
from studio.nn.answering import AnsweringModel

TASKS = st.sampled_from(
    [classifying(), forecasting(), regressing(), embedding_text(), continuing(), playing()]
)


def exported(model: TrainedModel, folder: Path, name: str = "model.safetensors") -> Path:
    sequences = raw_sequences(model.preparation, (7, 4, 1))
    export_model(model, "safetensors", folder / name, sequences)
    return folder / name


def described(path: Path) -> dict:
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@settings(max_examples=40)
@given(spec=contenders(STANDARD_CELLS), preparation=TASKS)
def test_any_model_answers_the_same_after_export(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preparation: Preparation
) -> None:
    model = model_of(spec, preparation)
    path = exported(model, tmp_path_factory.getbasetemp())
    written = runpy.run_path(str(path.with_suffix(".py")))["Model"]()
    trained = AnsweringModel(model)
    for sequence in raw_sequences(preparation, (9, 2)):
        batch = np.stack([sequence, sequence[::-1]])
        difference = np.abs(written.answer(batch).numpy() - trained.answer(batch)).max()
        assert difference <= 1e-5 * max(1, np.abs(trained.answer(batch)).max())
        listed = written.answer(batch.tolist()).numpy()
        assert np.abs(listed - trained.answer(batch)).max() <= 1e-5 * max(1, np.abs(listed).max())


@pytest.mark.parametrize(
    "spec",
    [
        ContenderSpec(cell="gru", bidirectional=True, pooling="attention"),
        ContenderSpec(cell="lstm", num_layers=2, dropout=0.5),
        ContenderSpec(cell="rnn", nonlinearity="relu", pooling="max"),
    ],
    ids=lambda spec: spec.cell,
)
def test_the_script_needs_torch_alone(tmp_path: Path, spec: ContenderSpec) -> None:
    path = exported(model_of(spec, forecasting()), tmp_path)
    ended = run_alone(path.with_suffix(".py"))
    assert ended.returncode == 0, ended.stderr
    assert "as expected" in ended.stdout


def test_the_script_says_when_the_answer_is_wrong(tmp_path: Path) -> None:
    path = exported(model_of(ContenderSpec(), regressing()), tmp_path)
    about = described(path)
    about["example"]["answer"][0] += 1
    path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
    ended = run_alone(path.with_suffix(".py"))
    assert ended.returncode == 1
    assert "WRONG" in ended.stdout


def test_far_centres_keep_their_digits(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=16), regressing())
    path = exported(model, tmp_path)
    written = runpy.run_path(str(path.with_suffix(".py")))["Model"]()
    batch = raw_sequences(model.preparation, (7,))[0][None]
    assert np.abs(written.answer(batch).numpy() - AnsweringModel(model).answer(batch)).max() < 1e-5


def test_weights_have_torchs_own_names(tmp_path: Path) -> None:
    spec = ContenderSpec(cell="gru", bidirectional=True, pooling="attention")
    path = exported(model_of(spec, classifying()), tmp_path)
    read = runpy.run_path(str(path.with_suffix(".py")))["read_safetensors"](path)
    stock = torch.nn.GRU(3, 32, bidirectional=True)
    expected = {f"recurrent.{name}" for name, _ in stock.named_parameters()}
    assert set(read) == expected | {"head.weight", "head.bias", "score.weight", "score.bias"}


def test_the_description_of_a_forecast_says_all_that_a_program_needs(tmp_path: Path) -> None:
    preparation = forecasting(channels=2, targets=2, horizon=3, window=7)
    model = model_of(ContenderSpec(name="My GRU", hidden_size=5), preparation)
    about = described(exported(model, tmp_path))
    assert about["name"] == "My GRU"
    assert about["trained"] == {
        "dataset": "toy",
        "seed": 3,
        "epoch": 5,
        "test_scores": {"rmse": 0.25},
    }
    given_, found = about["input"], about["output"]
    assert (given_["names"], given_["units"]) == (["x0", "x1"], ["°C", "°C"])
    assert given_["scaling"] == preparation.input_scaler.model_dump(mode="json")
    assert (given_["window"], given_["stride"]) == (7, 1)
    assert (given_["shortest"], given_["longest"]) == (7, 7)
    assert (found["task"], found["horizon"]) == ("forecast", 3)
    assert (found["names"], found["units"]) == (["y0", "y1"], ["kW", "kW"])
    assert preparation.target_scaler is not None
    assert found["scaling"] == preparation.target_scaler.model_dump(mode="json")
    assert found["class_names"] is None


def test_the_description_of_a_classifier_names_its_classes_in_their_order(tmp_path: Path) -> None:
    about = described(exported(model_of(ContenderSpec(), classifying(classes=3)), tmp_path))
    assert about["output"]["class_names"] == ["class 0", "class 1", "class 2"]
    assert about["output"]["scaling"] is None
    assert about["input"]["window"] is None


def test_the_stored_example_is_raw_and_has_the_trained_answer(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(), forecasting())
    about = described(exported(model, tmp_path))
    sequence = raw_sequences(model.preparation, (7,))[0]
    stored = np.array(about["example"]["input"], dtype=np.float32)
    assert np.array_equal(stored, sequence)
    answer = np.array(about["example"]["answer"], dtype=np.float32)
    assert np.array_equal(answer, AnsweringModel(model).answer(sequence[None])[0])


def test_files_are_named_after_the_main_file_and_counted(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(), regressing())
    done = export_model(
        model, "safetensors", tmp_path / "v1.2 best", raw_sequences(model.preparation, (7,))
    )
    names = ["v1.2 best.json", "v1.2 best.py", "v1.2 best.safetensors"]
    assert [file.name for file in done.files] == names == sorted(p.name for p in tmp_path.iterdir())
    assert done.size == sum(file.stat().st_size for file in done.files)
    assert done.difference < 1e-4
    assert run_alone(tmp_path / "v1.2 best.py").returncode == 0


def test_a_model_whose_answers_are_no_numbers_is_refused(tmp_path: Path) -> None:
    preparation = regressing()
    broken = preparation.input_scaler.model_copy(update={"center": (float("nan"),) * 3})
    model = model_of(ContenderSpec(), preparation.model_copy(update={"input_scaler": broken}))
    with pytest.raises(ExportError, match="differ by nan"):
        export_model(
            model, "safetensors", tmp_path / "m.safetensors", raw_sequences(preparation, (7,))
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", EXPORTS)
def test_a_cell_that_a_format_does_not_know_is_refused_and_nothing_written(
    tmp_path: Path, form: str
) -> None:
    model = model_of(ContenderSpec(cell="coupled-lstm", hidden_size=4), classifying())
    with pytest.raises(ExportError, match="does not know the cell Coupled LSTM"):
        export_model(model, form, tmp_path / "model", raw_sequences(model.preparation, (7,)))
    assert not list(tmp_path.iterdir())
