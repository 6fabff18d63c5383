"""Outputs and scores of a network over a whole part, without autograd."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from studio.core.arrays import Floats
from studio.core.examples import Examples
from studio.core.metrics import NATS, metrics_of, over_steps
from studio.core.preparation import Preparation
from studio.nn.batches import DeviceExamples
from studio.nn.carrying import read_on
from studio.nn.likelihood import answers_of_steps
from studio.nn.network import Network
from studio.nn.optimization import LOSSES

_STEPS_OF_A_BATCH = 200_000
_OUTPUTS_OF_A_STEP = 128

_Answer = Callable[[Network, DeviceExamples, Examples, Preparation], tuple[float, Floats]]


class PartScore(NamedTuple):
    """The training loss and the metrics of a part, and the answers that they were taken from."""

    loss: float
    scores: Mapping[str, float]
    answers: Floats


@torch.no_grad()
def score_part(
    network: Network,
    tensors: DeviceExamples,
    examples: Examples,
    preparation: Preparation,
    streams: int = 1,
) -> PartScore:
    """Scores a part in large batches; the network is left in the mode it was in.

    Where the state is carried, the part is read in so many streams.
    """
    was_training = network.training
    network.eval()
    answer: _Answer = _answer_steps if preparation.stepwise else _answer_examples
    if examples.carried:
        answer = partial(_answer_carried, streams=streams)
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at the loss
        loss, answers = answer(network, tensors, examples, preparation)
        scores = {
            metric.name: metric.score(answers, examples.truth, preparation)
            for metric in metrics_of(preparation)
        }
    network.train(was_training)
    return PartScore(loss, scores, answers)


def _answer_examples(
    network: Network, tensors: DeviceExamples, examples: Examples, preparation: Preparation
) -> tuple[float, Floats]:
    total = 0.0
    outputs = []
    for batch in tensors.in_order(_batch_size(examples.inputs.shape[1])):
        raw = network(batch.inputs, batch.lengths)
        total += float(LOSSES[preparation.loss](raw, batch.targets)) * len(raw)
        outputs.append(raw.float().cpu().numpy())
    return total / len(examples), preparation.answer(np.concatenate(outputs))


def _answer_steps(
    network: Network, tensors: DeviceExamples, examples: Examples, preparation: Preparation
) -> tuple[float, Floats]:
    """The loss is the mean over all steps that are asked, whatever the batches."""
    count, time = examples.truth.shape
    planes = 1 if preparation.outcomes is None else 2
    answers = np.zeros((count, time, planes), dtype=np.float32)
    wide = math.ceil(preparation.output_size / _OUTPUTS_OF_A_STEP)
    done = 0
    for batch in tensors.in_order(_batch_size(time * wide)):
        raw = network(batch.inputs, batch.lengths)
        found = answers_of_steps(raw.float(), batch.targets, preparation)
        answers[done : done + len(found), : found.shape[1]] = found
        done += len(found)
    return float(over_steps(answers[..., NATS], examples.truth).mean()), answers


def _answer_carried(
    network: Network,
    tensors: DeviceExamples,
    examples: Examples,
    preparation: Preparation,
    *,
    streams: int,
) -> tuple[float, Floats]:
    """The same where each example goes on with the state of the one before."""
    count, time = examples.truth.shape
    answers = np.zeros((count, time, 2), dtype=np.float32)
    wide = math.ceil(preparation.output_size / _OUTPUTS_OF_A_STEP)
    for which, raw, targets in read_on(network, tensors, streams, _batch_size(time * wide)):
        answers[which.numpy()] = answers_of_steps(raw.float(), targets, preparation)
    return float(over_steps(answers[..., NATS], examples.truth).mean()), answers


def _batch_size(steps: int) -> int:
    return max(1, min(2048, _STEPS_OF_A_BATCH // steps))
