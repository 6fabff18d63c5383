"""Prepared arrays on the device, cut into batches."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from studio.core.examples import Examples
from studio.nn.seeding import epoch_order

_SHARE_OF_FREE_DEVICE_MEMORY = 0.4


class Batch(NamedTuple):
    """Inputs (batch, time, channels), lengths (batch,) or None, targets."""

    inputs: Tensor
    lengths: Tensor | None
    targets: Tensor


class DeviceExamples:
    """One part's arrays as tensors.

    On the CPU they share memory with the arrays, overlapping windows included. On CUDA they are
    copied there once where they fit, and batch by batch where not.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        self._device = device
        size = examples.inputs.size * 4
        home = device if _fits(size, device) else torch.device("cpu")
        self.is_resident = home == device
        self._inputs = torch.from_numpy(examples.inputs).to(home)
        self._lengths = (
            None if examples.lengths is None else torch.from_numpy(examples.lengths).to(home)
        )
        self._targets = torch.from_numpy(examples.targets).to(home)

    def __len__(self) -> int:
        return len(self._targets)

    def pick(self, index: Tensor) -> Batch:
        """The batch of these examples, (batch,) int64, padded to its longest example."""
        if self._lengths is None:
            return self._send(Batch(self._inputs[index], None, self._targets[index]))
        lengths = self._lengths[index]
        longest = int(lengths.max())
        return self._send(Batch(self._inputs[index, :longest], lengths, self._targets[index]))

    def epoch(self, seed: int, epoch: int, batch_size: int) -> "EpochBatches":
        """The batches of one epoch in their shuffled order."""
        return EpochBatches(self, epoch_order(len(self), seed, epoch), batch_size)

    def in_order(self, batch_size: int) -> Iterator[Batch]:
        """All examples in their own order."""
        for first in range(0, len(self), batch_size):
            index = torch.arange(first, min(first + batch_size, len(self)))
            yield self.pick(index)

    def _send(self, batch: Batch) -> Batch:
        if self.is_resident:
            return batch
        sent = (None if part is None else part.pin_memory().to(self._device, non_blocking=True)
                for part in batch)  # fmt: skip
        return Batch(*sent)  # type: ignore[arg-type]


class EpochBatches:
    """The batches of one epoch, taken one by one."""

    def __init__(self, examples: DeviceExamples, order: Tensor, batch_size: int) -> None:
        self._examples = examples
        self._slices = order.split(batch_size)
        self._taken = 0

    def __len__(self) -> int:
        return len(self._slices)

    @property
    def is_over(self) -> bool:
        """Whether every batch was taken."""
        return self._taken == len(self._slices)

    def take(self) -> Batch:
        """The next batch."""
        batch = self._examples.pick(self._slices[self._taken])
        self._taken += 1
        return batch


def _fits(size: int, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return size <= free * _SHARE_OF_FREE_DEVICE_MEMORY
