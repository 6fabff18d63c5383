"""ONNX, compared with PyTorch in onnxruntime before it is called done."""

import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from studio.core.arrays import Floats
from studio.core.errors import ExportError
from studio.core.model import TrainedModel
from studio.export.agreement import compare
from studio.export.description import describe, example_of
from studio.export.models import Check
from studio.export.onnx_running import answers_of
from studio.export.plain_names import plain_names
from studio.nn.answering import AnsweringModel

_BATCH = 25


def write_onnx(model: TrainedModel, sequences: Sequence[Floats], out: Path) -> Check:
    """Writes one .onnx file and checks it at two batch sizes and two lengths.

    The check runs in a process of its own: onnxruntime has threads that would compete with
    training.

    Raises:
        ExportError: onnx or onnxruntime is not installed, or the check could not run.
    """
    _require("onnx", "onnxruntime")
    from studio.export.onnx_graph import build_onnx  # noqa: PLC0415 - an optional library

    trained = AnsweringModel(model)
    weights = plain_names(load(model.weights))
    example = example_of(sequences, model.preparation)
    about = describe(model, model.weights, example, trained.answer(example[None])[0])
    built = build_onnx(model, weights, {"gate_studio": json.dumps(about, ensure_ascii=False)})
    out.write_bytes(built.SerializeToString())
    batches = list(batches_of(sequences))
    expected = _rows([trained.answer(batch) for batch in batches])
    found = _rows(answers_of(out, batches))
    difference, same = compare(found, expected, model.preparation)
    lengths = sorted({batch.shape[1] for batch in batches})
    told = (
        f"{len(sequences)} examples in onnxruntime, batches of 1 and "
        f"{max(len(batch) for batch in batches)}, lengths {lengths[0]} to {lengths[-1]}"
    )
    return Check(difference, same, told)


def _rows(answers: Sequence[Floats]) -> Floats:
    """All answers behind each other, (rows, outputs)."""
    return np.concatenate([each.reshape(-1, each.shape[-1]) for each in answers])


def batches_of(sequences: Sequence[Floats]) -> list[Floats]:
    """Every example alone at its own length, and batches at half the shortest length."""
    alone = [sequence[None] for sequence in sequences]
    short = max(1, min(len(sequence) for sequence in sequences) // 2)
    grouped = [
        np.stack([sequence[:short] for sequence in sequences[first : first + _BATCH]])
        for first in range(0, len(sequences), _BATCH)
    ]
    return alone + grouped


def _require(*packages: str) -> None:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise ExportError(
            f"the export to ONNX needs {' and '.join(missing)}",
            remedy="Install it: pip install 'gate-studio[onnx]'",
        )
