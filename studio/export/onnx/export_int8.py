"""Export to ONNX with int8 weights, where that makes the file smaller and keeps the test score."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from studio.core.arrays import Floats, Integers
from studio.core.errors import ExportError
from studio.core.results.trained_model import TrainedModel
from studio.export.c.integer_scores import (
    IntegerScore,
    raw_examples,
    score_beside,
    scored_part,
)
from studio.export.check import Check
from studio.export.onnx.export_onnx import check_onnx, onnx_model, require_onnx
from studio.export.onnx.run_onnx import predictions_of
from studio.nn.inference.inference import InferenceModel

_MOST_VALUES = 20_000_000
"""Inputs of the test set that are computed for the score, in steps times units."""
_BATCH = 64
_NO_SCORE = (
    "The int8 weights have no test score of their own: the test set is not there, or its task is "
    "not scored by this file."
)


def write_onnx_int8(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes the file of write_onnx with int8 weights, and scores it on the test set.

    The file is compared with PyTorch with the rounded weights; the difference is that from the
    trained network.

    Raises:
        ExportError: As write_onnx; or the file would not be smaller, or its test score is not
            practically the same.
    """
    require_onnx()
    from studio.export.onnx.int8_weights import rounded, with_int8_weights  # onnx is optional

    per_step = model.preprocessing.per_step
    coarse = replace(model, weights=save(rounded(load(model.weights))))
    single = onnx_model(model, sequences, series)
    whole = with_int8_weights(onnx_model(coarse, sequences, series), per_step=per_step)
    out.write_bytes(whole.SerializeToString())
    sizes = _Sizes(out.stat().st_size, single.ByteSize())
    if sizes.int8 >= sizes.single:
        raise ExportError(
            f"int8 weights would not make the file smaller: {sizes.words}",
            where=model.contender.name,
            remedy="Export it as onnx",
        )
    check = check_onnx(coarse, sequences, series, out)
    score = _score(model, out)
    if score is not None and score.is_the_same is False:
        raise ExportError(
            f"int8 weights change the predictions too much. {score.sentences}",
            where=model.contender.name,
            remedy="Export it as onnx",
        )
    told = _NO_SCORE if score is None else score.sentences
    trained = InferenceModel(model).predict_each(sequences)
    difference = float(np.abs(InferenceModel(coarse).predict_each(sequences) - trained).max())
    notes = f"{told} {sizes.words[0].upper()}{sizes.words[1:]}."
    return Check(difference, check.passed, f"{check.description}, rounded weights", notes)


@dataclass(frozen=True)
class _Sizes:
    """Bytes of the file with int8 weights and in single precision."""

    int8: int
    single: int

    @property
    def words(self) -> str:
        return f"{self.int8:,} bytes with int8 weights, {self.single:,} in single precision"


def _score(model: TrainedModel, written: Path) -> IntegerScore | None:
    """The test score of the file beside that of the trained network, or None."""
    if model.test is None or model.test.carried or model.preprocessing.series_scaling is not None:
        return None
    work = model.test.inputs.shape[1] * model.contender.hidden_size * model.contender.num_layers
    test = scored_part(model, _MOST_VALUES // max(1, work))
    if test is None:
        return None
    raw = raw_examples(test, model.preprocessing)
    answers: list[Floats] = [np.empty(0)] * len(raw)
    lengths = np.array([len(steps) for steps in raw])
    places = [
        chosen[first : first + _BATCH]
        for length in np.unique(lengths)
        for chosen in (np.flatnonzero(lengths == length),)
        for first in range(0, len(chosen), _BATCH)
    ]
    batches = [np.stack([raw[place] for place in each]) for each in places]
    for each, found in zip(places, predictions_of(written, batches), strict=True):
        for place, answer in zip(each, found, strict=True):
            answers[place] = answer
    return score_beside(model, test, answers)
