"""States that go on from piece to piece of one long text."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.batches import Batches, DeviceExamples, stream_order
from studio.nn.layers import States
from studio.nn.network import Network
from studio.nn.sending import Batch


class Carrying:
    """The state that a run goes on with from batch to batch.

    Attributes:
        states: What the last batch ended with; None where the next one begins with zeros.
    """

    def __init__(self) -> None:
        self.states: States | None = None

    def forward(self, network: Network, batch: Batch) -> Tensor:
        """Raw outputs of a batch that goes on where the last one ended."""
        raw, self.states = network.carried(batch.inputs, self.states)
        return raw


class Read(NamedTuple):
    """Examples that were read on: which, (n,), their raw outputs (n, time, outputs), targets."""

    examples: Tensor
    raw: Tensor
    targets: Tensor


def read_on(network: Network, tensors: DeviceExamples, streams: int, most: int) -> Iterator[Read]:
    """Reads every example of a part with the state of the one before, each stream from zero.

    What does not fill all streams is read behind the last of them.

    Args:
        network: What reads.
        tensors: A part whose examples go on where the one before ended.
        streams: How many are read side by side.
        most: Examples of one pass; consecutive ones of a stream are read as one sequence.
    """
    order = stream_order(len(tensors), streams)
    carrying = Carrying()
    yield from _read_streams(network, tensors, order, carrying, most)
    rest = torch.arange(order.numel(), len(tensors))[None]
    if rest.numel() and carrying.states is not None:
        h, c = carrying.states
        carrying.states = States(h[:, -1:], None if c is None else c[:, -1:])
        yield from _read_streams(network, tensors, rest, carrying, most)


def _read_streams(
    network: Network, tensors: DeviceExamples, order: Tensor, carrying: Carrying, most: int
) -> Iterator[Read]:
    rows = len(order)
    at_once = max(1, most // rows)
    pieces = order.split(at_once, dim=1)
    in_order = torch.cat([piece.flatten() for piece in pieces])
    for piece, batch in zip(pieces, Batches(tensors, in_order, rows * at_once), strict=True):
        time = batch.inputs.shape[1]
        joined = batch.inputs.reshape(rows, piece.shape[1] * time, -1)
        raw = carrying.forward(network, Batch(joined, None, batch.targets))
        yield Read(piece.flatten(), raw.reshape(piece.numel(), time, -1), batch.targets)
