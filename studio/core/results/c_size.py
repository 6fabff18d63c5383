"""Exact sizes of the generated C, from settings alone."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec

Arithmetic = Literal["float", "int8"]
FLOAT_FRAMES, INTEGER_FRAMES = 240, 320
"""Bytes of stack at most beside the arrays, on a Cortex-M4: all frames as LLVM compiles them."""
TABLE_STEPS, TABLE_END = 128, 8
"""The table of tanh in integers has this many steps for each unit, up to this argument."""
_TABLE_BYTES = 4 * (TABLE_STEPS * TABLE_END + 2)


@dataclass(frozen=True)
class CSizes:
    """What a model needs on a device, in bytes but for macs.

    Attributes:
        constants: Tables in flash, exact.
        state: One model_state, exact.
        stack: Of model_step, a bound; model_run needs a state in addition.
        macs: Multiply-accumulates of a step.
    """

    constants: int
    state: int
    stack: int
    macs: int


@dataclass(frozen=True)
class _Shape:
    """What both kinds of arithmetic count.

    Attributes:
        weights: Of the recurrent layers and the head.
        rows: Gates times units of all layers.
        biases: Merged biases of all layers.
        units: Of all layers.
        vectors: Numbers of the vectors of symbols; 0 without an embedding.
        scaling: Numbers that scale the inputs; 0 with an embedding.
        width: The longest arrays of a step, in numbers.
    """

    weights: int
    rows: int
    biases: int
    units: int
    vectors: int
    scaling: int
    width: int


def c_sizes(spec: ContenderSpec, preprocessing: Preprocessing, arithmetic: Arithmetic) -> CSizes:
    """Sizes of a network that can be written as C; see studio.core.results.c_refusals."""
    shape = _shape(spec, preprocessing)
    pooled = spec.hidden_size + 1 if is_pooled(spec, preprocessing) else 0
    outputs = preprocessing.output_size
    if arithmetic == "float":
        constants = 4 * (shape.weights + shape.biases + outputs + shape.vectors + shape.scaling)
        states = shape.units * (2 if spec.cell == "lstm" else 1) + pooled
        return CSizes(constants, 4 * states, 4 * shape.width + FLOAT_FRAMES, shape.weights)
    factors = 4 * (2 * shape.rows + shape.biases)
    constants = shape.weights + factors + 8 * outputs + 2 * shape.vectors + 4 * shape.scaling
    state = shape.units * {"gru": 4, "lstm": 6, "rnn": 2}[spec.cell] + 4 * pooled
    state += -state % (4 if spec.cell != "rnn" or pooled else 2)  # of the struct's alignment
    more = spec.hidden_size * (2 if spec.cell == "gru" and spec.num_layers > 1 else 1)
    stack = 2 * (shape.width + more) + INTEGER_FRAMES
    return CSizes(constants + _TABLE_BYTES, state, stack, shape.weights)


def is_pooled(spec: ContenderSpec, preprocessing: Preprocessing) -> bool:
    """Whether the state also holds the mean or maximum of the steps so far."""
    return spec.pooling != "last" and not preprocessing.per_step


def low_centers(preprocessing: Preprocessing) -> Doubles | None:
    """What the floats of the inputs' centres lack, where that is more than rounding; else None."""
    center = np.array(preprocessing.input_scaler.center)
    rest = center - center.astype(np.float32)
    matters = np.abs(rest) > 1e-6 * np.array(preprocessing.input_scaler.scale)
    return np.asarray(rest) if matters.any() else None


def _shape(spec: ContenderSpec, preprocessing: Preprocessing) -> _Shape:
    gates, units, layers = CELLS[spec.cell].blocks, spec.hidden_size, spec.num_layers
    first = preprocessing.read_size(spec.embedding_size)
    columns = first + units + (layers - 1) * 2 * units
    embeds = preprocessing.embeds
    scaling = preprocessing.input_size * (2 if low_centers(preprocessing) is None else 3)
    return _Shape(
        weights=gates * units * columns + units * preprocessing.output_size,
        rows=gates * units * layers,
        biases=units * layers * (gates + 1 if spec.cell == "gru" else gates),
        units=units * layers,
        vectors=len(preprocessing.vocabulary or ()) * spec.embedding_size if embeds else 0,
        scaling=0 if embeds else scaling,
        width=units if embeds else preprocessing.input_size + units,
    )
