"""Losses that a user can choose: of numbers by error or quantile, of classes by confidence."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import IGNORE_INDEX


def of_numbers(chosen: ChosenLoss, device: torch.device) -> Callable[[Tensor, Tensor], Tensor]:
    """The mean loss of numbers over a batch, from raw outputs and scaled targets.

    Args:
        chosen: The loss and its parameters.
        device: Where the loss is computed.
    """
    if chosen.name == "mae":
        return nn.functional.l1_loss
    if chosen.delta is not None:
        return partial(nn.functional.huber_loss, delta=chosen.delta)
    levels = torch.tensor(chosen.quantiles, dtype=torch.float32, device=device)
    return partial(pinball, levels=levels)


def pinball(raw: Tensor, targets: Tensor, *, levels: Tensor) -> Tensor:
    """The pinball loss, as the mean over examples, targets and quantiles.

    max(q e, (q - 1) e) of the error e = target - prediction at level q (Koenker and Bassett,
    Econometrica 46, 1978).

    Args:
        raw: (..., targets x quantiles), the quantiles of a target next to each other.
        targets: (..., targets).
        levels: Between 0 and 1, (quantiles,).
    """
    error = targets[..., None] - raw.unflatten(-1, (-1, len(levels)))
    return torch.maximum(levels * error, (levels - 1) * error).mean()


def of_classes(
    raw: Tensor, targets: Tensor, *, chosen: ChosenLoss, weights: Tensor | None
) -> Tensor:
    """Cross-entropy with label smoothing, or the focal loss, as nn.losses.cross_entropy.

    The focal loss is -(1 - p)^gamma log p of the probability p of the true class (Lin et al., Focal
    loss for dense object detection, 2017); label smoothing is that of Szegedy et al., Rethinking
    the Inception architecture, 2016.

    Args:
        raw: (batch, classes), or (batch, time, classes).
        targets: (batch,) int64, or (batch, time) with IGNORE_INDEX for steps without a target.
        chosen: Label smoothing or focal, with its parameter.
        weights: Class weights, (classes,), or None.
    """
    rows, classes = raw.flatten(0, -2), targets.flatten()
    smoothing = chosen.smoothing or 0.0
    loss = nn.functional.cross_entropy(
        rows,
        classes,
        weights,
        ignore_index=IGNORE_INDEX,
        reduction="none",
        label_smoothing=smoothing,
    )
    if chosen.gamma is not None:
        log_likelihood = rows.log_softmax(dim=-1).gather(1, classes.clamp(min=0)[:, None])[:, 0]
        loss = loss * (1 - log_likelihood.exp()) ** chosen.gamma
    return loss.sum() / (classes != IGNORE_INDEX).sum()
