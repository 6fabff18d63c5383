"""Losses of a batch: negative log-likelihoods in nats, and those that a user can choose."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.arrays import Floats
from studio.core.prepared.chosen_loss import NUMBER_LOSSES
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.chosen_losses import (
    of_classes,
    of_each_number,
    of_numbers,
    over_steps_with_target,
)


def cross_entropy(raw: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """The mean over examples, or over all steps with a target.

    Args:
        raw: (batch, classes), or (batch, time, classes).
        targets: (batch,) int64, or (batch, time) with IGNORE_INDEX for steps without a target.
        weights: Class weights, (classes,). The weighted sum is divided by the number of examples,
            not by the sum of their weights, so that a batch of rare classes counts more.
    """
    rows, classes = raw.flatten(0, -2), targets.flatten()
    if weights is None:
        return nn.functional.cross_entropy(rows, classes, ignore_index=IGNORE_INDEX)
    total = nn.functional.cross_entropy(
        rows, classes, weights, ignore_index=IGNORE_INDEX, reduction="sum"
    )
    return total / (classes != IGNORE_INDEX).sum()


def mean_bce(raw: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy, summed over keys, as the mean over all steps with a target.

    Args:
        raw: (batch, time, keys).
        targets: 0 or 1, or PADDING_KEY after a sequence, (batch, time, keys) uint8.
    """
    is_target = targets[..., 0] != PADDING_KEY
    return bce_per_step(raw, targets).where(is_target, 0.0).sum() / is_target.sum()


def bce_per_step(raw: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy of each step, (batch, time); without meaning after a sequence."""
    on = (targets == 1).to(raw.dtype)
    loss = nn.functional.binary_cross_entropy_with_logits(raw, on, reduction="none")
    return loss.sum(dim=-1)


def per_step_predictions(raw: Tensor, targets: Tensor, preprocessing: Preprocessing) -> Floats:
    """Predictions of each step as scores need them, (batch, time, 2), or (batch, time, 1) for keys.

    Args:
        raw: (batch, time, outputs).
        targets: As for the loss.
        preprocessing: Determines the loss.

    Returns:
        NATS and GUESS as in core.results.metrics; zeros for steps without a target.
    """
    if preprocessing.loss == "binary-cross-entropy":
        is_target = targets[..., 0] != PADDING_KEY
        planes = bce_per_step(raw, targets)[..., None]
    else:
        is_target = targets != IGNORE_INDEX
        log_likelihoods = raw.log_softmax(dim=-1)
        of_truth = log_likelihoods.gather(-1, targets.clamp(min=0)[..., None])
        planes = torch.cat([-of_truth, raw.argmax(dim=-1, keepdim=True).to(raw.dtype)], dim=-1)
    predictions: Floats = planes.where(is_target[..., None], 0.0).cpu().numpy().astype(np.float32)
    return predictions


LossFunction = Callable[[Tensor, Tensor], Tensor]


LOSSES: Mapping[str, LossFunction] = MappingProxyType(
    {
        "cross-entropy": cross_entropy,
        "mse": nn.functional.mse_loss,
        "binary-cross-entropy": mean_bce,
    }
)
"""The usual losses of tasks: the mean over the batch, or over its steps with a target."""


def training_loss(preprocessing: Preprocessing, device: torch.device) -> LossFunction:
    """The loss to minimise, with the class weights of the task if it has any."""
    if preprocessing.class_weights is None:
        return scored_loss(preprocessing, device)
    weights = torch.tensor(preprocessing.class_weights, dtype=torch.float32, device=device)
    chosen = preprocessing.chosen_loss
    if chosen is None:
        return partial(cross_entropy, weights=weights)
    return partial(of_classes, chosen=chosen, weights=weights)


def scored_loss(preprocessing: Preprocessing, device: torch.device) -> LossFunction:
    """The same without class weights: the loss that early stopping watches."""
    chosen = preprocessing.chosen_loss
    if preprocessing.kind == "track":
        return partial(over_steps_with_target, of_step=of_each_number(chosen, device))
    if chosen is None:
        return LOSSES[preprocessing.loss]
    if chosen.name in NUMBER_LOSSES:
        return of_numbers(chosen, device)
    return partial(of_classes, chosen=chosen, weights=None)
