"""One training step on one batch, without CUDA graphs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.amp import GradScaler
from torch.nn import Parameter
from torch.nn.utils import clip_grads_with_norm_, get_total_norm
from torch.optim import Optimizer

from studio.nn.batching.batches import Batch
from studio.nn.batching.stateful import CarriedState
from studio.nn.networks.network import Network


class StepResult(NamedTuple):
    """Mean loss and gradient norm before clipping of a step, on the device.

    The norm is 0 for a step that fp16 skipped because its gradients overflowed.
    """

    loss: Tensor
    norm: Tensor


class Step(Protocol):
    """Trains on a batch."""

    def __call__(self, batch: Batch) -> StepResult:
        """Makes one step; does not wait for the device."""
        ...


@dataclass(frozen=True, eq=False)
class PlainStep:
    """Forward, backward, clip, update.

    Attributes:
        network: The network to train.
        loss: From raw outputs and targets to the mean loss.
        optimizer: For all weights of the network.
        clip: Maximum gradient norm, or None.
        autocast: Creates the context of the forward pass.
        scaler: Scales the loss for fp16, or None.
        carried: The state to carry from batch to batch, or None to start each from zeros.
    """

    network: Network
    loss: Callable[[Tensor, Tensor], Tensor]
    optimizer: Optimizer
    clip: float | None
    autocast: Callable[[], AbstractContextManager[object]]
    scaler: GradScaler | None = None
    carried: CarriedState | None = None

    def __call__(self, batch: Batch) -> StepResult:
        """See Step."""
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast():
            targets = batch.targets if self.carried is None else self.carried.trained(batch.targets)
            loss = self.loss(self._forward(batch), targets)
        if self.scaler is not None:
            return self._scaled(loss, self.scaler)
        loss.backward()
        norm = self._clip()
        self.optimizer.step()
        return StepResult(loss.detach(), norm)

    def _forward(self, batch: Batch) -> Tensor:
        if self.carried is not None:
            return self.carried.forward(self.network, batch)
        raw: Tensor = self.network(batch.inputs, batch.lengths)
        return raw

    def _scaled(self, loss: Tensor, scaler: GradScaler) -> StepResult:
        scaler.scale(loss).backward()
        scaler.unscale_(self.optimizer)
        norm = self._clip()
        scaler.step(self.optimizer)
        scaler.update()
        return StepResult(loss.detach(), torch.where(norm.isfinite(), norm, 0.0))

    def _clip(self) -> Tensor:
        """As torch's clip_grad_norm_, but leaves gradients alone where there is no limit."""
        norm = get_total_norm([each.grad for each in self._weights if each.grad is not None])
        if self.clip is not None:
            clip_grads_with_norm_(self._weights, self.clip, norm)
        return norm

    @cached_property
    def _weights(self) -> list[Parameter]:
        return list(self.network.parameters())
