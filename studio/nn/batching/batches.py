"""Prepared arrays on the device, in batches."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.prepared.examples import Examples
from studio.nn.batching.prefetch import Batch, CudaPrefetcher, Prefetcher
from studio.nn.seeding import epoch_order

__all__ = ["Batch", "Batches", "DeviceExamples"]

_SHARE_OF_FREE_DEVICE_MEMORY = 0.4


class DeviceExamples:
    """The arrays of a training, validation or test set as tensors.

    On the CPU they share memory with the arrays, including overlapping windows. On CUDA they are
    copied once if they fit, otherwise batch by batch.

    Attributes:
        home: The device that holds the arrays.
        prefetcher: Copies batches to the device, or None if the arrays are already there.
        per_step: Whether there is a prediction at every step.
        carried: Whether each example starts from the state at the end of the one before it.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        size = examples.inputs.size * 4
        fits = _fits(size, device)
        self.home = device if fits else torch.device("cpu")
        self.prefetcher: Prefetcher | None = None if fits else CudaPrefetcher(device)
        self._inputs = _shared(examples.inputs).to(self.home)
        self._targets = _shared(examples.targets).to(self.home)
        lengths = None if examples.lengths is None else _shared(examples.lengths)
        self._lengths = None if lengths is None else lengths.to(self.home)
        self._lengths_on_cpu = lengths
        self.per_step = examples.per_step
        self.carried = examples.carried

    def __len__(self) -> int:
        return len(self._targets)

    def epoch(self, seed: int, epoch: int, batch_size: int) -> "Batches":
        """The batches of one epoch, in shuffled order or in the order of the streams."""
        if self.carried:
            return self.streams(batch_size)
        return Batches(self, epoch_order(len(self), seed, epoch), batch_size)

    def streams(self, count: int) -> "Batches":
        """Batches of one example from each stream; see stream_order."""
        order = stream_order(len(self), count)
        return Batches(self, order.T.flatten(), len(order))

    def in_order(self, batch_size: int) -> "Batches":
        """All examples in their original order."""
        return Batches(self, torch.arange(len(self)), batch_size)

    def pick(self, index: Tensor, longest: int | None) -> Batch:
        """The batch of these examples, cut to its longest.

        Args:
            index: (batch,) int64, on the device of the arrays.
            longest: Steps of the longest example, or None if all are equal.
        """
        inputs = self._inputs if longest is None else self._inputs[:, :longest]
        targets = self._targets
        if self.per_step and longest is not None:
            targets = targets[:, :longest]
        lengths = None if self._lengths is None else self._lengths[index]
        return Batch(inputs[index], lengths, targets[index])

    def longest(self, order: Tensor, batch_size: int) -> list[int | None]:
        """Steps of the longest example of each batch of an order; None if all are equal."""
        batches = order.split(batch_size)
        if self._lengths_on_cpu is None:
            return [None] * len(batches)
        return [int(self._lengths_on_cpu[batch].max()) for batch in batches]


def stream_order(examples: int, streams: int) -> Tensor:
    """The examples of each stream, (streams, examples per stream) int64.

    Streams are equally long consecutive parts of all examples. The rest at the end, which does not
    fill all streams, is left out; there are never more streams than examples.
    """
    length = max(1, examples // streams)
    return torch.arange(examples // length * length).view(-1, length)[:streams]


class Batches:
    """Batches in a fixed order, taken one by one.

    The order and the longest example of each batch are computed in advance, so that taking a batch
    on CUDA neither copies an index to the device nor reads from it: either would wait for it. If
    the arrays are not on the device, the next batch is sent before training on the current one.
    """

    def __init__(self, examples: DeviceExamples, order: Tensor, batch_size: int) -> None:
        self._examples = examples
        self._longest = examples.longest(order, batch_size)
        self._slices = order.to(examples.home).split(batch_size)
        self._taken = 0
        self._sent: Batch | None = None

    def __len__(self) -> int:
        return len(self._slices)

    def __iter__(self) -> Iterator[Batch]:
        while not self.is_over:
            yield self.take()

    @property
    def is_over(self) -> bool:
        """Whether every batch has been taken."""
        return self._taken == len(self._slices)

    def take(self) -> Batch:
        prefetcher = self._examples.prefetcher
        batch = self._pick() if prefetcher is None else self._received(prefetcher)
        self._taken += 1
        if prefetcher is not None and not self.is_over:
            self._sent = prefetcher.send(self._pick())
        return batch

    def _pick(self) -> Batch:
        return self._examples.pick(self._slices[self._taken], self._longest[self._taken])

    def _received(self, prefetcher: Prefetcher) -> Batch:
        """Queues the wait before the next batch is sent, so that it is not for both."""
        sent = prefetcher.send(self._pick()) if self._sent is None else self._sent
        self._sent = None
        return prefetcher.receive(sent)


class _Writeable:
    """Presents a read-only array to NumPy as writeable."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        interface = array.__array_interface__
        self.__array_interface__ = {**interface, "data": (interface["data"][0], False)}


def _shared(array: NDArray[Any]) -> Tensor:
    """A tensor that shares the array's memory.

    torch has no read-only tensors and warns of read-only arrays such as memory maps; nothing here
    writes to them.
    """
    return torch.from_numpy(array if array.flags.writeable else np.asarray(_Writeable(array)))


def _fits(size: int, device: torch.device) -> bool:
    if device.type != "cuda":
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return size <= free * _SHARE_OF_FREE_DEVICE_MEMORY
