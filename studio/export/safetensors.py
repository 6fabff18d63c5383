"""Export of weights with a JSON description and a Python file that only needs torch."""

import inspect
import json
import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from studio.core.arrays import Floats, Integers
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.description import describe, example_of
from studio.export.parity import compare_predictions, of_series, series_to_check
from studio.export.weight_names import plain_weight_names
from studio.nn.inference import standalone
from studio.nn.inference.inference import InferenceModel


def write_safetensors(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes NAME.safetensors, NAME.json and NAME.py, and checks NAME.py on real examples.

    Where each series has its own scaler, they are also checked as examples of a new series.
    """
    weights = save(plain_weight_names(load(model.weights)))
    example = example_of(sequences, model.preprocessing)
    trained = InferenceModel(model)
    first = None if series is None else series[:1]
    answer = trained.predict(example[None], first)[0]
    description = describe(model, weights, example, answer, first)
    out.write_bytes(weights)
    text = json.dumps(description, ensure_ascii=False, indent=1)
    out.with_suffix(".json").write_text(text, encoding="utf-8")
    script = out.with_suffix(".py")
    script.write_text(inspect.getsource(standalone), encoding="utf-8")
    written = runpy.run_path(str(script))["Model"](out.with_suffix(".json"))
    compared = []
    for chosen in series_to_check(series):
        outputs = [
            written.predict(sequence[None], None if chosen is None else [int(chosen[index])])
            for index, sequence in enumerate(sequences)
        ]
        predictions = np.concatenate([each.numpy().reshape(-1, each.shape[-1]) for each in outputs])
        expected = trained.predict_each(sequences, chosen)
        compared.append(compare_predictions(predictions, expected, model.preprocessing, chosen))
    _, agrees = written.check()
    checks = f"{script.name} on {len(sequences)} examples{of_series(series)} and the stored one"
    difference = max(difference for difference, _ in compared)
    return Check(difference, agrees and all(same for _, same in compared), checks)
