"""Optimisers and learning rate schedules from their specs."""

import inspect
import math
from collections.abc import Callable

import torch
from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, ReduceLROnPlateau

from studio.core.specs.comparison_spec import TrainingSpec

Scheduler = CosineAnnealingLR | LambdaLR | ReduceLROnPlateau


PLATEAU_PATIENCE = 5
PLATEAU_FACTOR = 0.5


def _without_compile(kind: type[Optimizer]) -> Callable[..., Optimizer]:
    """An optimiser that does not load torch.compile, which takes a second and is not used here.

    torch loads it at the first step, and at the first call of some other methods, to have them left
    out of what is compiled. The step here is the one within that; the other methods are told that
    they are left out already. Where torch does this in another way, it is loaded as before.
    """
    for method in vars(Optimizer).values():
        if plain := getattr(method, "__wrapped__", None):
            setattr(plain, "__dynamo_disable", plain)
    within = inspect.unwrap(kind.step)

    class WithoutCompile(kind):  # type: ignore[misc, valid-type]
        @torch.no_grad()
        def step(self, closure: None = None) -> None:
            within(self, closure)

    return WithoutCompile


_ADAM, _ADAMW, _SGD, _RMSPROP = map(_without_compile, (Adam, AdamW, SGD, RMSprop))


def build_optimizer(network: nn.Module, spec: TrainingSpec) -> Optimizer:
    """The optimiser of a spec for all weights, with fused kernels if torch has them."""
    weights = list(network.parameters())
    rate, decay = spec.lr, spec.weight_decay
    if spec.optimizer == "adam":
        return _ADAM(weights, lr=rate, weight_decay=decay, fused=True)
    if spec.optimizer == "adamw":
        return _ADAMW(weights, lr=rate, weight_decay=decay, fused=True)
    if spec.optimizer == "sgd":
        return _SGD(weights, lr=rate, weight_decay=decay, momentum=spec.momentum, fused=True)
    return _RMSPROP(weights, lr=rate, weight_decay=decay)


class CosineOfTime:
    """Cosine decay over a budget of time; its attributes are part of a snapshot.

    Attributes:
        share: Share of the budget that is spent, 0 to 1.
    """

    def __init__(self) -> None:
        self.share = 0.0

    def __call__(self, epoch: int) -> float:
        """The factor of the learning rate."""
        del epoch
        return 0.5 * (1 + math.cos(math.pi * self.share))


def build_scheduler(optimizer: Optimizer, spec: TrainingSpec, epochs: int) -> Scheduler:
    """The schedule, advanced once per epoch.

    cosine decays to zero over the epochs, or over the training time if that is set; plateau halves
    the learning rate after more than 5 epochs in a row without a validation loss (training loss
    without a validation set) that is lower by a relative 1e-4.
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


def set_time_share(scheduler: Scheduler, share: float) -> None:
    """Updates a schedule over time with the share of the budget that is spent."""
    if not isinstance(scheduler, LambdaLR):
        return
    [factor] = scheduler.lr_lambdas
    if isinstance(factor, CosineOfTime):
        factor.share = min(1.0, share)
        scheduler.step()


def step_scheduler(scheduler: Scheduler, watched: float) -> None:
    """Ends an epoch of the schedule; watched is the loss for reduction on plateau."""
    if isinstance(scheduler, ReduceLROnPlateau):
        scheduler.step(watched)
    else:
        scheduler.step()
