"""A network of torch.nn as it is called for one step and for a whole sequence, to be timed."""

from collections.abc import Callable
from typing import NamedTuple

import torch

from studio.core.arrays import Floats
from studio.core.results.trained_model import TrainedModel
from studio.nn.networks.load_network import load_network


class TimedCalls(NamedTuple):
    """What is timed: a step with the state carried on, and the whole sequence from zeros."""

    step: Callable[[], None]
    window: Callable[[], None]


def timed_calls(model: TrainedModel, sequence: Floats) -> TimedCalls:
    """The calls for a sequence in its own units, (time, channels); scaling is not timed.

    Sets the threads of the calling process to one.
    """
    torch.set_num_threads(1)
    network = load_network(model.contender, model.preprocessing, model.weights)
    whole = torch.from_numpy(model.preprocessing.scaled_inputs(sequence[None]))
    single = whole[:, :1]
    state = None

    @torch.no_grad()
    def step() -> None:
        nonlocal state
        outputs, state = network.recurrent_layers.run(network.embedded(single), None, state)
        network.head(outputs)

    @torch.no_grad()
    def window() -> None:
        network(whole)

    return TimedCalls(step, window)
