"""Predictions of numbers at each step, teacher-forced and free running."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from studio.core.arrays import Floats
from studio.core.prepared.examples import Examples
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.batching.batches import DeviceExamples
from studio.nn.batching.prefetch import Batch
from studio.nn.batching.stateful import run_stateful
from studio.nn.losses import scored_loss
from studio.nn.networks.network import Network


class TrackedBatch(NamedTuple):
    """Indices of some examples, (n,), their targets, and raw outputs (n, time, outputs).

    raw is free running where the past target is an input; forced reads the true one.
    """

    examples: Tensor
    targets: Tensor
    raw: Tensor
    forced: Tensor


def predict_track(
    network: Network,
    tensors: DeviceExamples,
    examples: Examples,
    preprocessing: Preprocessing,
    batch_size: int,
) -> tuple[float, Floats]:
    """The free-running loss, and predictions in units, (examples, time, stored outputs).

    Args:
        network: In evaluation mode.
        tensors: The examples on the device.
        examples: The examples.
        preprocessing: What the numbers mean.
        batch_size: Examples that are run at once; with carried state those of one piece.
    """
    shape = (*examples.targets_in_units.shape[:2], preprocessing.stored_size)
    predictions = np.zeros(shape)
    mean_loss = scored_loss(preprocessing, network.head.weight.device)
    total, steps = 0.0, 0
    run = _carried if examples.carried else _apart
    for batch in run(network, tensors, preprocessing, batch_size):
        count = int(Batch(batch.raw, None, batch.targets).weight)
        total += float(mean_loss(batch.raw, batch.targets)) * count
        steps += count
        planes = [batch.raw] if preprocessing.past_target is None else [batch.raw, batch.forced]
        values = [preprocessing.predictions_from(raw.float().cpu().numpy()) for raw in planes]
        time = values[0].shape[1]
        predictions[batch.examples.numpy(), :time] = np.concatenate(values, axis=2)
    if examples.lengths is not None:
        predictions[np.arange(shape[1]) >= examples.lengths[:, np.newaxis]] = 0.0
    return total / max(1, steps), predictions


def _apart(
    network: Network, tensors: DeviceExamples, preprocessing: Preprocessing, batch_size: int
) -> Iterator[TrackedBatch]:
    """Each example from a zero state."""
    done = 0
    for batch in tensors.in_order(batch_size):
        forced = network(batch.inputs, batch.lengths)
        raw = forced
        if preprocessing.past_target is not None:
            raw = free_running(network, batch.inputs, preprocessing)
        index = torch.arange(done, done + len(batch.inputs))
        done += len(index)
        yield TrackedBatch(index, batch.targets, raw, forced)


def _carried(
    network: Network, tensors: DeviceExamples, preprocessing: Preprocessing, batch_size: int
) -> Iterator[TrackedBatch]:
    """All examples as one stream."""
    if preprocessing.past_target is None:
        for index, raw, targets in run_stateful(network, tensors, 1, batch_size):
            yield TrackedBatch(index, targets, raw, raw)
        return
    batches = list(tensors.in_order(len(tensors)))
    inputs, targets = batches[0].inputs, batches[0].targets
    joined = inputs.reshape(1, -1, inputs.shape[2])
    forced, _ = network.carried(joined, None)
    raw = free_running(network, joined, preprocessing)
    shape = (*inputs.shape[:2], -1)
    index = torch.arange(len(inputs))
    yield TrackedBatch(index, targets, raw.reshape(shape), forced.reshape(shape))


def free_running(network: Network, inputs: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Raw outputs where each step after the washout reads the prediction of the step before.

    Args:
        network: A recurrent network.
        inputs: (batch, time, channels), the past targets last; true ones up to the step after the
            washout are read.
        preprocessing: Gives the washout, and which outputs are the point predictions.

    Returns:
        (batch, time, outputs).
    """
    targets = preprocessing.value_size
    known = min(preprocessing.washout + 1, inputs.shape[1])
    raw, states = network.carried(inputs[:, :known], None)
    outputs = [raw]
    for step in range(known, inputs.shape[1]):
        read = inputs[:, step : step + 1].clone()
        read[..., -targets:] = _points(outputs[-1][:, -1:], preprocessing)
        raw, states = network.carried(read, states)
        outputs.append(raw)
    return torch.cat(outputs, dim=1)


def _points(raw: Tensor, preprocessing: Preprocessing) -> Tensor:
    """The scaled point predictions, the medians of quantiles."""
    place = preprocessing.median_index
    return raw if place is None else raw[..., place :: len(preprocessing.quantiles or ())]
