"""Prepared arrays on the device, cut into batches."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.examples import Examples
from studio.nn.seeding import epoch_order
from studio.nn.sending import Batch, CudaSender, Sender

__all__ = ["Batch", "Batches", "DeviceExamples"]

_SHARE_OF_FREE_DEVICE_MEMORY = 0.4


class DeviceExamples:
    """One part's arrays as tensors.

    On the CPU they share memory with the arrays, overlapping windows included. On CUDA they are
    copied there once where they fit, and batch by batch where not.

    Attributes:
        home: Where the arrays lie.
        sender: Takes their batches to the device, or None where they lie there.
        stepwise: Whether every step is answered.
        carried: Whether each example goes on with the state of the one before it.
    """

    def __init__(self, examples: Examples, device: torch.device) -> None:
        size = examples.inputs.size * 4
        fits = _fits(size, device)
        self.home = device if fits else torch.device("cpu")
        self.sender: Sender | None = None if fits else CudaSender(device)
        self._inputs = _shared(examples.inputs).to(self.home)
        self._targets = _shared(examples.targets).to(self.home)
        known = examples.lengths
        self._lengths = None if known is None else _shared(known).to(self.home)
        self._lengths_here = None if known is None else _shared(known)
        self.stepwise = examples.stepwise
        self.carried = examples.carried

    def __len__(self) -> int:
        return len(self._targets)

    def epoch(self, seed: int, epoch: int, batch_size: int) -> "Batches":
        """The batches of one epoch in their shuffled order, or that of the streams."""
        if self.carried:
            return self.streams(batch_size)
        return Batches(self, epoch_order(len(self), seed, epoch), batch_size)

    def streams(self, count: int) -> "Batches":
        """Batches of one example from each of so many streams; see stream_order."""
        order = stream_order(len(self), count)
        return Batches(self, order.T.flatten(), len(order))

    def in_order(self, batch_size: int) -> "Batches":
        """All examples in their own order."""
        return Batches(self, torch.arange(len(self)), batch_size)

    def pick(self, index: Tensor, longest: int | None) -> Batch:
        """The batch of these examples, (batch,) int64 where the arrays are; cut to the longest."""
        inputs = self._inputs if longest is None else self._inputs[:, :longest]
        targets = self._targets
        if self.stepwise and longest is not None:
            targets = targets[:, :longest]
        lengths = None if self._lengths is None else self._lengths[index]
        return Batch(inputs[index], lengths, targets[index])

    def longest(self, order: Tensor, batch_size: int) -> list[int | None]:
        """Steps of the longest example of each batch of an order; None where all are equal."""
        batches = order.split(batch_size)
        if self._lengths_here is None:
            return [None] * len(batches)
        return [int(self._lengths_here[batch].max()) for batch in batches]


def stream_order(examples: int, streams: int) -> Tensor:
    """The examples of each stream, (streams, examples of each) int64.

    Streams are equally long pieces of the whole: example for example each goes on where its last
    one ended. What does not fill all of them is left out behind the last; there are no more
    streams than examples.
    """
    each = max(1, examples // streams)
    return torch.arange(examples // each * each).view(-1, each)[:streams]


class Batches:
    """Batches in a known order, taken one by one.

    The order and the longest example of each batch are settled here, so that taking a batch on
    CUDA copies no index to the device and asks nothing of it: either would wait for it. Where the
    arrays do not lie on the device, the next batch is sent before the one before it is trained on.
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
        """Whether every batch was taken."""
        return self._taken == len(self._slices)

    def take(self) -> Batch:
        """The next batch."""
        sender = self._examples.sender
        batch = self._pick() if sender is None else self._received(sender)
        self._taken += 1
        if sender is not None and not self.is_over:
            self._sent = sender.send(self._pick())
        return batch

    def _pick(self) -> Batch:
        return self._examples.pick(self._slices[self._taken], self._longest[self._taken])

    def _received(self, sender: Sender) -> Batch:
        """The wait is asked for before the next batch is sent, so that it is not for both."""
        sent = sender.send(self._pick()) if self._sent is None else self._sent
        self._sent = None
        return sender.receive(sent)


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
