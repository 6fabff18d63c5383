"""Exports as readable Keras source."""

import json
import subprocess
import sys
import venv
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
    forecasting_series,
    model_of,
    playing,
    raw_sequences,
)
from support import ROOT

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.nn.inference.inference import InferenceModel

TASKS = [classifying(), forecasting(), embedding_text(), continuing(), playing()]
RUN = """
import json, runpy, sys
import numpy as np
for name in json.loads(sys.argv[1]):
    written = runpy.run_path(name + ".py")
    given = np.load(name + ".input.npy")
    np.save(name + ".output.npy", written["predict"](written["load"](), given))
"""


@settings(max_examples=20)
@given(spec=contenders(STANDARD_CELLS), preprocessing=st.sampled_from(TASKS))
def test_any_network_passes_its_check_by_the_equations_of_keras(
    tmp_path_factory: pytest.TempPathFactory, spec: ContenderSpec, preprocessing: Preprocessing
) -> None:
    out = tmp_path_factory.getbasetemp() / "in_keras.py"
    raw = raw_sequences(preprocessing, (7, 4))
    done = export_model(model_of(spec, preprocessing), "keras-source", out, raw)
    compile(out.read_text(encoding="utf-8"), str(out), "exec")
    assert done.checks.startswith("2 examples, ")


def test_the_file_has_nothing_that_its_network_does_not_need(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=5), forecasting())
    done = export_model(
        model, "keras-source", tmp_path / "m", raw_sequences(model.preprocessing, (7,))
    )
    assert [path.name for path in done.files] == ["m.npz", "m.py"]
    text = (tmp_path / "m.py").read_text(encoding="utf-8")
    assert 'steps = layers.GRU(5, name="recurrent_0")(steps)' in text
    assert "Embedding" not in text
    assert "studio" not in text.replace("Gate Studio", "")


def test_a_scaler_for_each_series_is_refused(tmp_path: Path) -> None:
    preprocessing = forecasting_series()
    model = model_of(ContenderSpec(), preprocessing)
    with pytest.raises(ExportError, match="each series has its own scaler"):
        export_model(
            model, "keras-source", tmp_path / "m", raw_sequences(preprocessing, (7,)), np.array([0])
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.verify
def test_keras_itself_predicts_the_same_from_the_source(tmp_path: Path) -> None:
    """In an environment of its own that sees this one's PyTorch."""
    venv.create(tmp_path / "env", with_pip=True, system_site_packages=False)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    constraints = ROOT / "packaging" / "constraints.txt"
    install = [python, "-m", "pip", "install", "-q", "-c", constraints, "keras>=3", "torch"]
    subprocess.run(install, check=True)
    expected = {}
    for cell in STANDARD_CELLS:
        for number, preprocessing in enumerate(TASKS):
            for pooling in ("last", "mean", "max", "attention"):
                both = number % 2 == 0
                spec = ContenderSpec(
                    cell=cell,
                    hidden_size=5,
                    num_layers=2,
                    bidirectional=both,
                    pooling=pooling,
                    nonlinearity="relu" if cell == "rnn" and both else None,
                )
                name = f"{cell}_{number}_{pooling}"
                model = model_of(spec, preprocessing)
                raw = raw_sequences(preprocessing, (6, 6))
                export_model(model, "keras-source", tmp_path / name, raw)
                np.save(tmp_path / f"{name}.input.npy", np.stack(raw))
                expected[name] = InferenceModel(model).predict(np.stack(raw))
    subprocess.run(
        [python, "-c", RUN, json.dumps(list(expected))],
        cwd=tmp_path,
        env={"KERAS_BACKEND": "torch", "PATH": ""},
        check=True,
    )
    for name, answer in expected.items():
        found = np.load(tmp_path / f"{name}.output.npy")
        assert np.abs(found - answer).max() <= 1e-5 * max(1, np.abs(answer).max()), name
