"""Export as PyTorch source with its weights, checked by running it."""

import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from studio.core.arrays import Floats, Integers
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.parity import compare_predictions
from studio.export.torch_source.source import torch_source
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel
from studio.nn.inference.run_source import predictions_of_source


def write_torch_source(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes NAME.py and NAME.safetensors, and runs NAME.py on real examples.

    Raises:
        ExportError: Each series has its own scaler.
    """
    del series  # models with a scaler for each series are refused
    weights = out.with_suffix(".safetensors")
    out.write_text(torch_source(model, weights.name), encoding="utf-8")
    weights.write_bytes(save(plain_weight_names(load(model.weights))))
    found = predictions_of_source(runpy.run_path(str(out)), sequences)
    width = model.preprocessing.output_size
    written = np.concatenate([each.reshape(-1, width) for each in found])
    expected = InferenceModel(model).predict_each(sequences)
    difference, same = compare_predictions(written, expected, model.preprocessing)
    return Check(difference, same, f"{out.name} on {len(sequences)} examples")
