"""Optimisers, learning-rate schedules and losses from their specs."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, ReduceLROnPlateau

from studio.core.preparation import Preparation
from studio.core.spec import TrainingSpec
from studio.nn.likelihood import cross_entropy, mean_over_keys

Scheduler = CosineAnnealingLR | LambdaLR | ReduceLROnPlateau

LossFunction = Callable[[Tensor, Tensor], Tensor]

LOSSES: Mapping[str, LossFunction] = MappingProxyType(
    {
        "cross-entropy": cross_entropy,
        "mse": nn.functional.mse_loss,
        "binary-cross-entropy": mean_over_keys,
    }
)
"""By the name in Preparation.loss: mean over the batch, or over its steps that are asked."""

PLATEAU_PATIENCE = 5
PLATEAU_FACTOR = 0.5


def training_loss(preparation: Preparation, device: torch.device) -> LossFunction:
    """What is descended: the loss of the task, with class weights where there are some."""
    if preparation.class_weights is None:
        return LOSSES[preparation.loss]
    weights = torch.tensor(preparation.class_weights, dtype=torch.float32, device=device)
    return partial(cross_entropy, weights=weights)


def build_optimizer(network: nn.Module, spec: TrainingSpec) -> Optimizer:
    """The optimiser of a spec over all weights; fused kernels where torch has them."""
    weights = list(network.parameters())
    rate, decay = spec.lr, spec.weight_decay
    if spec.optimizer == "adam":
        return Adam(weights, lr=rate, weight_decay=decay, fused=True)
    if spec.optimizer == "adamw":
        return AdamW(weights, lr=rate, weight_decay=decay, fused=True)
    if spec.optimizer == "sgd":
        return SGD(weights, lr=rate, weight_decay=decay, momentum=spec.momentum, fused=True)
    return RMSprop(weights, lr=rate, weight_decay=decay)


class CosineOfTime:
    """The cosine over a budget of time; a schedule keeps its attributes in a snapshot.

    Attributes:
        share: How much of the budget is spent, 0 to 1.
    """

    def __init__(self) -> None:
        self.share = 0.0

    def __call__(self, epoch: int) -> float:
        """The factor of the learning rate."""
        del epoch
        return 0.5 * (1 + math.cos(math.pi * self.share))


def build_scheduler(optimizer: Optimizer, spec: TrainingSpec, epochs: int) -> Scheduler:
    """The schedule, advanced once an epoch.

    cosine falls to zero over the epochs, or over the budget where training time is given; plateau
    halves the rate when more than 5 epochs in a row bring no validation loss (training loss where
    there is no validation part) that is lower by a ten-thousandth.
    """
    if spec.schedule == "cosine" and spec.seconds is not None:
        return LambdaLR(optimizer, CosineOfTime())
    if spec.schedule == "cosine":
        return CosineAnnealingLR(optimizer, T_max=epochs)
    if spec.schedule == "plateau":
        return ReduceLROnPlateau(optimizer, factor=PLATEAU_FACTOR, patience=PLATEAU_PATIENCE)
    return LambdaLR(optimizer, _constant)


def _constant(epoch: int) -> float:
    del epoch
    return 1.0


def spend_time(scheduler: Scheduler, share: float) -> None:
    """Lets a schedule that goes by time follow the share of the budget that is spent."""
    if not isinstance(scheduler, LambdaLR):
        return
    [factor] = scheduler.lr_lambdas
    if isinstance(factor, CosineOfTime):
        factor.share = min(1.0, share)
        scheduler.step()


def advance(scheduler: Scheduler, watched: float) -> None:
    """Ends an epoch of the schedule; watched is the loss that a plateau is judged by."""
    if isinstance(scheduler, ReduceLROnPlateau):
        scheduler.step(watched)
    else:
        scheduler.step()
