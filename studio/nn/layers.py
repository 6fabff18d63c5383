"""Recurrent layers as every engine builds them, and torch.nn's own."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.cells import CELLS, Cell
from studio.nn.fused.buffers import States, joined
from studio.nn.lengths import flip_within
from studio.nn.request import LayersRequest
from studio.nn.unrolling import unrolled

__all__ = [
    "LayersRequest",
    "RecurrentLayers",
    "States",
    "TorchLayers",
    "gates_and_states",
    "last_outputs",
    "layer_weights",
    "run_layer",
    "stock_module",
]

SingleLayer = Callable[..., tuple[Tensor, ...]]

_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

# single layers are run on purpose: cuDNN then copies their weights together at each call
warnings.filterwarnings("ignore", "RNN module weights are not part of single contiguous chunk")


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

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """Outputs of the last layer from given states on, and the last states of all layers.

        Args:
            inputs: (batch, time, input_size).
            lengths: None: sequences that go on have no padding.
            before: Initial states, (layers x directions, batch, hidden_size); zeros if left out.

        Returns:
            (batch, time, output_size), and states as in before.
        """
        raise NotImplementedError

    def last(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Outputs of each direction's last valid step, (batch, output_size).

        The reverse direction's last step is the sequence's first.
        """
        outputs = self(inputs, lengths)
        return last_outputs(outputs, lengths, bidirectional=self.request.bidirectional)

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """Outputs of the last layer over one sequence, each state of which a nudge was added to.

        Args:
            inputs: (time, input_size).
            nudges: For each layer zeros (time, output_size) that require a gradient: it becomes
                the gradient of each state over all later steps.

        Returns:
            (time, output_size).
        """
        raise NotImplementedError

    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """One layer and direction over one sequence in its order of time, from a zero state.

        Args:
            inputs: (time, features).
            layer: Number of the layer, from 0.
            reverse: Whether to use the reverse direction's weights; the caller flips the inputs.

        Returns:
            Hidden states (time, hidden_size), and by gate and state name all that there is to
            see, each (time, hidden_size).
        """
        hidden = run_layer(self, inputs[None], layer, reverse=reverse)[0]
        weights = layer_weights(self, layer, reverse=reverse)
        return hidden, gates_and_states(CELLS[self.request.cell], inputs, hidden, weights)


def last_outputs(outputs: Tensor, lengths: Tensor | None, *, bidirectional: bool) -> Tensor:
    """Each direction's last valid step, so the reverse direction's first, (batch, output_size).

    Args:
        outputs: (batch, time, output_size).
        lengths: Valid steps, (batch,) int64, or None where all are equal.
        bidirectional: Whether the second half of the outputs is a reverse direction's.
    """
    if lengths is None:
        final = outputs[:, -1]
    else:
        final = outputs[torch.arange(len(outputs), device=outputs.device), lengths - 1]
    if not bidirectional:
        return final
    half = outputs.shape[2] // 2
    return torch.cat([final[:, :half], outputs[:, 0, half:]], dim=1)


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

    On CUDA, layers with dropout between them are run one by one: cuDNN draws its own dropout from
    numbers that follow no seed, and captured steps with it ended in illegal memory accesses.
    """

    def __init__(self, request: LayersRequest) -> None:
        super().__init__()
        self.request = request
        self.stock = stock_module(request)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        if lengths is None or not self.request.bidirectional:
            return self.run(inputs)[0]
        for layer in range(self.request.num_layers):
            inputs = self._dropped(inputs, layer)
            ahead = run_layer(self, inputs, layer, reverse=False)
            back = run_layer(self, flip_within(inputs, lengths), layer, reverse=True)
            inputs = torch.cat([ahead, flip_within(back, lengths)], dim=2)
        return inputs

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """See RecurrentLayers."""
        del lengths
        if self.training and self.request.dropout and inputs.is_cuda:
            return self._run_one_by_one(inputs, before)
        given = before if before is None or before.c is not None else before.h
        outputs, last = self.stock(inputs, given)
        return outputs, States(*last) if isinstance(last, tuple) else States(last, None)

    def _run_one_by_one(self, inputs: Tensor, before: States | None) -> tuple[Tensor, States]:
        directions = 2 if self.request.bidirectional else 1
        ends: list[States] = []
        for layer in range(self.request.num_layers):
            own = slice(layer * directions, (layer + 1) * directions)
            start = None if before is None else before.part(own)
            weights = [
                weight
                for reverse in (False, True)[:directions]
                for weight in layer_weights(self, layer, reverse=reverse)
            ]
            inputs, end = _call(self.request, self._dropped(inputs, layer), weights, start)
            ends.append(end)
        return inputs, joined(ends)

    def _dropped(self, inputs: Tensor, layer: int) -> Tensor:
        """What a layer reads: dropout stands between layers."""
        if not layer:
            return inputs
        return nn.functional.dropout(inputs, self.request.dropout, self.training)

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers; step by step."""
        return unrolled(self.request, inputs, nudges, partial(layer_weights, self))


