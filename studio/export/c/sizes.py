"""Exact sizes of the generated C."""

from dataclasses import dataclass

from studio.export.c.float_code import low_centers
from studio.export.c.network import CNetwork

CODE_STACK = 180
"""Bytes of stack at most beside the arrays, on a Cortex-M4; 230 on a Cortex-M0+."""


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
    return CSizes(constants, 4 * states, 4 * arrays + CODE_STACK, network.macs)
