"""Batches that do not lie on the device: each is on its way while the one before is trained on."""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor


class Batch(NamedTuple):
    """Inputs (batch, time, channels), lengths (batch,) or None, targets."""

    inputs: Tensor
    lengths: Tensor | None
    targets: Tensor

    @property
    def weight(self) -> Tensor | int:
        """How much its mean loss counts: its examples, or steps where each is answered."""
        stepwise = self.targets.dim() > 1 and self.targets.dtype != torch.float32
        if stepwise and self.lengths is not None:
            return self.lengths.sum()
        return len(self.targets)


class Sender(Protocol):
    """A way for batches to the device."""

    def send(self, batch: Batch) -> Batch:
        """Starts the way of a batch; waits for nothing."""
        ...

    def receive(self, sent: Batch) -> Batch:
        """Makes what follows on the device wait for a batch that was sent."""
        ...


class CudaSender:
    """Copies from pinned memory, on a stream of its own beside the computation."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device)

    def send(self, batch: Batch) -> Batch:
        """See Sender."""
        with torch.cuda.stream(self._stream):
            return Batch(*(self._copy(part) for part in batch))  # type: ignore[arg-type]

    def receive(self, sent: Batch) -> Batch:
        """See Sender. What the copies lie in is not used again before the computation is over."""
        here = torch.cuda.current_stream(self._device)
        here.wait_stream(self._stream)
        for part in sent:
            if part is not None:
                part.record_stream(here)
        return sent

    def _copy(self, part: Tensor | None) -> Tensor | None:
        return None if part is None else part.pin_memory().to(self._device, non_blocking=True)
