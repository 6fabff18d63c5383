"""Gates and states of one example, recomputed from weights so that training is not slowed."""

import copy

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats
from studio.core.results.events import Trace
from studio.nn.engines.recurrent_layers import RecurrentLayers, gates_and_states
from studio.nn.networks.network import Network

__all__ = ["gates_and_states", "raw_outputs", "trace_network"]


@torch.no_grad()
def trace_network(network: Network, sequence: Floats) -> Trace:
    """Gates and states of every layer and direction over one example, computed on the CPU.

    On CUDA, cuDNN would copy the weights of a single layer at every call.

    Args:
        network: Any network; dropout is off, whatever its mode.
        sequence: Scaled input without padding, (time, channels), or codes (time, 1).

    Raises:
        TypeError: The network is convolutional.
    """
    layers = network.recurrent_layers
    weights = next(network.parameters())
    inputs = network.embedded(torch.as_tensor(sequence, device=weights.device)).cpu()
    if next(layers.parameters()).device.type != "cpu":
        layers = copy.deepcopy(layers).cpu()
    arrays: dict[str, Floats] = {}
    for layer in range(layers.config.num_layers):
        inputs = _trace_layer(layers, inputs, layer, arrays)
    return Trace(np.asarray(sequence, dtype=np.float32), arrays)


@torch.no_grad()
def raw_outputs(network: Network, sequence: Floats) -> Floats:
    """The head's outputs for one example, (outputs,), or (time, outputs) at every step.

    Args:
        network: Any network in evaluation mode.
        sequence: As in trace_network.
    """
    device = next(network.parameters()).device
    raw: Floats = network(torch.as_tensor(sequence, device=device)[None])[0].float().cpu().numpy()
    return raw


def _trace_layer(
    layers: RecurrentLayers, inputs: Tensor, layer: int, arrays: dict[str, Floats]
) -> Tensor:
    outputs = []
    for reverse in (False, True) if layers.config.bidirectional else (False,):
        directed = inputs.flip(0) if reverse else inputs
        hidden, recorded = layers.record(directed, layer, reverse=reverse)
        prefix = f"l{layer}_reverse" if reverse else f"l{layer}"
        for name, values in recorded.items():
            ordered = values.flip(0) if reverse else values
            arrays[f"{prefix}_{name}"] = ordered.float().numpy().copy()
        outputs.append(hidden.flip(0) if reverse else hidden)
    return torch.cat(outputs, dim=1)
