"""Exports as readable PyTorch source."""

import runpy
import subprocess
import sys
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
    forecasting_series,
    model_of,
    playing,
    raw_sequences,
)

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.nn.inference.inference import InferenceModel

TASKS = [classifying(), forecasting(), embedding_text(), continuing(), playing()]


@settings(max_examples=20)
@given(spec=contenders(STANDARD_CELLS), preprocessing=st.sampled_from(TASKS))
def test_any_network_predicts_the_same_from_its_source(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    model = model_of(spec, preprocessing)
    out = tmp_path_factory.getbasetemp() / "source.py"
    export_model(model, "torch-source", out, raw_sequences(preprocessing, (7, 4)))
    batch = np.stack(raw_sequences(preprocessing, (6, 6)))
    with torch.no_grad():
        found = runpy.run_path(str(out))["load"]()(torch.from_numpy(batch)).numpy()
    expected = InferenceModel(model).predict(batch)
    assert np.abs(found - expected).max() <= 1e-5 * max(1, np.abs(expected).max())


def test_the_file_runs_alone_and_has_nothing_that_its_network_does_not_need(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=5), forecasting())
    out = tmp_path / "m.py"
    done = export_model(model, "torch-source", out, raw_sequences(model.preprocessing, (7,)))
    assert [path.name for path in done.files] == ["m.py", "m.safetensors"]
    text = out.read_text(encoding="utf-8")
    assert "self.recurrent = nn.GRU(3, 5, num_layers=1, batch_first=True)" in text
    assert "embedding" not in text
    assert "studio" not in text.replace("Gate Studio", "")
    command = [sys.executable, "-I", str(out)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == "186 parameters, 3 inputs, 6 outputs\n"


def test_names_cannot_become_code(tmp_path: Path) -> None:
    names = ('"""', "'\n)\nraise SystemExit", "x\\")
    preprocessing = forecasting().model_copy(update={"input_names": names})
    model = model_of(ContenderSpec(hidden_size=5), preprocessing)
    export_model(model, "torch-source", tmp_path / "m", raw_sequences(preprocessing, (7,)))
    assert runpy.run_path(str(tmp_path / "m.py"))["INPUTS"] == names


def test_a_scaler_for_each_series_is_refused(tmp_path: Path) -> None:
    preprocessing = forecasting_series()
    model = model_of(ContenderSpec(), preprocessing)
    with pytest.raises(ExportError, match="each series has its own scaler"):
        export_model(
            model, "torch-source", tmp_path / "m", raw_sequences(preprocessing, (7,)), np.array([0])
        )
    assert not list(tmp_path.iterdir())
