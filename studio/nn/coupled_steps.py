"""The LSTM with coupled gates step by step: what the forget gate lets go, the candidate fills.

With gates f, g and o as in an LSTM, c' = f * c + (1 - f) * g and h' = o * tanh(c'): the variant
CIFG of Greff et al., LSTM: A Search Space Odyssey, IEEE TNNLS 28, 2017.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear


def coupled_step(gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """The next h and c, each (batch, hidden_size).

    Args:
        gates: What input and hidden state give to the gates together, (batch, 3 x hidden_size) in
            the order forget, cell, output.
        memory: The cell state, (batch, hidden_size).
    """
    forget, candidate, output = gates.chunk(3, dim=1)
    memory = torch.lerp(torch.tanh(candidate), memory, torch.sigmoid(forget))
    return torch.sigmoid(output) * torch.tanh(memory), memory


def coupled_layer(
    inputs: Tensor, state: Tensor, memory: Tensor, weights: list[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """One direction of a layer over inputs that are in its order of time.

    Args:
        inputs: (batch, time, features).
        state: The hidden state to begin with, (batch, hidden_size).
        memory: The cell state to begin with, (batch, hidden_size).
        weights: W_ih, W_hh, b_ih and b_hh.

    Returns:
        Hidden states (batch, time, hidden_size), and the last h and c.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    states = []
    for read in linear(inputs, w_ih, b_ih).unbind(dim=1):
        state, memory = coupled_step(read + linear(state, w_hh, b_hh), memory)
        states.append(state)
    return torch.stack(states, dim=1), state, memory
