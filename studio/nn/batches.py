"""Prepared arrays on the device, cut into batches."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
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
        self.home = device if _fits(size, device) else torch.device("cpu")
        self._inputs = _shared(examples.inputs).to(self.home)
        self._targets = _shared(examples.targets).to(self.home)
        known = examples.lengths
        self._lengths = None if known is None else _shared(known).to(self.home)
        self._lengths_here = None if known is None else _shared(known)

    def __len__(self) -> int:
        return len(self._targets)

    def epoch(self, seed: int, epoch: int, batch_size: int) -> "Batches":
        """The batches of one epoch in their shuffled order."""
        return Batches(self, epoch_order(len(self), seed, epoch), batch_size)

    def in_order(self, batch_size: int) -> "Batches":
        """All examples in their own order."""
        return Batches(self, torch.arange(len(self)), batch_size)

    def pick(self, index: Tensor, longest: int | None) -> Batch:
        """The batch of these examples, (batch,) int64 where the arrays are; cut to the longest."""
        inputs = self._inputs if longest is None else self._inputs[:, :longest]
        lengths = None if self._lengths is None else self._lengths[index]
        batch = Batch(inputs[index], lengths, self._targets[index])
        return batch if self.home == self._device else self._send(batch)

    def longest(self, order: Tensor, batch_size: int) -> list[int | None]:
        """Steps of the longest example of each batch of an order; None where all are equal."""
        batches = order.split(batch_size)
        if self._lengths_here is None:
            return [None] * len(batches)
        return [int(self._lengths_here[batch].max()) for batch in batches]

    def _send(self, batch: Batch) -> Batch:
        sent = (None if part is None else part.pin_memory().to(self._device, non_blocking=True)
                for part in batch)  # fmt: skip
        return Batch(*sent)  # type: ignore[arg-type]


class Batches:
    """Batches in a known order, taken one by one.

    The order and the longest example of each batch are settled here, so that taking a batch on
    CUDA copies no index to the device and asks nothing of it: either would wait for it.
    """

    def __init__(self, examples: DeviceExamples, order: Tensor, batch_size: int) -> None:
        self._examples = examples
        self._longest = examples.longest(order, batch_size)
        self._slices = order.to(examples.home).split(batch_size)
        self._taken = 0

    def __len__(self) -> int:
        return len(self._slices)

    def __iter__(self) -> Iterator[Batch]:
        while not self.is_over:
            yield self.take()

    @property
    def is_over(self) -> bool:
        """Whether every batch was taken."""
        return self._taken == len(self._slices)

    def take(self) -> Batch:
        """The next batch."""
        batch = self._examples.pick(self._slices[self._taken], self._longest[self._taken])
        self._taken += 1
        return batch


class _Writeable:
    """Shows a read-only array to NumPy as one that can be written."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.kept = array
        interface = array.__array_interface__
        self.__array_interface__ = {**interface, "data": (interface["data"][0], False)}


def _shared(array: NDArray[Any]) -> Tensor:
    """A tensor over the array's own memory.

    torch warns of read-only arrays such as memory maps, as it has no read-only tensors; nothing
    here writes to them.
    """
    return torch.from_numpy(array if array.flags.writeable else np.asarray(_Writeable(array)))


def _fits(size: int, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return size <= free * _SHARE_OF_FREE_DEVICE_MEMORY
