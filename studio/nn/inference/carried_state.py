"""Predictions with a state that is carried on from step to step, and their scores."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats
from studio.core.prepared.examples import Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import metrics_of
from studio.core.results.trained_model import TrainedModel
from studio.nn.batching.batches import DeviceExamples
from studio.nn.inference.scoring import score_part
from studio.nn.networks.load_network import load_network
from studio.nn.networks.network import Network


class ConsecutiveWindows(NamedTuple):
    """Examples that follow each other without a gap.

    Attributes:
        examples: Their indices.
        steps: The scaled inputs of all of them, each step once, (time, channels).
        ends: The index of the last step of each example.
    """

    examples: list[int]
    steps: Floats
    ends: list[int]


def carried_outputs(network: Network, inputs: Tensor) -> Tensor:
    """Raw outputs after every step from a zero state; pooling covers the steps so far.

    Args:
        network: In evaluation mode.
        inputs: Scaled, (batch, time, channels).

    Returns:
        (batch, time, outputs).

    Raises:
        TypeError: The network is convolutional.
        ValueError: Its pooling needs the whole sequence.
    """
    outputs, _ = network.recurrent_layers.run(network.embedded(inputs), None, None)
    kind = None if network.pool is None else network.pool.kind
    if kind == "mean":
        counts = torch.arange(1, outputs.shape[1] + 1, dtype=torch.float64)
        outputs = (outputs.double().cumsum(dim=1) / counts[:, None]).float()
    elif kind == "max":
        outputs = outputs.cummax(dim=1).values
    elif kind == "attention":
        raise ValueError("attention weighs the steps of a whole sequence")
    raw: Tensor = network.head(outputs)
    return raw


def scores_in_the_other_mode(model: TrainedModel, test: Examples) -> Mapping[str, float]:
    """Test scores with the state carried on if the model was trained without that, or without it.

    Args:
        model: A recurrent model that reads its sequences forward.
        test: The test set.

    Returns:
        Metrics by name; empty where the examples do not follow each other.
    """
    preprocessing = model.preprocessing
    network = load_network(model.contender, preprocessing, model.weights)
    if preprocessing.per_step:
        if not _follow_each_other(test, preprocessing):
            return {}
        flipped = replace(test, carried=not test.carried)
        tensors = DeviceExamples(flipped, torch.device("cpu"))
        return score_part(network, tensors, flipped, preprocessing).scores
    predictions = carried_predictions(network, test, preprocessing)
    if predictions is None:
        return {}
    return {
        metric.name: metric.score(predictions, test.targets_in_units, preprocessing, test.positions)
        for metric in metrics_of(preprocessing)
    }


@torch.no_grad()
def carried_predictions(
    network: Network, test: Examples, preprocessing: Preprocessing
) -> Floats | None:
    """Predictions at the end of each example with the state carried on, (examples, outputs).

    None where no example continues the one before it.
    """
    runs = list(runs_of(test, preprocessing))
    if len(runs) == len(test):
        return None
    raw = np.empty((len(test), preprocessing.output_size), dtype=np.float32)
    for run in runs:
        outputs = carried_outputs(network, torch.from_numpy(run.steps)[None])[0]
        raw[run.examples] = outputs[run.ends].numpy()
    series = preprocessing.scaled_series(test.positions)
    return preprocessing.predictions_from(raw, series)


def runs_of(test: Examples, preprocessing: Preprocessing) -> Iterator[ConsecutiveWindows]:
    """The examples in the order of time, joined where the next window continues the last one."""
    order = np.argsort(test.positions, kind="stable")
    cut = (preprocessing.window is not None or preprocessing.is_cut) and test.lengths is None
    series = np.searchsorted(preprocessing.series_ends or (), test.positions, side="right")
    run: list[int] = []
    steps: list[Floats] = []
    ends: list[int] = []
    for index in map(int, order):
        window = test.sequence(index)
        continues = cut and bool(run) and series[run[-1]] == series[index]
        new = _new_steps(test, run[-1], index, window) if continues else None
        if new is None:
            if run:
                yield ConsecutiveWindows(run, np.concatenate(steps), ends)
            run, steps, ends, new = [], [], [], window
        run.append(index)
        steps.append(new)
        ends.append((ends[-1] if ends else -1) + len(new))
    if run:
        yield ConsecutiveWindows(run, np.concatenate(steps), ends)


def _new_steps(test: Examples, before: int, index: int, window: Floats) -> Floats | None:
    """The steps of a window after those of the one before, or None if it does not continue it."""
    ahead = int(test.positions[index] - test.positions[before])
    if not 0 < ahead <= len(window):
        return None
    if not np.array_equal(test.sequence(before)[ahead:], window[: len(window) - ahead]):
        return None
    return window[len(window) - ahead :]


def _follow_each_other(test: Examples, preprocessing: Preprocessing) -> bool:
    """Whether pieces with a target at each step are consecutive, so that a state can be carried."""
    if test.lengths is not None or preprocessing.series_ends is not None or len(test) < 2:  # noqa: PLR2004
        return False
    time = test.inputs.shape[1]
    return test.carried or bool((np.diff(test.positions) == time).all())
