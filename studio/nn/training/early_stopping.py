"""The best epoch of a run, and sums over the steps of an epoch."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass
class BestEpoch:
    """Counters of a run; the best epoch is by validation loss, or the last one without it."""

    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_loss: float | None = None
    epochs_without_better: int = 0

    def note(self, validation_loss: float | None) -> bool:
        """Records the finished epoch, and returns whether it is the best so far."""
        if validation_loss is None:
            self.best_epoch = self.epoch
            return True
        is_best = self.best_loss is None or validation_loss < self.best_loss
        if is_best:
            self.best_epoch, self.best_loss = self.epoch, validation_loss
        self.epochs_without_better = 0 if is_best else self.epochs_without_better + 1
        return is_best

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))


class EpochSums:
    """Sums over the steps of an epoch, on the device so that no step waits for it."""

    def __init__(self, device: torch.device) -> None:
        self.steps = 0
        self._weight = torch.zeros((), dtype=torch.float64, device=device)
        self._loss = torch.zeros((), dtype=torch.float64, device=device)
        self._norm = torch.zeros((), dtype=torch.float64, device=device)
        self._clipped = torch.zeros((), dtype=torch.int64, device=device)

    def add(self, loss: Tensor, norm: Tensor, weight: Tensor | int, limit: float | None) -> None:
        """Adds a training step.

        Args:
            loss: The mean over examples, or over time steps with a target.
            norm: Gradient norm before clipping.
            weight: Number of examples, or time steps, of the mean.
            limit: Maximum norm, or None.
        """
        self.steps += 1
        self._weight += weight
        self._loss += loss.detach().double() * weight
        self._norm += norm
        if limit is not None:
            self._clipped += norm > limit

    @property
    def mean_loss(self) -> float:
        """The mean over examples, or time steps with a target; waits for the device."""
        return float(self._loss) / max(1.0, float(self._weight))

    @property
    def mean_norm(self) -> float:
        return float(self._norm) / max(1, self.steps)

    @property
    def clipped_share(self) -> float:
        return float(self._clipped) / max(1, self.steps)
