"""Prefetching: the next batch is copied to the device while the current one is trained on."""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

_AXES_OF_NUMBERS = 2  # examples and outputs, where steps have no numbers of their own


class Batch(NamedTuple):
    """Inputs (batch, time, channels), lengths (batch,) or None, targets."""

    inputs: Tensor
    lengths: Tensor | None
    targets: Tensor

    @property
    def weight(self) -> Tensor | int:
        """The weight of its mean loss: its examples, or steps with a prediction at every step."""
        if self.targets.dim() > _AXES_OF_NUMBERS and self.targets.is_floating_point():
            return (~self.targets.isnan().any(dim=-1)).sum()  # numbers at every step
        per_step = self.targets.dim() > 1 and self.targets.dtype != torch.float32
        if per_step and self.lengths is not None:
            return self.lengths.sum()
        return len(self.targets)


class Prefetcher(Protocol):
    """Copies batches to the device."""

    def send(self, batch: Batch) -> Batch:
        """Starts to copy a batch; does not wait."""
        ...

    def receive(self, sent: Batch) -> Batch:
        """Makes later work on the device wait for a batch that was sent."""
        ...


class CudaPrefetcher:
    """Copies from pinned memory, on a separate stream in parallel to the computation."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)

    def send(self, batch: Batch) -> Batch:
        """See Prefetcher."""
        with torch.cuda.stream(self._stream):
            return Batch(*(self._copy(part) for part in batch))  # type: ignore[arg-type]

    def receive(self, sent: Batch) -> Batch:
        """See Prefetcher; the copies' memory is not reused before the computation has ended."""
        current = torch.cuda.current_stream(self._device)
        current.wait_stream(self._stream)
        for part in sent:
            if part is not None:
                part.record_stream(current)
        return sent

    def _copy(self, part: Tensor | None) -> Tensor | None:
        return None if part is None else part.pin_memory().to(self._device, non_blocking=True)
