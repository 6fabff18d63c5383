"""A contender's network: embedding, layers, pooling over time, dropout, linear head."""

import torch
from torch import Tensor, nn

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec, Pooling
from studio.core.specs.receptive_field import kernel_size_of
from studio.nn.engines.engine_selection import Engine
from studio.nn.engines.padding import valid_steps
from studio.nn.engines.recurrent_layers import (
    RecurrentConfig,
    RecurrentLayers,
    States,
)
from studio.nn.engines.sequence_layers import SequenceLayers, last_outputs


class Pool(nn.Module):
    """Combines the outputs of all steps into one vector.

    last takes the last valid step of each direction, which is the first step for the reverse one.
    attention weights the steps by the softmax of a linear score.
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
            weights: Tensor = scores.softmax(dim=1)
            return (weights * outputs).sum(dim=1)
        if self.kind == "max":
            valid = outputs if mask is None else outputs.masked_fill(~mask, -torch.inf)
            return valid.amax(dim=1)
        if mask is None or lengths is None:
            return outputs.mean(dim=1)
        return outputs.masked_fill(~mask, 0.0).sum(dim=1) / lengths[:, None]


class Network(nn.Module):
    """One contender's network.

    Attributes:
        embedding: Embedding of the codes of a text, or None for numeric inputs.
        recurrent: The recurrent layers, with their weights in recurrent.stock; None for a
            convolutional network.
        convolutions: The levels of a convolutional network, or None.
        pool: Pooling over time, or None with a prediction at every step.
        head: Linear layer to classes or values.
    """

    def __init__(
        self,
        layers: SequenceLayers,
        pooling: Pooling | None,
        dropout: float,
        output_size: int,
        embedding: nn.Embedding | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        width = layers.config.output_size
        is_recurrent = isinstance(layers, RecurrentLayers)
        self.recurrent = layers if is_recurrent else None
        self.convolutions = None if is_recurrent else layers
        bidirectional = layers.config.bidirectional
        self.pool = None
        if pooling is not None:
            self.pool = Pool(pooling, width, bidirectional=bidirectional)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, output_size)

    @property
    def layers(self) -> SequenceLayers:
        """The recurrent layers, or the levels of a convolutional network."""
        layers = self.convolutions if self.recurrent is None else self.recurrent
        assert layers is not None  # noqa: S101 - one of both, by the constructor
        return layers

    @property
    def recurrent_layers(self) -> RecurrentLayers:
        """The recurrent layers.

        Raises:
            TypeError: The network is convolutional.
        """
        if not isinstance(self.recurrent, RecurrentLayers):
            raise TypeError("a convolutional network has no gates and no states")
        return self.recurrent

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Raw outputs for inputs (batch, time, channels) and lengths (batch,).

        Returns:
            (batch, outputs), or (batch, time, outputs) with a prediction at every step.
        """
        inputs = self.embedded(inputs)
        if self.pool is not None and self.pool.kind == "last":
            # an engine may have it without the outputs of all steps
            raw: Tensor = self.head(self.dropout(self.layers.last(inputs, lengths)))
            return raw
        return self.read_out(self.layers(inputs, lengths), lengths)

    def carried(self, inputs: Tensor, before: States | None) -> tuple[Tensor, States]:
        """Raw outputs of every step from initial states, and the final states.

        Args:
            inputs: (batch, time, channels), without padding.
            before: Final states of the piece before, or None for zeros.

        Returns:
            (batch, time, outputs), and detached states.

        Raises:
            TypeError: The network is convolutional.
        """
        outputs, after = self.recurrent_layers.run(self.embedded(inputs), None, before)
        cell = None if after.c is None else after.c.detach().float()
        return self.read_out(outputs, None), States(after.h.detach().float(), cell)

    def read_out(self, outputs: Tensor, lengths: Tensor | None) -> Tensor:
        """Raw outputs from the outputs of the layers, (batch, time, width)."""
        pooled = outputs if self.pool is None else self.pool(outputs, lengths)
        raw: Tensor = self.head(self.dropout(pooled))
        return raw

    def embedded(self, inputs: Tensor) -> Tensor:
        """Input of the layers: embedded codes (..., time, 1), or floats."""
        if self.embedding is None:
            return inputs if inputs.is_floating_point() else inputs.float()
        vectors: Tensor = self.embedding(inputs[..., 0].long())
        return vectors


def recurrent_config(spec: ContenderSpec, input_size: int) -> RecurrentConfig:
    """The layers of a contender."""
    return RecurrentConfig(
        cell=spec.cell,
        input_size=input_size,
        hidden_size=spec.hidden_size,
        num_layers=spec.num_layers,
        bidirectional=spec.bidirectional,
        dropout=spec.dropout,
        nonlinearity=spec.nonlinearity or "tanh",
        kernel_size=kernel_size_of(spec),
    )


def build_network(spec: ContenderSpec, preprocessing: Preprocessing, engine: Engine) -> Network:
    """A new network, initialised from torch's global generator."""
    embedding = None
    if (
        preprocessing.embeds
    ):  # drawn first, so that contenders with the same seed start with the same embedding
        embedding = nn.Embedding(len(preprocessing.vocabulary or ()), spec.embedding_size)
    layers = engine.build(recurrent_config(spec, preprocessing.read_size(spec.embedding_size)))
    pooling = None if preprocessing.per_step else spec.pooling
    network = Network(layers, pooling, spec.dropout, preprocessing.output_size, embedding)
    if spec.forget_bias is not None:
        network.recurrent_layers.set_memory_bias(spec.forget_bias)
    return network
