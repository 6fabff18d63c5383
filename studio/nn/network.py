"""A contender's network: recurrent layers, pooling over time or none, dropout, a linear head."""

import torch
from torch import Tensor, nn

from studio.core.cells import CELLS
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec, Pooling
from studio.nn.engine import Engine
from studio.nn.layers import LayersRequest, RecurrentLayers, States, last_outputs, layer_weights
from studio.nn.lengths import valid_steps


class Pool(nn.Module):
    """Turns the outputs of all steps into one vector.

    last takes the last valid step of each direction, so the reverse direction's first step.
    attention weights the steps by the softmax of one linear score.
    """

    def __init__(self, kind: Pooling, width: int, *, bidirectional: bool) -> None:
        super().__init__()
        self.kind = kind
        self.bidirectional = bidirectional
        self.score = nn.Linear(width, 1) if kind == "attention" else None

    def forward(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """From (batch, time, width) to (batch, width)."""
        if self.kind == "last":
            return last_outputs(outputs, lengths, bidirectional=self.bidirectional)
        mask = None if lengths is None else valid_steps(outputs, lengths)[:, :, None]
        if self.score is not None:
            scores = self.score(outputs)
            if mask is not None:
                scores = scores.masked_fill(~mask, -torch.inf)
            shares: Tensor = scores.softmax(dim=1)
            return (shares * outputs).sum(dim=1)
        if self.kind == "max":
            kept = outputs if mask is None else outputs.masked_fill(~mask, -torch.inf)
            return kept.amax(dim=1)
        if mask is None or lengths is None:
            return outputs.mean(dim=1)
        return outputs.masked_fill(~mask, 0.0).sum(dim=1) / lengths[:, None]


class Network(nn.Module):
    """One contender's network.

    Attributes:
        embedding: Vectors for the codes of a text, or None where the input is numbers.
        recurrent: The recurrent layers; their weights stand under recurrent.stock.
        pool: Pooling over time, or None where every step is answered.
        head: Linear read-out to classes or values.
    """

    def __init__(
        self,
        recurrent: RecurrentLayers,
        pooling: Pooling | None,
        dropout: float,
        output_size: int,
        embedding: nn.Embedding | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        width = recurrent.request.output_size
        self.recurrent = recurrent
        both = recurrent.request.bidirectional
        self.pool = None if pooling is None else Pool(pooling, width, bidirectional=both)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, output_size)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Raw outputs for inputs (batch, time, channels) and lengths (batch,).

        Returns:
            (batch, outputs), or (batch, time, outputs) where every step is answered.
        """
        inputs = self.embedded(inputs)
        if self.pool is not None and self.pool.kind == "last":
            # an engine may know it without looking at all outputs
            raw: Tensor = self.head(self.dropout(self.recurrent.last(inputs, lengths)))
            return raw
        return self.read_out(self.recurrent(inputs, lengths), lengths)

    def carried(self, inputs: Tensor, before: States | None) -> tuple[Tensor, States]:
        """Raw outputs of every step from given states on, and the states to go on with.

        Args:
            inputs: (batch, time, channels), without padding.
            before: What the pieces before ended with, or None to begin with zeros.

        Returns:
            (batch, time, outputs), and states without their gradient.
        """
        outputs, after = self.recurrent.run(self.embedded(inputs), None, before)
        cell = None if after.c is None else after.c.detach().float()
        return self.read_out(outputs, None), States(after.h.detach().float(), cell)

    def read_out(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Raw outputs from those of the recurrent layers, (batch, time, width)."""
        pooled = outputs if self.pool is None else self.pool(outputs, lengths)
        raw: Tensor = self.head(self.dropout(pooled))
        return raw

    def embedded(self, inputs: Tensor) -> Tensor:
        """What the recurrent layers read: codes (..., time, 1) of any type as vectors, or as is."""
        if self.embedding is None:
            return inputs if inputs.is_floating_point() else inputs.float()
        vectors: Tensor = self.embedding(inputs[..., 0].long())
        return vectors


def layers_request(spec: ContenderSpec, input_size: int) -> LayersRequest:
    """What a contender asks of an engine."""
    return LayersRequest(
        cell=spec.cell,
        input_size=input_size,
        hidden_size=spec.hidden_size,
        num_layers=spec.num_layers,
        bidirectional=spec.bidirectional,
        dropout=spec.dropout,
        nonlinearity=spec.nonlinearity or "tanh",
    )


def build_network(spec: ContenderSpec, preparation: Preparation, engine: Engine) -> Network:
    """A fresh network with weights drawn from torch's global generator."""
    embedding = None
    if preparation.embeds:  # drawn first, so that contenders of one seed begin with the same one
        embedding = nn.Embedding(len(preparation.vocabulary or ()), spec.embedding_size)
    layers = engine.build(layers_request(spec, preparation.read_size(spec.embedding_size)))
    pooling = None if preparation.stepwise else spec.pooling
    network = Network(layers, pooling, spec.dropout, preparation.output_size, embedding)
    if spec.forget_bias is not None:
        _set_memory_bias(layers, spec.forget_bias)
    return network


def _set_memory_bias(layers: RecurrentLayers, value: float) -> None:
    cell = CELLS[layers.request.cell]
    assert cell.memory_gate is not None  # noqa: S101 - the spec allows it for no other cell
    hidden = layers.request.hidden_size
    first = cell.block_of(cell.memory_gate) * hidden
    directions = (False, True) if layers.request.bidirectional else (False,)
    with torch.no_grad():
        for layer in range(layers.request.num_layers):
            for reverse in directions:
                _, _, from_input, from_hidden = layer_weights(layers, layer, reverse=reverse)
                from_input[first : first + hidden] = value
                from_hidden[first : first + hidden] = 0.0