def layer_weights(layers: RecurrentLayers, layer: int, *, reverse: bool) -> list[Tensor]:
    """W_ih, W_hh, b_ih and b_hh of one layer and direction."""
    suffix = f"l{layer}_reverse" if reverse else f"l{layer}"
    return [getattr(layers.stock, f"{kind}_{suffix}") for kind in _KINDS]


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
    weights = layer_weights(layers, layer, reverse=reverse)
    return _call(layers.request, inputs, weights, None)[0]


def _call(
    request: LayersRequest, inputs: Tensor, weights: list[Tensor], start: States | None
) -> tuple[Tensor, States]:
    """One layer in as many directions as weights are given for, from given states or zeros."""
    directions = len(weights) // len(_KINDS)
    if start is None:
        zeros = inputs.new_zeros(directions, len(inputs), request.hidden_size)
        start = States(zeros, zeros if request.cell == "lstm" else None)
    given = start.h if start.c is None else (start.h, start.c)
    outputs, *last = _function(request)(
        inputs,
        given,
        weights,
        True,  # noqa: FBT003 - has biases
        1,  # layer
        0.0,  # dropout
        torch.is_grad_enabled(),  # cuDNN keeps what the backward pass needs
        directions == 2,  # noqa: PLR2004 - bidirectional
        True,  # noqa: FBT003 - batch first
    )
    return outputs, States(last[0], last[1] if len(last) > 1 else None)


def _function(request: LayersRequest) -> SingleLayer:
    if request.cell == "lstm":
        return torch.lstm
    if request.cell == "gru":
        return torch.gru
    return torch.rnn_relu if request.nonlinearity == "relu" else torch.rnn_tanh


def gates_and_states(
    cell: Cell, inputs: Tensor, hidden: Tensor, weights: list[Tensor]
) -> Mapping[str, Tensor]:
    """Gates of all steps in one pass from the hidden states, further states by a scan.

    Args:
        cell: The cell.
        inputs: (time, features).
        hidden: h after each step, (time, hidden_size), from a zero start.
        weights: W_ih, W_hh, b_ih, b_hh of the layer.

    Returns:
        By gate and state name, (time, hidden_size) in the dtype of the inputs.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    from_input = (inputs @ w_ih.T + b_ih).chunk(cell.blocks, dim=1)
    from_hidden = (before @ w_hh.T + b_hh).chunk(cell.blocks, dim=1)
    found: dict[str, Tensor] = {}
    for gate, read, kept in zip(cell.gates, from_input, from_hidden, strict=False):
        if gate.activation == "sigmoid":
            found[gate.name] = torch.sigmoid(read + kept)
        elif "reset" in found:  # the GRU's candidate sees the old state through the reset gate
            found[gate.name] = torch.tanh(read + found["reset"] * kept)
        else:
            found[gate.name] = torch.tanh(read + kept)
    found["h"] = hidden
    if "c" in cell.states:
        enters = found["input"] if "input" in found else 1 - found["forget"]
        found["c"] = _scan(found["forget"], enters * found["cell"])
    return found


def _scan(keep: Tensor, add: Tensor) -> Tensor:
    state = torch.zeros_like(add[0])
    states = []
    for kept, added in zip(keep, add, strict=True):
        state = kept * state + added
        states.append(state)
    return torch.stack(states)
