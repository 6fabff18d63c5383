"""Autoregressive sampling of symbols from a network."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Doubles
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.receptive_field import receptive_field
from studio.nn.engines.recurrent_layers import States
from studio.nn.networks.network import Network


@torch.no_grad()
def sample_tokens(
    network: Network,
    preprocessing: Preprocessing,
    prompt: Sequence[int],
    draws: Doubles,
    temperature: float,
) -> list[int]:
    """Samples a continuation of a prompt, with nothing before the prompt.

    Args:
        network: In evaluation mode, with the task next-token.
        preprocessing: Determines how symbols enter the network.
        prompt: At least one code.
        draws: A random number from 0 to 1 for each symbol to sample, (length,).
        temperature: Divides the raw outputs; 0 takes the likeliest symbol.

    Returns:
        As many codes as draws, without the code of unknown symbols.
    """
    read = _recurrent_reader(network) if network.convolutions is None else _window_reader(network)
    to_read, codes = list(prompt), []
    for draw in draws.tolist():
        outputs = read(_encode(to_read, preprocessing)).double().numpy()
        if preprocessing.vocabulary is not None:
            outputs[0] = -np.inf
        to_read = [draw_symbol(outputs, draw, temperature)]
        codes += to_read
    return codes


def _recurrent_reader(network: Network) -> Callable[[Tensor], Tensor]:
    """Gives the raw outputs (outputs,) after each piece of input, from the state before it."""
    states: States | None = None

    def read(inputs: Tensor) -> Tensor:
        nonlocal states
        raw, states = network.carried(inputs, states)
        return raw[0, -1]

    return read


def _window_reader(network: Network) -> Callable[[Tensor], Tensor]:
    """The same without states, from the last inputs: those that the receptive field holds."""
    config = network.layers.config
    field = receptive_field(config.num_layers, config.kernel_size)
    window: Tensor | None = None

    def read(inputs: Tensor) -> Tensor:
        nonlocal window
        seen = inputs if window is None else torch.cat([window, inputs], dim=1)
        window = seen[:, -field:]
        raw: Tensor = network(window)
        return raw[0, -1]

    return read


def draw_symbol(outputs: Doubles, draw: float, temperature: float) -> int:
    """The code at which the cumulative probability passes the draw; outputs are (outputs,)."""
    if temperature == 0:
        return int(outputs.argmax())
    weights = np.exp((outputs - outputs.max()) / temperature)
    sums = np.cumsum(weights)
    return int(np.searchsorted(sums, draw * sums[-1], side="right"))


def _encode(codes: Sequence[int], preprocessing: Preprocessing) -> Tensor:
    """Codes as input of a network, (1, time, channels)."""
    symbols = torch.tensor(codes, dtype=torch.int64)
    if preprocessing.embeds:
        return symbols.to(torch.int32)[None, :, None]
    return torch.nn.functional.one_hot(symbols, preprocessing.input_size).float()[None]
