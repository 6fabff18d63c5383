"""Gates and states of one example, recomputed from weights: training is not slowed by them."""

import copy
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats
from studio.core.cells import CELLS, Cell
from studio.core.events import Trace
from studio.nn.engine import RecurrentLayers, layer_weights, run_layer
from studio.nn.network import Network


@torch.no_grad()
def trace_network(network: Network, sequence: Floats) -> Trace:
    """Every gate and state of every layer and direction over one example, computed on the CPU.

    cuDNN would copy the weights of a single layer out of their common block at every call.

    Args:
        network: Any network; dropout is off, whatever its mode.
        sequence: Scaled input without padding, (time, channels).
    """
    layers = network.recurrent
    if next(layers.parameters()).device.type != "cpu":
        layers = copy.deepcopy(layers).cpu()
    inputs = torch.as_tensor(sequence)[None]
    arrays: dict[str, Floats] = {}
    for layer in range(layers.request.num_layers):
        inputs = _trace_layer(layers, inputs, layer, arrays)
    return Trace(np.asarray(sequence, dtype=np.float32), arrays)


def _trace_layer(
    layers: RecurrentLayers, inputs: Tensor, layer: int, arrays: dict[str, Floats]
) -> Tensor:
    outputs = []
    for reverse in (False, True) if layers.request.bidirectional else (False,):
        seen = inputs.flip(1) if reverse else inputs
        hidden = run_layer(layers, seen, layer, reverse=reverse)
        weights = layer_weights(layers, layer, reverse=reverse)
        found = gates_and_states(CELLS[layers.request.cell], seen[0], hidden[0], weights)
        prefix = f"l{layer}_reverse" if reverse else f"l{layer}"
        for name, values in found.items():
            ordered = values.flip(0) if reverse else values
            arrays[f"{prefix}_{name}"] = ordered.float().numpy().copy()
        outputs.append(hidden.flip(1) if reverse else hidden)
    return torch.cat(outputs, dim=2)


def gates_and_states(
    cell: Cell, inputs: Tensor, hidden: Tensor, weights: list[Tensor]
) -> Mapping[str, Tensor]:
    """Gates of all steps in one pass from the hidden states, further states by a scan.

    Args:
        cell: The cell.
        inputs: (time, features).
        hidden: h after each step, (time, hidden_size), from a zero start.
        weights: W_ih, W_hh, b_ih, b_hh of the layer.

    Returns:
        By gate and state name, (time, hidden_size) in the dtype of the inputs.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    from_input = (inputs @ w_ih.T + b_ih).chunk(cell.blocks, dim=1)
    from_hidden = (before @ w_hh.T + b_hh).chunk(cell.blocks, dim=1)
    found: dict[str, Tensor] = {}
    for gate, read, kept in zip(cell.gates, from_input, from_hidden, strict=False):
        if gate.activation == "sigmoid":
            found[gate.name] = torch.sigmoid(read + kept)
        elif "reset" in found:  # the GRU's candidate sees the old state through the reset gate
            found[gate.name] = torch.tanh(read + found["reset"] * kept)
        else:
            found[gate.name] = torch.tanh(read + kept)
    found["h"] = hidden
    if "c" in cell.states:
        found["c"] = _scan(found["forget"], found["input"] * found["cell"])
    return found


def _scan(keep: Tensor, add: Tensor) -> Tensor:
    state = torch.zeros_like(add[0])
    states = []
    for kept, added in zip(keep, add, strict=True):
        state = kept * state + added
        states.append(state)
    return torch.stack(states)
