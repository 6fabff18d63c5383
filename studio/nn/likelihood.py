"""Negative log-likelihoods in nats: of one class in many, and of keys that are on or off."""

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.arrays import Floats
from studio.core.examples import KEYS_END, NOT_ASKED
from studio.core.preparation import Preparation


def cross_entropy(raw: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """The mean over examples, or over all steps that are asked.

    Args:
        raw: (batch, classes), or (batch, time, classes).
        targets: (batch,) int64, or (batch, time) with NOT_ASKED where nothing is to be answered.
        weights: What each class weighs, (classes,). The weighted sum is divided by the number of
            examples, not by the sum of their weights: a batch of rare classes counts more.
    """
    rows, classes = raw.flatten(0, -2), targets.flatten()
    if weights is None:
        return nn.functional.cross_entropy(rows, classes, ignore_index=NOT_ASKED)
    total = nn.functional.cross_entropy(
        rows, classes, weights, ignore_index=NOT_ASKED, reduction="sum"
    )
    return total / (classes != NOT_ASKED).sum()


def mean_over_keys(raw: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy, summed over keys, as the mean over all steps that are asked.

    Args:
        raw: (batch, time, keys).
        targets: 0 or 1, or KEYS_END behind a sequence, (batch, time, keys) uint8.
    """
    asked = targets[..., 0] != KEYS_END
    return over_keys(raw, targets).where(asked, 0.0).sum() / asked.sum()


def over_keys(raw: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy of each step, (batch, time); without meaning behind a sequence."""
    on = (targets == 1).to(raw.dtype)
    each = nn.functional.binary_cross_entropy_with_logits(raw, on, reduction="none")
    return each.sum(dim=-1)


def answers_of_steps(raw: Tensor, targets: Tensor, preparation: Preparation) -> Floats:
    """What a score needs of each step, (batch, time, 2), or (batch, time, 1) for keys.

    Args:
        raw: (batch, time, outputs).
        targets: As for the loss.
        preparation: Says which loss it is.

    Returns:
        Nats and guess as in core.metrics; zeros where nothing is to be answered.
    """
    if preparation.loss == "binary-cross-entropy":
        asked = targets[..., 0] != KEYS_END
        planes = over_keys(raw, targets)[..., None]
    else:
        asked = targets != NOT_ASKED
        likelihoods = raw.log_softmax(dim=-1)
        chosen = likelihoods.gather(-1, targets.clamp(min=0)[..., None])
        planes = torch.cat([-chosen, raw.argmax(dim=-1, keepdim=True).to(raw.dtype)], dim=-1)
    found: Floats = planes.where(asked[..., None], 0.0).cpu().numpy().astype(np.float32)
    return found
