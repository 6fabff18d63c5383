"""Engines: what computes the recurrent layers. torch.nn is one; others join the table below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from studio.core.errors import MachineError
from studio.nn.lengths import flip_within

SingleLayer = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True)
class LayersRequest:
    """The recurrent layers of a network, in torch.nn's words; nonlinearity is the plain RNN's."""

    cell: str
    input_size: int
    hidden_size: int
    num_layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0
    nonlinearity: str = "tanh"

    @property
    def output_size(self) -> int:
        """Width of the outputs of the last layer."""
        return self.hidden_size * (2 if self.bidirectional else 1)


class RecurrentLayers(nn.Module):
    """Recurrent layers of any engine.

    Attributes:
        request: What was asked for.
        stock: The torch.nn module that holds the weights under PyTorch's own names.
    """

    request: LayersRequest
    stock: nn.RNNBase

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Outputs of the last layer.

        Args:
            inputs: (batch, time, input_size), padded on the right.
            lengths: Valid steps, (batch,) int64, or None where all are equal.

        Returns:
            (batch, time, output_size); what stands behind an example's length has no meaning.
        """
        raise NotImplementedError


class Engine(Protocol):
    """Something that builds recurrent layers."""

    name: str

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """Why it cannot serve this request, or ""."""
        ...

    def unequal(self, device: torch.device) -> str:
        """What it does not do alike for all cells on this device, a sentence, or ""."""
        ...

    def build(self, request: LayersRequest) -> RecurrentLayers:
        """Fresh layers, weights drawn from torch's generator as torch.nn draws them."""
        ...


def stock_module(request: LayersRequest) -> nn.RNNBase:
    """The torch.nn module of a request, batch first."""
    shared = {
        "num_layers": request.num_layers,
        "bidirectional": request.bidirectional,
        "dropout": request.dropout if request.num_layers > 1 else 0.0,
        "batch_first": True,
    }
    sizes = request.input_size, request.hidden_size
    if request.cell == "gru":
        return nn.GRU(*sizes, **shared)
    if request.cell == "lstm":
        return nn.LSTM(*sizes, **shared)
    return nn.RNN(*sizes, nonlinearity=request.nonlinearity, **shared)


class TorchLayers(RecurrentLayers):
    """torch.nn's layers, right for per-example lengths without packing.

    Padding stands behind each sequence, so forward layers never see it before their last valid
    step. A reverse layer would begin in it: with lengths, each layer's reverse direction runs
    over the sequence flipped within its length.
    """

    def __init__(self, request: LayersRequest) -> None:
        super().__init__()
        self.request = request
        self.stock = stock_module(request)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        if lengths is None or not self.request.bidirectional:
            outputs: Tensor = self.stock(inputs)[0]
            return outputs
        for layer in range(self.request.num_layers):
            if layer:
                inputs = nn.functional.dropout(inputs, self.request.dropout, self.training)
            ahead = run_layer(self, inputs, layer, reverse=False)
            back = run_layer(self, flip_within(inputs, lengths), layer, reverse=True)
            inputs = torch.cat([ahead, flip_within(back, lengths)], dim=2)
        return inputs


def layer_weights(layers: RecurrentLayers, layer: int, *, reverse: bool) -> list[Tensor]:
    """W_ih, W_hh, b_ih and b_hh of one layer and direction."""
    suffix = f"l{layer}_reverse" if reverse else f"l{layer}"
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [getattr(layers.stock, f"{kind}_{suffix}") for kind in kinds]


def run_layer(layers: RecurrentLayers, inputs: Tensor, layer: int, *, reverse: bool) -> Tensor:
    """Hidden states of one layer and direction over inputs that are in its order of time.

    Args:
        layers: Whose weights are used.
        inputs: (batch, time, features).
        layer: Number of the layer, from 0.
        reverse: Whether to use the reverse direction's weights; the caller flips the inputs.

    Returns:
        (batch, time, hidden_size).
    """
    request = layers.request
    weights = layer_weights(layers, layer, reverse=reverse)
    start = inputs.new_zeros(1, len(inputs), request.hidden_size)
    function, state = _single_layer(request, start)
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    return function(inputs, state, weights, True, 1, 0.0, False, False, True)[0]  # noqa: FBT003


def _single_layer(request: LayersRequest, start: Tensor) -> tuple[SingleLayer, object]:
    if request.cell == "lstm":
        return torch.lstm, (start, start)
    if request.cell == "gru":
        return torch.gru, start
    return (torch.rnn_relu if request.nonlinearity == "relu" else torch.rnn_tanh), start


class TorchEngine:
    """torch.nn: oneDNN or plain operations on the CPU, cuDNN on CUDA."""

    name = "torch.nn"

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """Never refuses."""
        del request, device
        return ""

    def unequal(self, device: torch.device) -> str:
        """On the CPU only the LSTM has a fused kernel."""
        if device.type != "cpu":
            return ""
        return (
            "On the CPU torch.nn runs the LSTM in a fused kernel, the GRU and the RNN in chains of "
            "small operations: their times compare kernels as much as cells."
        )

    def build(self, request: LayersRequest) -> RecurrentLayers:
        """See Engine."""
        return TorchLayers(request)


ENGINES: dict[str, Engine] = {"torch": TorchEngine()}
"""By the name used in specs; the order is that of preference for "auto"."""


def choose_engine(wanted: str, request: LayersRequest, device: torch.device) -> Engine:
    """The engine that was asked for, or for "auto" the first that serves.

    Raises:
        MachineError: The engine that was asked for cannot serve.
    """
    if wanted != "auto":
        refusal = ENGINES[wanted].refusal(request, device)
        if refusal:
            raise MachineError(f"the engine {wanted} cannot serve: {refusal}")
        return ENGINES[wanted]
    return next(engine for engine in ENGINES.values() if not engine.refusal(request, device))
