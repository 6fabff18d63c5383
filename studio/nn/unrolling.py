"""Recurrent layers step by step, for what torch.nn's whole layers do not tell."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

from studio.nn.coupled_steps import coupled_step
from studio.nn.request import LayersRequest


class LayerWeights(Protocol):
    """The weights of some layers."""

    def __call__(self, layer: int, *, reverse: bool) -> list[Tensor]:
        """W_ih, W_hh, b_ih and b_hh of one layer and direction."""
        ...


def unrolled(
    request: LayersRequest, inputs: Tensor, nudges: Sequence[Tensor], weights: LayerWeights
) -> Tensor:
    """Outputs of the last layer over one sequence; see RecurrentLayers.nudged."""
    for layer, nudge in enumerate(nudges):
        ahead, *back = nudge.split(request.hidden_size, dim=1)
        outputs = [unrolled_direction(request, inputs, ahead, weights(layer, reverse=False))]
        for part in back:
            own = weights(layer, reverse=True)
            outputs.append(unrolled_direction(request, inputs.flip(0), part.flip(0), own).flip(0))
        inputs = torch.cat(outputs, dim=1)
    return inputs


def unrolled_direction(
    request: LayersRequest, inputs: Tensor, nudge: Tensor, weights: list[Tensor]
) -> Tensor:
    """Hidden states (time, hidden_size), to each of which its nudge was added."""
    weights = [each.detach() for each in weights]
    state = nudge.new_zeros(1, request.hidden_size)
    memory = state
    states = []
    for step, more in zip(inputs[:, None], nudge[:, None], strict=True):
        if request.cell == "lstm":
            state, memory = torch.lstm_cell(step, (state, memory), *weights)
        elif request.cell == "coupled-lstm":
            w_ih, w_hh, b_ih, b_hh = weights
            gates = linear(step, w_ih, b_ih) + linear(state, w_hh, b_hh)
            state, memory = coupled_step(gates, memory)
        elif request.cell == "gru":
            state = torch.gru_cell(step, state, *weights)
        else:
            relu = request.nonlinearity == "relu"
            cell = torch.rnn_relu_cell if relu else torch.rnn_tanh_cell
            state = cell(step, state, *weights)
        state = state + more
        states.append(state)
    return torch.cat(states)
