"""Stateful processing of one long text or series, piece by piece."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.batching.batches import Batches, DeviceExamples, stream_order
from studio.nn.batching.prefetch import Batch
from studio.nn.engines.recurrent_layers import States
from studio.nn.networks.network import Network


class CarriedState:
    """The state that a run carries from batch to batch.

    Attributes:
        states: The final states of the last batch; None if the next one starts from zeros.
        washout: Steps at the start of each stream that are not trained on.
    """

    def __init__(self, washout: int = 0) -> None:
        self.states: States | None = None
        self.washout = washout

    def trained(self, targets: Tensor) -> Tensor:
        """The targets of the next batch, without those of the washout."""
        if self.states is not None or not self.washout:
            return targets
        without = targets.clone()
        without[:, : self.washout] = torch.nan
        return without

    def forward(self, network: Network, batch: Batch) -> Tensor:
        """Raw outputs of a batch, from the final states of the last one."""
        raw, self.states = network.carried(batch.inputs, self.states)
        return raw


class StatefulOutput(NamedTuple):
    """Indices of some examples (n,), their raw outputs (n, time, outputs) and targets."""

    examples: Tensor
    raw: Tensor
    targets: Tensor


def run_stateful(
    network: Network, tensors: DeviceExamples, streams: int, most: int
) -> Iterator[StatefulOutput]:
    """Runs every example from the state at the end of the one before, each stream from zeros.

    Examples that do not fill all streams are run after the last stream.

    Args:
        network: The network.
        tensors: Consecutive examples of one text.
        streams: Number of parallel streams.
        most: Maximum examples of one pass; consecutive ones of a stream form one sequence.
    """
    order = stream_order(len(tensors), streams)
    carried = CarriedState()
    yield from _run_streams(network, tensors, order, carried, most)
    rest = torch.arange(order.numel(), len(tensors))[None]
    if rest.numel() and carried.states is not None:
        h, c = carried.states
        carried.states = States(h[:, -1:], None if c is None else c[:, -1:])
        yield from _run_streams(network, tensors, rest, carried, most)


def _run_streams(
    network: Network, tensors: DeviceExamples, order: Tensor, carried: CarriedState, most: int
) -> Iterator[StatefulOutput]:
    rows = len(order)
    at_once = max(1, most // rows)
    pieces = order.split(at_once, dim=1)
    in_order = torch.cat([piece.flatten() for piece in pieces])
    for piece, batch in zip(pieces, Batches(tensors, in_order, rows * at_once), strict=True):
        time = batch.inputs.shape[1]
        joined = batch.inputs.reshape(rows, piece.shape[1] * time, -1)
        raw = carried.forward(network, Batch(joined, None, batch.targets))
        yield StatefulOutput(piece.flatten(), raw.reshape(piece.numel(), time, -1), batch.targets)
