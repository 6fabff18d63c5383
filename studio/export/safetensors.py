"""Weights with a JSON description and a Python file that needs nothing but torch."""

import inspect
import json
import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from studio.core.arrays import Floats
from studio.core.model import TrainedModel
from studio.export.agreement import compare
from studio.export.description import describe, example_of
from studio.export.models import Check
from studio.export.plain_names import plain_names
from studio.nn import standalone
from studio.nn.answering import AnsweringModel


def write_safetensors(model: TrainedModel, sequences: Sequence[Floats], out: Path) -> Check:
    """Writes NAME.safetensors, NAME.json and NAME.py, and runs the last over real examples."""
    weights = save(plain_names(load(model.weights)))
    example = example_of(sequences, model.preparation)
    trained = AnsweringModel(model)
    expected = trained.answer_each(sequences)
    description = describe(model, weights, example, trained.answer(example[None])[0])
    out.write_bytes(weights)
    text = json.dumps(description, ensure_ascii=False, indent=1)
    out.with_suffix(".json").write_text(text, encoding="utf-8")
    script = out.with_suffix(".py")
    script.write_text(inspect.getsource(standalone), encoding="utf-8")
    written = runpy.run_path(str(script))["Model"](out.with_suffix(".json"))
    each = [written.answer(sequence[None]).numpy() for sequence in sequences]
    found = np.concatenate([answers.reshape(-1, answers.shape[-1]) for answers in each])
    difference, same = compare(found, expected, model.preparation)
    _, agrees = written.check()
    told = f"{script.name} was run over {len(sequences)} examples and the stored one"
    return Check(difference, same and agrees, told)
