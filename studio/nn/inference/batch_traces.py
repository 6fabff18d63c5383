"""Gates and states of many examples at once."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS
from studio.nn.engines.cifg import CifgLayers
from studio.nn.engines.cifg_steps import cifg_layer
from studio.nn.engines.padding import flip_padded
from studio.nn.engines.recurrent_layers import (
    RecurrentLayers,
    TorchLayers,
    gates_and_states,
    layer_weights,
    run_layer,
)
from studio.nn.networks.network import Network


@torch.no_grad()
def batch_traces(network: Network, inputs: Floats, lengths: Integers | None) -> dict[str, Floats]:
    """Gates and states of every layer and direction, each example from a zero state.

    Args:
        network: A network of torch.nn on the CPU, in evaluation mode.
        inputs: Scaled, (batch, time, channels), or codes (batch, time, 1).
        lengths: Valid steps, (batch,), or None where all fill the time axis.

    Returns:
        By name as in a trace ("l0_update"), (batch, time, units) in time order; what stands after
        an example's length has no meaning.

    Raises:
        TypeError: The network is convolutional.
    """
    layers = network.recurrent_layers
    given = None if lengths is None else torch.from_numpy(np.ascontiguousarray(lengths))
    read = network.embedded(torch.from_numpy(np.ascontiguousarray(inputs)))
    arrays: dict[str, Floats] = {}
    for layer in range(layers.config.num_layers):
        outputs = []
        for reverse in (False, True) if layers.config.bidirectional else (False,):
            directed = flip_padded(read, given) if reverse else read
            recorded = _record(layers, directed, layer, reverse=reverse)
            if reverse:
                recorded = {name: flip_padded(each, given) for name, each in recorded.items()}
            prefix = f"l{layer}_reverse" if reverse else f"l{layer}"
            arrays |= {f"{prefix}_{name}": each.numpy() for name, each in recorded.items()}
            outputs.append(recorded["h"])
        read = torch.cat(outputs, dim=2)
    return arrays


def _record(
    layers: RecurrentLayers, inputs: Tensor, layer: int, *, reverse: bool
) -> Mapping[str, Tensor]:
    """By name, (batch, time, units), in the order in which they were read."""
    weights = layer_weights(layers, layer, reverse=reverse)
    if isinstance(layers, TorchLayers):
        hidden = run_layer(layers, inputs, layer, reverse=reverse)
    elif isinstance(layers, CifgLayers):
        start = inputs.new_zeros(len(inputs), layers.config.hidden_size)
        hidden = cifg_layer(inputs, start, start, weights)[0]
    else:  # of a package: one by one, as it computes them
        each = [layers.record(sequence, layer, reverse=reverse)[1] for sequence in inputs]
        return {name: torch.stack([one[name] for one in each]).float() for name in each[0]}
    cell = CELLS[layers.config.cell]
    recorded = gates_and_states(cell, inputs.transpose(0, 1), hidden.transpose(0, 1), weights)
    return {name: values.transpose(0, 1) for name, values in recorded.items()}
