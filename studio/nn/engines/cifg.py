"""Recurrent layers of the LSTM with coupled gates, in torch's own operations."""

from collections.abc import Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.cells import CIFG_LSTM
from studio.nn.engines.cifg_steps import cifg_layer
from studio.nn.engines.padding import flip_padded
from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.engines.recurrent_layers import (
    RecurrentLayers,
    States,
    gates_and_states,
    layer_weights,
)
from studio.nn.engines.unrolled_steps import unroll


class CifgLayers(RecurrentLayers):
    """Layers that torch.nn has no module for; each step is launched separately."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        # torch.nn's GRU has three weight blocks as well; this module only holds weights
        self.stock = nn.RNNBase(
            "GRU",
            config.input_size,
            config.hidden_size,
            num_layers=config.num_layers,
            bidirectional=config.bidirectional,
            batch_first=True,
        )

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        return self.run(inputs, lengths)[0]

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """See RecurrentLayers; with lengths, the final states are those after the padding."""
        config = self.config
        directions = (False, True) if config.bidirectional else (False,)
        ends: list[tuple[Tensor, Tensor]] = []
        for layer in range(config.num_layers):
            if layer:
                inputs = nn.functional.dropout(inputs, config.dropout, self.training)
            outputs = []
            for reverse in directions:
                directed = flip_padded(inputs, lengths) if reverse else inputs
                weights = layer_weights(self, layer, reverse=reverse)
                start = self._start(inputs, before, len(ends))
                hidden, h, c = cifg_layer(directed, *start, weights)
                ends.append((h, c))
                outputs.append(flip_padded(hidden, lengths) if reverse else hidden)
            inputs = torch.cat(outputs, dim=2)
        h, c = (torch.stack(states) for states in zip(*ends, strict=True))
        return inputs, States(h, c)

    def _start(self, inputs: Tensor, before: States | None, index: int) -> tuple[Tensor, Tensor]:
        """Hidden and cell state of a layer and direction, (batch, hidden_size)."""
        if before is not None and before.c is not None:
            return before.h[index], before.c[index]
        zeros = inputs.new_zeros(len(inputs), self.config.hidden_size)
        return zeros, zeros

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers."""
        return unroll(self.config, inputs, nudges, partial(layer_weights, self))

    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See RecurrentLayers."""
        weights = layer_weights(self, layer, reverse=reverse)
        start = inputs.new_zeros(1, self.config.hidden_size)
        hidden = cifg_layer(inputs[None], start, start, weights)[0][0]
        return hidden, gates_and_states(CIFG_LSTM, inputs, hidden, weights)
