"""Outputs and scores of a network over a whole part, without autograd."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from studio.core.arrays import Floats
from studio.core.examples import Examples
from studio.core.metrics import metrics_of
from studio.core.preparation import Preparation
from studio.nn.batches import DeviceExamples
from studio.nn.network import Network
from studio.nn.optimization import LOSSES

_STEPS_OF_A_BATCH = 200_000


class PartScore(NamedTuple):
    """The training loss and the metrics of a part, and the answers that they were taken from."""

    loss: float
    scores: Mapping[str, float]
    answers: Floats


@torch.no_grad()
def score_part(
    network: Network, tensors: DeviceExamples, examples: Examples, preparation: Preparation
) -> PartScore:
    """Scores a part in large batches; the network is left in the mode it was in."""
    was_training = network.training
    network.eval()
    size = max(1, min(2048, _STEPS_OF_A_BATCH // examples.inputs.shape[1]))
    total = 0.0
    outputs = []
    for batch in tensors.in_order(size):
        raw = network(batch.inputs, batch.lengths)
        total += float(LOSSES[preparation.loss](raw, batch.targets)) * len(raw)
        outputs.append(raw.float().cpu().numpy())
    network.train(was_training)
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at the loss
        answers = preparation.answer(np.concatenate(outputs))
        scores = {
            metric.name: metric.score(answers, examples.truth, preparation)
            for metric in metrics_of(preparation)
        }
    return PartScore(total / len(examples), scores, answers)
