"""Steps of the LSTM with coupled gates: the candidate replaces what the forget gate drops.

With gates f, g and o as in an LSTM, c' = f * c + (1 - f) * g and h' = o * tanh(c'): the variant
CIFG of Greff et al., LSTM: A Search Space Odyssey, IEEE TNNLS 28, 2017.
"""

import torch
from torch import Tensor
from torch.nn.functional import linear


def cifg_step(gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """The next h and c, each (batch, hidden_size).

    Args:
        gates: Pre-activations of the gates, (batch, 3 x hidden_size) in the order forget, cell,
            output.
        memory: The cell state, (batch, hidden_size).
    """
    forget, candidate, output = gates.chunk(3, dim=1)
    memory = torch.lerp(torch.tanh(candidate), memory, torch.sigmoid(forget))
    return torch.sigmoid(output) * torch.tanh(memory), memory


def cifg_layer(
    inputs: Tensor, state: Tensor, memory: Tensor, weights: list[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """One direction of a layer over inputs in its own time order.

    Args:
        inputs: (batch, time, features).
        state: The initial hidden state, (batch, hidden_size).
        memory: The initial cell state, (batch, hidden_size).
        weights: W_ih, W_hh, b_ih and b_hh.

    Returns:
        Hidden states (batch, time, hidden_size), and the last h and c.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    states = []
    for from_input in linear(inputs, w_ih, b_ih).unbind(dim=1):
        state, memory = cifg_step(from_input + linear(state, w_hh, b_hh), memory)
        states.append(state)
    return torch.stack(states, dim=1), state, memory
