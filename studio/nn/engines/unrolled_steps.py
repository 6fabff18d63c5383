"""Recurrent layers unrolled step by step, for gradients that torch.nn's layers do not give."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn.functional import linear

from studio.nn.engines.cifg_steps import cifg_step
from studio.nn.engines.recurrent_config import RecurrentConfig


class LayerWeights(Protocol):
    """Gives the weights of a layer."""

    def __call__(self, layer: int, *, reverse: bool) -> list[Tensor]:
        """W_ih, W_hh, b_ih and b_hh of one layer and direction."""
        ...


def unroll(
    config: RecurrentConfig, inputs: Tensor, nudges: Sequence[Tensor], weights: LayerWeights
) -> Tensor:
    """Outputs of the last layer over one sequence; see RecurrentLayers.nudged."""
    for layer, nudge in enumerate(nudges):
        forward, *backward = nudge.split(config.hidden_size, dim=1)
        outputs = [unroll_direction(config, inputs, forward, weights(layer, reverse=False))]
        for part in backward:
            reverse = weights(layer, reverse=True)
            outputs.append(unroll_direction(config, inputs.flip(0), part.flip(0), reverse).flip(0))
        inputs = torch.cat(outputs, dim=1)
    return inputs


def unroll_direction(
    config: RecurrentConfig, inputs: Tensor, nudge: Tensor, weights: list[Tensor]
) -> Tensor:
    """Hidden states (time, hidden_size), each with its nudge added."""
    weights = [weight.detach() for weight in weights]
    state = nudge.new_zeros(1, config.hidden_size)
    memory = state
    states = []
    for step, nudge_of_step in zip(inputs[:, None], nudge[:, None], strict=True):
        if config.cell == "lstm":
            state, memory = torch.lstm_cell(step, (state, memory), *weights)
        elif config.cell == "coupled-lstm":
            w_ih, w_hh, b_ih, b_hh = weights
            gates = linear(step, w_ih, b_ih) + linear(state, w_hh, b_hh)
            state, memory = cifg_step(gates, memory)
        elif config.cell == "gru":
            state = torch.gru_cell(step, state, *weights)
        else:
            relu = config.nonlinearity == "relu"
            cell = torch.rnn_relu_cell if relu else torch.rnn_tanh_cell
            state = cell(step, state, *weights)
        state = state + nudge_of_step
        states.append(state)
    return torch.cat(states)
