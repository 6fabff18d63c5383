"""Predictions of a trained network on any number of examples, in batches."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.engines.recurrent_layers import States
from studio.nn.inference.track_scoring import free_running
from studio.nn.networks.network import Network

_STEPS_OF_A_BATCH = 200_000
_MOST_EXAMPLES = 2048


class Batched(Protocol):
    """Examples that are prepared batch by batch."""

    def __len__(self) -> int: ...

    def batch(self, first: int, last: int) -> tuple[Floats, Integers | None]:
        """Inputs, (examples, time, channels), and their lengths or None."""
        ...


Combine = Callable[[Sequence[Floats], Integers | None], Doubles]
"""From raw outputs of each network, (examples, outputs) or (steps, outputs), and the series of
these examples as in predict_batches, to what is kept."""


@torch.no_grad()
def predict_batches(  # noqa: PLR0913 - what predicts what
    networks: Sequence[Network],
    preprocessing: Preprocessing,
    examples: Batched,
    *,
    longest: int,
    series: Integers | None = None,
    carried: bool = False,
    combine: Combine | None = None,
    report: Callable[[int], bool] | None = None,
) -> Doubles | None:
    """Probabilities or values in target units, the mean over networks.

    Args:
        networks: In evaluation mode, on the CPU.
        preprocessing: Of the models; those that read their past target read their own predictions.
        examples: What they predict.
        longest: Steps of the longest example.
        series: The index of each example's series where each has its own scaler, else None.
        carried: Whether each example starts from the final state of the one before.
        combine: Makes what is kept from raw outputs, instead of the mean prediction.
        report: Is told how many examples are done; returns whether to go on.

    Returns:
        (examples, outputs), or (steps of all examples, outputs) with a prediction at every step;
        None if it was stopped.
    """
    size = max(1, min(_MOST_EXAMPLES, _STEPS_OF_A_BATCH // max(1, longest)))
    runners = [_Runner(network, preprocessing, carried=carried) for network in networks]
    keep = combine or partial(_mean_prediction, preprocessing)
    outputs: list[Doubles] = []
    for first in range(0, len(examples), size):
        last = min(first + size, len(examples))
        inputs, lengths = examples.batch(first, last)
        own = None if series is None else series[first:last]
        outputs.append(keep([runner.run(inputs, lengths) for runner in runners], own))
        if report is not None and not report(last):
            return None
    return np.concatenate(outputs) if outputs else np.empty((0, preprocessing.output_size))


class _Runner:
    """One network, and the state that it carries from batch to batch."""

    def __init__(self, network: Network, preprocessing: Preprocessing, *, carried: bool) -> None:
        self._network, self._preprocessing = network, preprocessing
        self._carries = carried
        self._states: States | None = None

    def run(self, inputs: Floats, lengths: Integers | None) -> Floats:
        """Raw outputs, (examples, outputs), or (steps, outputs)."""
        if self._carries:
            return self._continued(inputs, lengths)
        read = torch.from_numpy(np.ascontiguousarray(inputs))
        if self._preprocessing.past_target is not None:
            raw = free_running(self._network, read, self._preprocessing)
        else:
            given = None if lengths is None else torch.from_numpy(np.ascontiguousarray(lengths))
            raw = self._network(read, given)
        outputs: Floats = raw.float().numpy()
        if not self._preprocessing.per_step:
            return outputs
        return outputs[_inside(outputs.shape[1], lengths, len(outputs))]

    def _continued(self, inputs: Floats, lengths: Integers | None) -> Floats:
        steps = inputs[_inside(inputs.shape[1], lengths, len(inputs))]
        read = torch.from_numpy(np.ascontiguousarray(steps))[None]
        raw, self._states = self._network.carried(read, self._states)
        outputs: Floats = raw[0].float().numpy()
        return outputs


def _mean_prediction(
    preprocessing: Preprocessing, raws: Sequence[Floats], series: Integers | None
) -> Doubles:
    made = [
        np.asarray(preprocessing.predictions_from(raw, series), dtype=np.float64) for raw in raws
    ]
    return made[0] if len(made) == 1 else np.mean(np.stack(made), axis=0)


def _inside(time: int, lengths: Integers | None, count: int) -> NDArray[np.bool_]:
    """Which steps are not padding, (examples, time)."""
    if lengths is None:
        return np.ones((count, time), dtype=np.bool_)
    return np.asarray(np.arange(time) < lengths[:, np.newaxis], dtype=np.bool_)
