"""Predictions of a trained network on any number of examples, in batches."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.arrays import Floats, Integers
from studio.core.prepared.preprocessing import Preprocessing
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


@torch.no_grad()
def predict_batches(  # noqa: PLR0913, PLR0917 - what predicts what
    network: Network,
    preprocessing: Preprocessing,
    examples: Batched,
    series: Integers | None,
    longest: int,
    report: Callable[[int], bool] | None = None,
) -> NDArray[np.floating] | None:
    """Probabilities or values in target units.

    Args:
        network: In evaluation mode, on the CPU.
        preprocessing: Of the model; one that reads its past target reads its own predictions.
        examples: What it predicts.
        series: The index of each example's series where each has its own scaler, else None.
        longest: Steps of the longest example.
        report: Is told how many examples are done; returns whether to go on.

    Returns:
        (examples, outputs), or (steps of all examples, outputs) with a prediction at every step;
        None if it was stopped.
    """
    size = max(1, min(_MOST_EXAMPLES, _STEPS_OF_A_BATCH // max(1, longest)))
    outputs: list[NDArray[np.floating]] = [np.empty((0, preprocessing.output_size))]
    for first in range(0, len(examples), size):
        last = min(first + size, len(examples))
        inputs, lengths = examples.batch(first, last)
        given = None if lengths is None else torch.from_numpy(np.ascontiguousarray(lengths))
        read = torch.from_numpy(np.ascontiguousarray(inputs))
        is_free = preprocessing.past_target is not None
        outcome = free_running(network, read, preprocessing) if is_free else network(read, given)
        raw = outcome.float().numpy()
        own = None if series is None else series[first:last]
        outputs.append(_predictions(raw, lengths, preprocessing, own))
        if report is not None and not report(last):
            return None
    return np.concatenate(outputs)


def _predictions(
    raw: Floats, lengths: Integers | None, preprocessing: Preprocessing, series: Integers | None
) -> NDArray[np.floating]:
    predictions = preprocessing.predictions_from(raw, series)
    if not preprocessing.per_step:
        return predictions
    if lengths is None:
        return predictions.reshape(-1, predictions.shape[-1])
    return predictions[np.arange(raw.shape[1]) < lengths[:, np.newaxis]]
