"""Losses that a user can choose: of numbers by error or quantile, of classes by confidence."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import IGNORE_INDEX

NumberLoss = Callable[[Tensor, Tensor], Tensor]


def of_numbers(chosen: ChosenLoss, device: torch.device) -> NumberLoss:
    """The mean loss of numbers over a batch, from raw outputs and scaled targets.

    Args:
        chosen: The loss and its parameters.
        device: Where the loss is computed.
    """
    of_each = of_each_number(chosen, device)
    return lambda raw, targets: of_each(raw, targets).mean()


def of_each_number(chosen: ChosenLoss | None, device: torch.device) -> NumberLoss:
    """The loss of each number, (..., targets), or of each quantile, (..., targets, quantiles).

    Args:
        chosen: The loss and its parameters; None for the squared error.
        device: Where the loss is computed.
    """
    if chosen is None or chosen.name == "mse":
        return partial(nn.functional.mse_loss, reduction="none")
    if chosen.name == "mae":
        return partial(nn.functional.l1_loss, reduction="none")
    if chosen.delta is not None:
        return partial(nn.functional.huber_loss, delta=chosen.delta, reduction="none")
    levels = torch.tensor(chosen.quantiles, dtype=torch.float32, device=device)
    return partial(pinball, levels=levels)


def over_steps_with_target(raw: Tensor, targets: Tensor, *, of_step: NumberLoss) -> Tensor:
    """The mean loss over all steps with a target; 0 where no step has one.

    Args:
        raw: (batch, time, outputs).
        targets: (batch, time, targets), NaN for steps without a target.
        of_step: The loss of each number.
    """
    is_target = ~targets.isnan().any(dim=-1)
    losses = of_step(raw, targets.nan_to_num()).flatten(2).mean(dim=-1)
    return losses.where(is_target, 0.0).sum() / is_target.sum().clamp(min=1)


def pinball(raw: Tensor, targets: Tensor, *, levels: Tensor) -> Tensor:
    """The pinball loss of each quantile, (..., targets, quantiles).

    max(q e, (q - 1) e) of the error e = target - prediction at level q (Koenker and Bassett,
    Econometrica 46, 1978).

    Args:
        raw: (..., targets x quantiles), the quantiles of a target next to each other.
        targets: (..., targets).
        levels: Between 0 and 1, (quantiles,).
    """
    error = targets[..., None] - raw.unflatten(-1, (-1, len(levels)))
    return torch.maximum(levels * error, (levels - 1) * error)


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
