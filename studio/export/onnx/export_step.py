"""Export of one step to ONNX, checked against PyTorch in onnxruntime."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from studio.core.arrays import Floats, Integers
from studio.core.results.trained_model import TrainedModel
from studio.export.check import Check
from studio.export.description import describe, example_of
from studio.export.onnx.export_onnx import require_onnx
from studio.export.onnx.run_onnx import StepRun, steps_of
from studio.export.parity import compare_predictions
from studio.export.stepwise.carried_check import CARRIED_STEPS, Fed, fed_examples
from studio.export.stepwise.refusals import refuse_whole_sequences
from studio.export.stepwise.state_mode import StateMode, state_mode
from studio.export.weight_names import plain_weight_names
from studio.nn.inference.inference import InferenceModel


def write_onnx_step(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes one .onnx file of a single step, and checks it over a thousand carried steps.

    Raises:
        ExportError: The model needs whole sequences, onnx or onnxruntime is not installed, or the
            check could not run.
    """
    refuse_whole_sequences(model)
    require_onnx()
    from studio.export.onnx.step_graph import build_step  # an optional library

    trained = InferenceModel(model)
    weights = plain_weight_names(load(model.weights))
    mode = state_mode(model)
    built = build_step(
        model, weights, {"gate_studio": _description(model, sequences, series, mode)}
    )
    built.doc_string = mode.sentences
    out.write_bytes(built.SerializeToString())
    fed = fed_examples(sequences, series)
    gap = None if model.preprocessing.embeds else _with_gap(fed[0])
    runs = [StepRun(*each) for each in (*fed, *([gap] if gap else []))]
    found = steps_of(out, runs)
    difference, same = _compared(model, fed, [each.expected(trained) for each in fed], found)
    same = same and (gap is None or _skips(gap, found[0], found[-1]))
    checks = (
        f"{CARRIED_STEPS:,} carried steps and {len(fed[1].steps)} examples step by step in "
        "onnxruntime" + ("" if gap is None else ", a missing step skipped")
    )
    return Check(difference, same, checks, mode.sentences)


def _description(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, mode: StateMode
) -> str:
    example = example_of(sequences, model.preprocessing)
    first = None if series is None else series[:1]
    answer = InferenceModel(model).predict(example[None], first)[0]
    description = describe(model, model.weights, example, answer, first)
    return json.dumps({**description, "state": mode.plain}, ensure_ascii=False)


def _compared(
    model: TrainedModel, fed: Sequence[Fed], expected: Sequence[Floats], found: Sequence[Floats]
) -> tuple[float, bool]:
    width = model.preprocessing.output_size
    outcomes = [
        compare_predictions(
            written.reshape(-1, width),
            right.reshape(-1, width),
            model.preprocessing,
            each.series_of_steps,
        )
        for each, right, written in zip(fed, expected, found, strict=False)
    ]
    return max(most for most, _ in outcomes), all(same for _, same in outcomes)


def _with_gap(fed: Fed) -> Fed:
    """The first run with a step that is missing after its first half."""
    place = fed.steps.shape[1] // 2
    missing = np.full_like(fed.steps[:, :1], np.nan)
    steps = np.concatenate([fed.steps[:, :place], missing, fed.steps[:, place:]], axis=1)
    return Fed(steps, fed.series)


def _skips(gap: Fed, whole: Floats, gappy: Floats) -> bool:
    """Whether the missing step is answered by NaN and changes no other prediction."""
    place = int(np.isnan(gap.steps[0]).any(axis=1).argmax())
    others = np.delete(gappy, place, axis=1)
    return bool(np.isnan(gappy[:, place]).all()) and np.array_equal(others, whole)
