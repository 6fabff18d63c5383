"""Exact sizes of the generated C."""

from dataclasses import dataclass

from studio.export.c.float_code import low_centers
from studio.export.c.network import CNetwork
from studio.export.c.quantize import IntegerNetwork

FLOAT_FRAMES, INTEGER_FRAMES = 240, 320
"""Bytes of stack at most beside the arrays, on a Cortex-M4: all frames as LLVM compiles them."""


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


def float_sizes(network: CNetwork) -> CSizes:
    """Sizes of the model in single precision."""
    biases = sum(layer.biases.size for layer in network.layers)
    if network.embedding is not None:
        scaling, arrays = network.embedding.size, network.widest
    else:
        scaling = network.inputs * (2 if low_centers(network) is None else 3)
        arrays = network.inputs + network.widest
    states = network.units * (2 if network.cell == "lstm" else 1)
    if network.pooling != "last":
        states += network.layers[-1].units + 1
    constants = 4 * (network.macs + biases + network.outputs + scaling)
    return CSizes(constants, 4 * states, 4 * arrays + FLOAT_FRAMES, network.macs)


def integer_sizes(integers: IntegerNetwork) -> CSizes:
    """Sizes of the model in integers."""
    network = integers.network
    weights = sum(layer.weights.size for layer in integers.layers) + integers.head.size
    rows = sum(layer.rows.size for layer in integers.layers)
    if integers.embedding is not None:
        scaling, arrays = 2 * integers.embedding.size, network.widest
    else:
        scaling = 4 * network.inputs * (2 if low_centers(network) is None else 3)
        arrays = network.inputs + network.widest
    if network.cell == "gru" and len(network.layers) > 1:
        arrays += network.widest
    arrays += network.layers[-1].units
    constants = weights + 4 * rows + 8 * network.outputs + scaling + 4 * integers.table.size
    state = network.units * {"gru": 4, "lstm": 6, "rnn": 2}[network.cell]
    if network.pooling != "last":
        state += 4 * (network.layers[-1].units + 1)
    has_words = network.cell != "rnn" or network.pooling != "last"
    state += -state % (4 if has_words else 2)  # the struct ends where its next would begin
    return CSizes(constants, state, 2 * arrays + INTEGER_FRAMES, network.macs)
