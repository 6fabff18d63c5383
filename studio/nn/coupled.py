"""Recurrent layers of the LSTM with coupled gates, in torch's own operations."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.cells import COUPLED_LSTM
from studio.nn.coupled_steps import coupled_layer
from studio.nn.layers import RecurrentLayers, States, gates_and_states, layer_weights
from studio.nn.lengths import flip_within
from studio.nn.request import LayersRequest
from studio.nn.unrolling import unrolled


class CoupledLayers(RecurrentLayers):
    """Layers that torch.nn has no module for; each step is launched by itself."""

    def __init__(self, request: LayersRequest) -> None:
        super().__init__()
        self.request = request
        # of torch.nn's modules the GRU holds three blocks; this one is never called
        self.stock = nn.RNNBase(
            "GRU",
            request.input_size,
            request.hidden_size,
            num_layers=request.num_layers,
            bidirectional=request.bidirectional,
            batch_first=True,
        )

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        return self.run(inputs, lengths)[0]

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """See RecurrentLayers; with lengths, the last states are those behind the padding."""
        request = self.request
        directions = (False, True) if request.bidirectional else (False,)
        ends: list[tuple[Tensor, Tensor]] = []
        for layer in range(request.num_layers):
            if layer:
                inputs = nn.functional.dropout(inputs, request.dropout, self.training)
            outputs = []
            for reverse in directions:
                seen = flip_within(inputs, lengths) if reverse else inputs
                weights = layer_weights(self, layer, reverse=reverse)
                start = self._start(inputs, before, len(ends))
                hidden, h, c = coupled_layer(seen, *start, weights)
                ends.append((h, c))
                outputs.append(flip_within(hidden, lengths) if reverse else hidden)
            inputs = torch.cat(outputs, dim=2)
        last = [torch.stack(each) for each in zip(*ends, strict=True)]
        return inputs, States(*last)

    def _start(self, inputs: Tensor, before: States | None, at: int) -> tuple[Tensor, Tensor]:
        """Hidden and cell state of a layer and direction, (batch, hidden_size)."""
        if before is not None and before.c is not None:
            return before.h[at], before.c[at]
        zeros = inputs.new_zeros(len(inputs), self.request.hidden_size)
        return zeros, zeros

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers."""
        return unrolled(self.request, inputs, nudges, partial(layer_weights, self))

    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See RecurrentLayers."""
        weights = layer_weights(self, layer, reverse=reverse)
        start = inputs.new_zeros(1, self.request.hidden_size)
        hidden = coupled_layer(inputs[None], start, start, weights)[0][0]
        return hidden, gates_and_states(COUPLED_LSTM, inputs, hidden, weights)
