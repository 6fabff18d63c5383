"""Models made by the libraries themselves; each in an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import ROOT

from studio.nn.foreign.read_stack import read_stack
from studio.nn.inspection.stack_courses import stack_traces

pytestmark = pytest.mark.verify

_KERAS = """
import keras, numpy as np
L = keras.layers
keras.utils.set_random_seed(3)
def one(kind, **settings):
    return getattr(L, kind)(4, return_sequences=True, bias_initializer="random_normal", **settings)
models = {
    "lstm": [one("LSTM", name="first"), one("LSTM", unit_forget_bias=False)],
    "gru": [one("GRU"), L.Dropout(0.2), L.GRU(6, return_sequences=True)],
    "before": [one("GRU", reset_after=False), one("GRU", reset_after=False, use_bias=True)],
    "both": [L.Bidirectional(one("GRU")), L.Bidirectional(one("GRU", reset_after=False))],
    "nobias": [L.LSTM(4, use_bias=False, return_sequences=True)],
}
x = np.load("x.npy")
for name, layers in models.items():
    model = keras.Sequential([keras.Input((None, 3)), *layers])
    model.save(f"{name}.keras"); model.save(f"{name}.h5")
    np.save(f"{name}.npy", np.asarray(model.predict(x, verbose=0)))
"""

_TORCH = """
import numpy as np, torch
from torch import nn
torch.manual_seed(2)
class Body(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.body = kind(3, 4, 2, bidirectional=True)
    def forward(self, x):
        return self.body(x)[0]
x = np.load("x.npy")
for name, kind in {"tgru": nn.GRU, "tlstm": nn.LSTM}.items():
    model = Body(kind).eval()
    given = torch.from_numpy(x.transpose(1, 0, 2).copy())
    torch.onnx.export(model, (given,), f"{name}.onnx", dynamo=False)
    with torch.no_grad():
        np.save(f"{name}.npy", model(given).numpy().transpose(1, 0, 2))
"""


def _inputs(folder: Path) -> np.ndarray:
    values = np.random.default_rng(4).normal(size=(5, 8, 3)).astype(np.float32)
    np.save(folder / "x.npy", values)
    return values


def _outputs(path: Path, inputs: np.ndarray) -> np.ndarray:
    stack = read_stack(path)
    arrays, top = stack_traces(stack, inputs, None), len(stack.layers) - 1
    names = [f"l{top}_h", f"l{top}_reverse_h"][: 1 + stack.is_bidirectional]
    return np.concatenate([arrays[name] for name in names], axis=2)


@pytest.fixture(scope="module")
def keras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keras")
    constraints = ROOT / "packaging" / "constraints.txt"
    install = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder / "site")]
    done = subprocess.run(
        [*install, "-c", str(constraints), "keras", "h5py"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"Keras cannot be installed here: {done.stderr[-300:]}")
    _inputs(folder)
    environment = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": str(folder / "site")}
    run = [sys.executable, "-c", _KERAS]
    subprocess.run(run, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("ending", ["keras", "h5"])
@pytest.mark.parametrize("name", ["lstm", "gru", "before", "both", "nobias"])
def test_a_keras_model_gives_the_states_of_keras(keras: Path, name: str, ending: str) -> None:
    found = _outputs(keras / f"{name}.{ending}", np.load(keras / "x.npy"))
    np.testing.assert_allclose(found, np.load(keras / f"{name}.npy"), rtol=1e-4, atol=1e-5)


def test_models_that_torch_exported_to_onnx_give_the_states_of_torch(tmp_path: Path) -> None:
    inputs = _inputs(tmp_path)
    run = [sys.executable, "-W", "ignore", "-c", _TORCH]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
    for name in ("tgru", "tlstm"):
        found = _outputs(tmp_path / f"{name}.onnx", inputs)
        np.testing.assert_allclose(found, np.load(tmp_path / f"{name}.npy"), rtol=1e-4, atol=1e-5)
