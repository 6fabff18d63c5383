"""Export to C99 with int8 weights and integer arithmetic, with its own test score."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.errors import ExportError
from studio.core.results.c_refusals import RELU_STATES
from studio.core.results.c_size import c_sizes
from studio.core.results.trained_model import TrainedModel
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.integer_scores import integer_score
from studio.export.c.network import c_network
from studio.export.c.parity_check import self_tested
from studio.export.c.quantize import IntegerNetwork, quantized
from studio.export.c.readme import readme
from studio.export.c.self_test import recorded, self_test
from studio.export.check import Check
from studio.export.stepwise.carried_check import CARRIED_STEPS, joined_steps
from studio.export.stepwise.state_mode import state_mode
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.inference import InferenceModel

_MOST_ROOT_MEAN_SQUARE = 3e-3
"""Of the spread: how far integers may be from PyTorch with the weights that they stand for."""


def write_c_int8(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes the files of write_c with int8 weights, and scores them on the test set.

    The difference is that from the trained network, which rounding of the weights explains. The
    arithmetic is checked against PyTorch with the rounded weights.

    Raises:
        ExportError: As write_c; or an RNN has ReLU, whose states have no bounds.
    """
    del series  # models with a scaler for each series are refused
    network = c_network(model)
    if network.relu:
        raise ExportError(
            RELU_STATES,
            where=model.contender.name,
            remedy="Export it as c, in single precision",
        )
    integers = quantized(network, sequences)
    header, body = integer_header(integers), integer_body(integers)
    compiled = CompiledModel(
        read_source(header, body), network.inputs, network.outputs, per_step=network.per_step
    )
    rounded = InferenceModel(replace(model, weights=_rounded_weights(integers)))
    difference, _ = _differences(compiled, InferenceModel(model), sequences, model)
    _, root_mean_square = _differences(compiled, rounded, sequences, model)
    (out.parent / "model.h").write_text(header, encoding="ascii")
    out.write_text(body, encoding="ascii")
    example = recorded(network, compiled, sequences[0])
    (out.parent / "model_test.c").write_text(self_test(network, example), encoding="ascii")
    tested, how = self_tested(out.parent)
    checks = (
        f"{len(sequences)} examples and {CARRIED_STEPS:,} carried steps, {how}; arithmetic off by "
        f"{root_mean_square:.1g} of the spread (root mean square)"
    )
    passed = root_mean_square <= _MOST_ROOT_MEAN_SQUARE
    score = integer_score(model, compiled, network.macs)
    words = "The integers have no test score of their own: the test set is not there, or its task "
    words += "is not scored by them."
    words = words if score is None else score.sentences
    sizes = c_sizes(model.contender, model.preprocessing, "int8")
    mode = state_mode(model)
    text = readme(
        network, "int8 weights, integer arithmetic", sizes, compiled.size_on_arm(), mode.sentences,
        f"{checks[0].upper()}{checks[1:]}; largest difference from the trained network "
        f"{difference:.2g}",
        [words, _range_words(integers)],
    )  # fmt: skip
    (out.parent / "README.md").write_text(text, encoding="utf-8")
    figures = f"{sizes.constants:,} bytes of constants, {sizes.state:,} bytes of state."
    return Check(difference, passed and tested, checks, f"{words} {figures} {mode.sentences}")


def _range_words(integers: IntegerNetwork) -> str:
    cell = ""
    if integers.network.cell == "lstm":
        cell = " Cell states beyond ±256 count as ±256."
    if integers.embedding is not None:
        return (
            "Weights are rounded to int8 with a scale for each row, vectors of symbols to int16."
            f"{cell}"
        )
    return (
        "Weights are rounded to int8 with a scale for each row; inputs and states are read as "
        "int16, sums have 20 fractional bits, gates 24. Inputs more than "
        f"{integers.input_limit:.3g} scales from their centre count as that far.{cell}"
    )


def _differences(
    compiled: CompiledModel,
    trained: InferenceModel,
    sequences: Sequence[Floats],
    model: TrainedModel,
) -> tuple[float, float]:
    """The largest difference, and the root mean square in spreads, the larger of two ways."""
    singles = [np.asarray(sequence, dtype=np.float32) for sequence in sequences]
    steps = joined_steps(singles)
    width = model.preprocessing.output_size
    scales = model.preprocessing.target_scales()
    spread = np.ones(width) if scales is None else np.asarray(scales[1])
    own = np.concatenate([compiled.run(single).reshape(-1, width) for single in singles])
    ways: list[Doubles] = [
        np.asarray(compiled.carried(steps) - trained.predict_carried(steps), dtype=np.float64),
        np.asarray(own - trained.predict_each(singles), dtype=np.float64),
    ]
    largest = max(float(np.abs(way).max()) for way in ways)
    return largest, max(float(np.sqrt(np.mean((way / spread) ** 2))) for way in ways)


def _rounded_weights(integers: IntegerNetwork) -> bytes:
    """The trained weights with those that the integers stand for in their place."""
    network = integers.network
    weights = load(network.model.weights)
    scales = network.model.preprocessing.target_scales()
    head = integers.head * (integers.head_factor * 2**15)[:, np.newaxis]
    exact = {"head.weight": head if scales is None else head / scales[1][:, np.newaxis]}
    for index, layer in enumerate(integers.layers):
        exact[f"weight_ih_l{index}"] = layer.from_input
        exact[f"weight_hh_l{index}"] = layer.from_state
    for name, array in weights.items():
        found = next((value for ending, value in exact.items() if name.endswith(ending)), None)
        if found is not None:
            weights[name] = np.ascontiguousarray(found.reshape(array.shape), dtype=np.float32)
    return save(weights)
