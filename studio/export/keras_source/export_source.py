"""Export as Keras source with its weights, checked by running it where Keras is installed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from safetensors.numpy import load

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.keras_source.arrays import keras_arrays
from studio.export.keras_source.equations import raw_outputs
from studio.export.keras_source.source import keras_source
from studio.export.parity import compare_predictions
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel

_RUN = """
import runpy, sys
import numpy as np
written = runpy.run_path(sys.argv[1])
model = written["load"]()
with np.load(sys.argv[2]) as given:
    answers = {name: written["predict"](model, given[name][None])[0] for name in given.files}
np.savez(sys.argv[3], **answers)
"""
_SECONDS = 300


def write_keras_source(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes NAME.py and NAME.npz, and compares them with PyTorch on real examples.

    Where Keras is installed NAME.py itself is run, in a process of its own; elsewhere the arrays
    are computed by Keras's equations, and the check says so.

    Raises:
        ExportError: Each series has its own scaler, or Keras cannot run the file.
    """
    del series  # models with a scaler for each series are refused
    weights = out.with_suffix(".npz")
    out.write_text(keras_source(model, weights.name), encoding="utf-8")
    arrays = keras_arrays(model.contender, plain_weight_names(load(model.weights)))
    np.savez(weights, **arrays)  # type: ignore[arg-type]
    width = model.preprocessing.output_size
    if find_spec("keras") is None:
        with np.load(weights) as kept:
            found = _by_equations(model, dict(kept), sequences)
        how = "by Keras's equations; Keras is not installed here, so the file was not run"
    else:
        found, how = _by_keras(out, sequences), f"{out.name} in Keras"
    expected = InferenceModel(model).predict_each(sequences)
    written = np.concatenate([each.reshape(-1, width) for each in found])
    difference, same = compare_predictions(written, expected, model.preprocessing)
    return Check(difference, same, f"{len(sequences)} examples, {how}")


def _by_equations(
    model: TrainedModel, arrays: dict[str, Floats], sequences: Sequence[Floats]
) -> list[Floats]:
    preprocessing = model.preprocessing
    found: list[Floats] = []
    for sequence in sequences:
        steps = np.asarray(sequence, dtype=np.float64)
        if not preprocessing.embeds:
            steps = preprocessing.input_scaler.apply(steps).astype(np.float64)
        raw = raw_outputs(model.contender, preprocessing, arrays, steps)
        found.append(np.asarray(preprocessing.predictions_from(raw[np.newaxis])[0]))
    return found


def _by_keras(out: Path, sequences: Sequence[Floats]) -> list[Floats]:
    """The answers of the written file; it computes with PyTorch, which is installed."""
    with TemporaryDirectory() as folder:
        given, answered = Path(folder) / "given.npz", Path(folder) / "answered.npz"
        named = {f"{index}": np.asarray(each) for index, each in enumerate(sequences)}
        np.savez(given, **named)  # type: ignore[arg-type]
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", _RUN, str(out), str(given), str(answered)],
            env={"KERAS_BACKEND": "torch"} | os.environ,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it ended without a message"])[-1]
            raise ExportError(
                f"Keras cannot run what was written: {last}",
                where=out.name,
                remedy="Keras 3 is needed; an older one can be removed, and the check is then made "
                "without it",
            )
        with np.load(answered) as answers:
            return [answers[name] for name in named]
