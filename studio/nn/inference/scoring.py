"""Predictions and scores of a network on a whole set of examples, without autograd."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats
from studio.core.prepared.examples import IGNORE_INDEX, Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import NATS, metrics_of, over_steps
from studio.nn.batching.batches import DeviceExamples
from studio.nn.batching.stateful import run_stateful
from studio.nn.inference.track_scoring import predict_track
from studio.nn.losses import per_step_predictions, scored_loss
from studio.nn.networks.network import Network

_STEPS_OF_A_BATCH = 200_000
_OUTPUTS_OF_A_STEP = 128

_Predictor = Callable[[Network, DeviceExamples, Examples, Preprocessing], tuple[float, Floats]]


class PartScore(NamedTuple):
    """Training loss and metrics of a set of examples, and the predictions behind them."""

    loss: float
    scores: Mapping[str, float]
    predictions: Floats


@torch.no_grad()
def score_part(
    network: Network,
    tensors: DeviceExamples,
    examples: Examples,
    preprocessing: Preprocessing,
    streams: int = 1,
) -> PartScore:
    """Scores a set of examples in large batches; the network's mode is restored.

    streams is the number of parallel streams if the state is carried.
    """
    was_training = network.training
    network.eval()
    predict: _Predictor = _predict_steps if preprocessing.per_step else _predict_examples
    if preprocessing.kind == "track":
        predict = _predict_track
    elif examples.carried:
        predict = partial(_predict_stateful, streams=streams)
    with np.errstate(over="ignore", invalid="ignore"):  # the caller checks the loss
        loss, predictions = predict(network, tensors, examples, preprocessing)
        scores = {
            metric.name: metric.score(
                predictions, examples.targets_in_units, preprocessing, examples.positions
            )
            for metric in metrics_of(preprocessing)
        }
    network.train(was_training)
    return PartScore(loss, scores, predictions)


def predictions_on(network: Network, examples: Examples, preprocessing: Preprocessing) -> Floats:
    """What is stored of a network's predictions on a set of examples, on the CPU."""
    tensors = DeviceExamples(examples, torch.device("cpu"))
    return score_part(network, tensors, examples, preprocessing).predictions


def _predict_examples(
    network: Network, tensors: DeviceExamples, examples: Examples, preprocessing: Preprocessing
) -> tuple[float, Floats]:
    total, mean_loss = 0.0, scored_loss(preprocessing, network.head.weight.device)
    outputs = []
    for batch in tensors.in_order(_batch_size(examples.inputs.shape[1])):
        raw = network(batch.inputs, batch.lengths)
        total += float(mean_loss(raw, batch.targets)) * len(raw)
        outputs.append(raw.float().cpu().numpy())
    series = preprocessing.scaled_series(examples.positions)
    return total / len(examples), preprocessing.predictions_from(np.concatenate(outputs), series)


def _predict_steps(
    network: Network, tensors: DeviceExamples, examples: Examples, preprocessing: Preprocessing
) -> tuple[float, Floats]:
    """The loss is the mean over all steps with a target, independent of batches."""
    count, time = examples.targets_in_units.shape
    planes = 1 if preprocessing.outcomes is None else 2
    predictions = np.zeros((count, time, planes), dtype=np.float32)
    wide = math.ceil(preprocessing.output_size / _OUTPUTS_OF_A_STEP)
    done, losses = 0, _StepLosses(network, preprocessing)
    for batch in tensors.in_order(_batch_size(time * wide)):
        raw = network(batch.inputs, batch.lengths)
        losses.add(raw, batch.targets)
        scored = per_step_predictions(raw.float(), batch.targets, preprocessing)
        predictions[done : done + len(scored), : scored.shape[1]] = scored
        done += len(scored)
    return losses.mean(predictions, examples), predictions


def _predict_stateful(
    network: Network,
    tensors: DeviceExamples,
    examples: Examples,
    preprocessing: Preprocessing,
    *,
    streams: int,
) -> tuple[float, Floats]:
    """The same if each example starts from the state of the one before."""
    count, time = examples.targets_in_units.shape
    predictions = np.zeros((count, time, 2), dtype=np.float32)
    wide = math.ceil(preprocessing.output_size / _OUTPUTS_OF_A_STEP)
    losses = _StepLosses(network, preprocessing)
    for index, raw, targets in run_stateful(network, tensors, streams, _batch_size(time * wide)):
        losses.add(raw, targets)
        predictions[index.numpy()] = per_step_predictions(raw.float(), targets, preprocessing)
    return losses.mean(predictions, examples), predictions


class _StepLosses:
    """The mean loss over all steps with a target, from the likelihoods or a chosen loss."""

    def __init__(self, network: Network, preprocessing: Preprocessing) -> None:
        self._is_chosen = preprocessing.chosen_loss is not None
        self._mean_loss = scored_loss(preprocessing, network.head.weight.device)
        self._total, self._steps = 0.0, 0

    def add(self, raw: Tensor, targets: Tensor) -> None:
        if self._is_chosen:
            steps = int((targets != IGNORE_INDEX).sum())
            self._total += float(self._mean_loss(raw, targets)) * steps if steps else 0.0
            self._steps += steps

    def mean(self, predictions: Floats, examples: Examples) -> float:
        if self._is_chosen:
            return self._total / max(1, self._steps)
        return float(over_steps(predictions[..., NATS], examples.targets_in_units).mean())


def _predict_track(
    network: Network, tensors: DeviceExamples, examples: Examples, preprocessing: Preprocessing
) -> tuple[float, Floats]:
    time = examples.targets_in_units.shape[1]
    return predict_track(network, tensors, examples, preprocessing, _batch_size(time))


def _batch_size(steps: int) -> int:
    return max(1, min(2048, _STEPS_OF_A_BATCH // steps))
