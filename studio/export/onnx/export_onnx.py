"""Export to ONNX, checked against PyTorch in onnxruntime."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.description import describe, example_of
from studio.export.onnx.run_onnx import predictions_of
from studio.export.parity import compare_predictions, of_series
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel

if TYPE_CHECKING:
    from onnx import ModelProto

_BATCH = 25


def write_onnx(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes one .onnx file and checks it with several batch sizes and lengths.

    Where each series has its own scaler, examples are also checked as those of a new series. The
    check runs in its own process, as the threads of onnxruntime would compete with training.

    Raises:
        ExportError: onnx or onnxruntime is not installed, or the check could not run.
    """
    out.write_bytes(onnx_model(model, sequences, series).SerializeToString())
    return check_onnx(model, sequences, series, out)


def onnx_model(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None
) -> "ModelProto":
    """The graph with its description, which holds the first of the raw sequences.

    Raises:
        ExportError: onnx or onnxruntime is not installed.
    """
    require_onnx()
    from studio.export.onnx.graph import build_onnx  # an optional library

    weights = plain_weight_names(load(model.weights))
    example = example_of(sequences, model.preprocessing)
    first = None if series is None else series[:1]
    answer = InferenceModel(model).predict(example[None], first)[0]
    description = describe(model, model.weights, example, answer, first)
    return build_onnx(model, weights, {"gate_studio": json.dumps(description, ensure_ascii=False)})


def check_onnx(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Compares a file with the network in PyTorch; see write_onnx."""
    trained = InferenceModel(model)
    batches = batches_of(sequences)
    places = None if series is None else batches_of_series(series)
    if places is not None:
        batches, places = batches * 2, [*places, *(np.full_like(each, -1) for each in places)]
    gaps = [] if model.preprocessing.embeds else [_with_gap(batches[0])]
    fed: Sequence[Integers | None] = places or [None] * len(batches)
    expected = _rows([trained.predict(*each) for each in zip(batches, fed, strict=True)])
    predictions = predictions_of(
        out, [*batches, *gaps], None if places is None else [*places, *places[: len(gaps)]]
    )
    written = _rows(predictions[: len(batches)])
    chosen = None if places is None else np.concatenate(places)
    difference, same = compare_predictions(written, expected, model.preprocessing, chosen)
    same = same and all(np.isnan(answer).all() for answer in predictions[len(batches) :])
    lengths = sorted({batch.shape[1] for batch in batches})
    checks = (
        f"{len(sequences)} examples{of_series(series)} in onnxruntime, batches of 1 and "
        f"{max(len(batch) for batch in batches)}, lengths {lengths[0]} to {lengths[-1]}"
        + (", missing values answered by NaN" if gaps else "")
    )
    return Check(difference, same, checks)


def _with_gap(batch: Floats) -> Floats:
    """The batch with one missing value in each example."""
    gappy = batch.copy()
    gappy[:, batch.shape[1] // 2, 0] = np.nan
    return gappy


def _rows(predictions: Sequence[Floats]) -> Floats:
    """All predictions concatenated, (rows, outputs)."""
    return np.concatenate([batch.reshape(-1, batch.shape[-1]) for batch in predictions])


def batches_of(sequences: Sequence[Floats]) -> list[Floats]:
    """Every example alone at its own length, and batches at half the shortest length."""
    alone = [sequence[None] for sequence in sequences]
    short = max(1, min(len(sequence) for sequence in sequences) // 2)
    grouped = [
        np.stack([sequence[:short] for sequence in sequences[first : first + _BATCH]])
        for first in range(0, len(sequences), _BATCH)
    ]
    return alone + grouped


def batches_of_series(series: Integers) -> list[Integers]:
    """The series of the examples in the batches of batches_of."""
    alone = [series[index : index + 1] for index in range(len(series))]
    return alone + [series[first : first + _BATCH] for first in range(0, len(series), _BATCH)]


def require_onnx() -> None:
    """Raises an ExportError if onnx or onnxruntime is not installed."""
    missing = [package for package in ("onnx", "onnxruntime") if find_spec(package) is None]
    if missing:
        raise ExportError(
            f"the export to ONNX needs {' and '.join(missing)}",
            remedy="Install it: pip install 'gate-studio[onnx]'",
        )
