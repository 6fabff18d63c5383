"""What a run counts: its progress over the epochs, and sums over the steps of one."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass
class Progress:
    """Counters of a run; best is by validation loss, or the last epoch without validation."""

    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_loss: float | None = None
    epochs_without_better: int = 0

    def note(self, validation_loss: float | None) -> bool:
        """Takes the finished epoch in; whether it is the best so far."""
        if validation_loss is None:
            self.best_epoch = self.epoch
            return True
        better = self.best_loss is None or validation_loss < self.best_loss
        if better:
            self.best_epoch, self.best_loss = self.epoch, validation_loss
        self.epochs_without_better = 0 if better else self.epochs_without_better + 1
        return better

    def as_dict(self) -> dict[str, Any]:
        """For a snapshot."""
        return dict(vars(self))


class EpochSums:
    """Sums over the steps of an epoch, kept on the device so that no step waits for it."""

    def __init__(self, device: torch.device) -> None:
        self.steps = 0
        self._weight = torch.zeros((), dtype=torch.float64, device=device)
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._norm = torch.zeros((), dtype=torch.float64, device=device)
        self._clipped = torch.zeros((), dtype=torch.int64, device=device)

    def add(self, loss: Tensor, norm: Tensor, weight: Tensor | int, limit: float | None) -> None:
        """Takes a step in: its mean loss over a weight, its gradient's norm and limit.

        Args:
            loss: The mean over examples, or over answered steps.
            norm: Of the gradient before it is clipped.
            weight: How many examples, or steps, the mean is of.
            limit: Where the norm is clipped, or None.
        """
        self.steps += 1
        self._weight += weight
        self._loss += loss.detach().double() * weight
        self._norm += norm
        if limit is not None:
            self._clipped += norm > limit

    @property
    def mean_loss(self) -> float:
        """Over the examples, or over answered steps; waits for the device."""
        return float(self._loss) / max(1.0, float(self._weight))

    @property
    def mean_norm(self) -> float:
        """Over the steps."""
        return float(self._norm) / max(1, self.steps)

    @property
    def clipped_share(self) -> float:
        """Of the steps."""
        return float(self._clipped) / max(1, self.steps)
