"""Symbols drawn one by one from a network, each read before the next is drawn."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Doubles
from studio.core.preparation import Preparation
from studio.nn.network import Network


@torch.no_grad()
def sample_codes(
    network: Network,
    preparation: Preparation,
    prompt: Sequence[int],
    draws: Doubles,
    temperature: float,
) -> list[int]:
    """What a network goes on with, from a zero state before the prompt.

    Args:
        network: In evaluation mode, with the task next-token.
        preparation: Says how symbols enter.
        prompt: At least one code, read first.
        draws: A number from 0 to 1 for each symbol to draw, (length,).
        temperature: Divides the raw outputs; 0 takes the likeliest.

    Returns:
        Codes, as many as draws; never that which stands for symbols outside the vocabulary.
    """
    given, states, codes = list(prompt), None, []
    for draw in draws.tolist():
        raw, states = network.carried(_read(given, preparation), states)
        outputs = raw[0, -1].double().numpy()
        if preparation.vocabulary is not None:
            outputs[0] = -np.inf
        given = [drawn(outputs, draw, temperature)]
        codes += given
    return codes


def drawn(outputs: Doubles, draw: float, temperature: float) -> int:
    """The code at which the rising sum of probabilities passes the draw; from (outputs,)."""
    if temperature == 0:
        return int(outputs.argmax())
    shares = np.exp((outputs - outputs.max()) / temperature)
    sums = np.cumsum(shares)
    return int(np.searchsorted(sums, draw * sums[-1], side="right"))


def _read(codes: Sequence[int], preparation: Preparation) -> Tensor:
    """Codes as a network reads them, (1, time, channels)."""
    given = torch.tensor(codes, dtype=torch.int64)
    if preparation.embeds:
        return given.to(torch.int32)[None, :, None]
    return torch.nn.functional.one_hot(given, preparation.input_size).float()[None]
