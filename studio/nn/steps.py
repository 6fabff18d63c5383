"""One step of training on one batch, launched operation by operation."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.amp import GradScaler
from torch.optim import Optimizer

from studio.nn.batches import Batch
from studio.nn.carrying import Carrying
from studio.nn.network import Network


class Stepped(NamedTuple):
    """What a step leaves on the device: its mean loss, and the gradient's norm before clipping.

    The norm of a step that fp16 skipped, because its gradients overflowed, is 0.
    """

    loss: Tensor
    norm: Tensor


class Step(Protocol):
    """Something that trains on a batch."""

    def __call__(self, batch: Batch) -> Stepped:
        """One step; waits for nothing."""
        ...


@dataclass(frozen=True, eq=False)
class PlainStep:
    """Forward, backward, clip, update.

    Attributes:
        network: What is trained.
        loss: From raw outputs and targets to the mean loss.
        optimizer: Over all weights of the network.
        clip: The largest norm of the gradient, or None.
        autocast: Makes what the forward pass runs in.
        scaler: Scales the loss of fp16, or None.
        carrying: What goes on from batch to batch, or None where each begins with zeros.
    """

    network: Network
    loss: Callable[[Tensor, Tensor], Tensor]
    optimizer: Optimizer
    clip: float | None
    autocast: Callable[[], AbstractContextManager[object]]
    scaler: GradScaler | None = None
    carrying: Carrying | None = None

    def __call__(self, batch: Batch) -> Stepped:
        """See Step."""
        self.optimizer.zero_grad(set_to_none=True)
        with self.autocast():
            loss = self.loss(self._forward(batch), batch.targets)
        if self.scaler is not None:
            return self._scaled(loss, self.scaler)
        loss.backward()
        norm = self._clip()
        self.optimizer.step()
        return Stepped(loss.detach(), norm)

    def _forward(self, batch: Batch) -> Tensor:
        if self.carrying is not None:
            return self.carrying.forward(self.network, batch)
        raw: Tensor = self.network(batch.inputs, batch.lengths)
        return raw

    def _scaled(self, loss: Tensor, scaler: GradScaler) -> Stepped:
        scaler.scale(loss).backward()
        scaler.unscale_(self.optimizer)
        norm = self._clip()
        scaler.step(self.optimizer)
        scaler.update()
        return Stepped(loss.detach(), torch.where(norm.isfinite(), norm, 0.0))

    def _clip(self) -> Tensor:
        limit = math.inf if self.clip is None else self.clip
        return torch.nn.utils.clip_grad_norm_(self.network.parameters(), limit)
