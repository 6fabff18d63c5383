"""The interface of recurrent layers, and their implementation with torch.nn."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from studio.core.cells import CELLS, Cell
from studio.nn.engines.fused.buffers import States, joined
from studio.nn.engines.padding import flip_padded
from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.engines.sequence_layers import SequenceLayers
from studio.nn.engines.unrolled_steps import unroll

__all__ = [
    "RecurrentConfig",
    "RecurrentLayers",
    "States",
    "TorchLayers",
    "gates_and_states",
    "layer_weights",
    "run_layer",
    "stock_module",
]

SingleLayer = Callable[..., tuple[Tensor, ...]]

_KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

# single layers are run on purpose; cuDNN then copies their weights at each call
warnings.filterwarnings("ignore", "RNN module weights are not part of single contiguous chunk")


class RecurrentLayers(SequenceLayers):
    """Recurrent layers of any engine.

    Those of a package implement run, forward, nudged and record, and set_memory_bias if the cell
    has a gate that keeps the old state; `stock` is for PyTorch's cells.

    Attributes:
        config: Their configuration.
        stock: The torch.nn module that holds the weights, with PyTorch's names.
    """

    stock: nn.RNNBase

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """Outputs of the last layer from initial states, and the final states of all layers.

        Args:
            inputs: (batch, time, input_size).
            lengths: None, as sequences with initial states have no padding.
            before: Initial states, (layers x directions, batch, hidden_size); zeros if None.

        Returns:
            (batch, time, output_size), and states as in before.
        """
        raise NotImplementedError

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """Outputs of the last layer over one sequence, with a nudge added to each hidden state.

        Args:
            inputs: (time, input_size).
            nudges: Zeros (time, output_size) for each layer that require a gradient, which becomes
                that of each state over all later steps.

        Returns:
            (time, output_size).
        """
        raise NotImplementedError

    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """One layer and direction over one sequence in its own time order, from a zero state.

        Args:
            inputs: (time, features).
            layer: Index of the layer.
            reverse: Whether to use the reverse direction's weights; the caller flips the inputs.

        Returns:
            Hidden states (time, hidden_size), and all gates and states by name, each
            (time, hidden_size).
        """
        hidden = run_layer(self, inputs[None], layer, reverse=reverse)[0]
        weights = layer_weights(self, layer, reverse=reverse)
        return hidden, gates_and_states(CELLS[self.config.cell], inputs, hidden, weights)

    def set_memory_bias(self, value: float) -> None:
        """Sets the bias of the gate that keeps the old state, the sum of both bias vectors."""
        cell, hidden = CELLS[self.config.cell], self.config.hidden_size
        assert cell.memory_gate is not None  # noqa: S101 - checked by the spec
        first = cell.block_of(cell.memory_gate) * hidden
        directions = (False, True) if self.config.bidirectional else (False,)
        with torch.no_grad():
            for layer in range(self.config.num_layers):
                for reverse in directions:
                    _, _, from_input, from_hidden = layer_weights(self, layer, reverse=reverse)
                    from_input[first : first + hidden] = value
                    from_hidden[first : first + hidden] = 0.0


def stock_module(config: RecurrentConfig) -> nn.RNNBase:
    """The torch.nn module of a configuration, batch first."""
    shared = {
        "num_layers": config.num_layers,
        "bidirectional": config.bidirectional,
        "dropout": config.dropout if config.num_layers > 1 else 0.0,
        "batch_first": True,
    }
    sizes = config.input_size, config.hidden_size
    if config.cell == "gru":
        return nn.GRU(*sizes, **shared)
    if config.cell == "lstm":
        return nn.LSTM(*sizes, **shared)
    return nn.RNN(*sizes, nonlinearity=config.nonlinearity, **shared)


class TorchLayers(RecurrentLayers):
    """torch.nn's layers, correct for sequences of different lengths without packing.

    Padding is at the end of each sequence, so the forward direction does not see it before the
    last valid step. The reverse direction would start in it: with lengths, it runs over each
    sequence flipped within its length.

    On CUDA, layers with dropout between them are run one by one: cuDNN's own dropout does not
    follow the seed, and captured steps with it ended in illegal memory accesses.
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.stock = stock_module(config)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        if lengths is None or not self.config.bidirectional:
            return self.run(inputs)[0]
        for layer in range(self.config.num_layers):
            inputs = self._dropped(inputs, layer)
            forward = run_layer(self, inputs, layer, reverse=False)
            backward = run_layer(self, flip_padded(inputs, lengths), layer, reverse=True)
            inputs = torch.cat([forward, flip_padded(backward, lengths)], dim=2)
        return inputs

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """See RecurrentLayers."""
        del lengths
        if self.training and self.config.dropout and inputs.is_cuda:
            return self._run_one_by_one(inputs, before)
        initial = before if before is None or before.c is not None else before.h
        outputs, final = self.stock(inputs, initial)
        return outputs, States(*final) if isinstance(final, tuple) else States(final, None)

    def _run_one_by_one(self, inputs: Tensor, before: States | None) -> tuple[Tensor, States]:
        directions = 2 if self.config.bidirectional else 1
        finals: list[States] = []
        for layer in range(self.config.num_layers):
            of_layer = slice(layer * directions, (layer + 1) * directions)
            initial = None if before is None else before.part(of_layer)
            weights = [
                weight
                for reverse in (False, True)[:directions]
                for weight in layer_weights(self, layer, reverse=reverse)
            ]
            inputs, final = _call(self.config, self._dropped(inputs, layer), weights, initial)
            finals.append(final)
        return inputs, joined(finals)

    def _dropped(self, inputs: Tensor, layer: int) -> Tensor:
        """The inputs of a layer, with dropout after every layer but the last."""
        if not layer:
            return inputs
        return nn.functional.dropout(inputs, self.config.dropout, self.training)

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers; computed step by step."""
        return unroll(self.config, inputs, nudges, partial(layer_weights, self))


def layer_weights(layers: RecurrentLayers, layer: int, *, reverse: bool) -> list[Tensor]:
    """W_ih, W_hh, b_ih and b_hh of one layer and direction."""
    suffix = f"l{layer}_reverse" if reverse else f"l{layer}"
    return [getattr(layers.stock, f"{kind}_{suffix}") for kind in _KINDS]


def run_layer(layers: RecurrentLayers, inputs: Tensor, layer: int, *, reverse: bool) -> Tensor:
    """Hidden states of one layer and direction over inputs in its own time order.

    Args:
        layers: The layers with the weights.
        inputs: (batch, time, features).
        layer: Index of the layer.
        reverse: Whether to use the reverse direction's weights; the caller flips the inputs.

    Returns:
        (batch, time, hidden_size).
    """
    weights = layer_weights(layers, layer, reverse=reverse)
    return _call(layers.config, inputs, weights, None)[0]


def _call(
    config: RecurrentConfig, inputs: Tensor, weights: list[Tensor], initial: States | None
) -> tuple[Tensor, States]:
    """One layer in as many directions as there are weights for, from initial states or zeros."""
    directions = len(weights) // len(_KINDS)
    if initial is None:
        zeros = inputs.new_zeros(directions, len(inputs), config.hidden_size)
        initial = States(zeros, zeros if config.cell == "lstm" else None)
    state = initial.h if initial.c is None else (initial.h, initial.c)
    outputs, *final = _function(config)(
        inputs,
        state,
        weights,
        True,  # noqa: FBT003 - has biases
        1,  # layer
        0.0,  # dropout
        torch.is_grad_enabled(),  # whether cuDNN saves tensors for the backward pass
        directions == 2,  # noqa: PLR2004 - bidirectional
        True,  # noqa: FBT003 - batch first
    )
    return outputs, States(final[0], final[1] if len(final) > 1 else None)


def _function(config: RecurrentConfig) -> SingleLayer:
    if config.cell == "lstm":
        return torch.lstm
    if config.cell == "gru":
        return torch.gru
    return torch.rnn_relu if config.nonlinearity == "relu" else torch.rnn_tanh


def gates_and_states(
    cell: Cell, inputs: Tensor, hidden: Tensor, weights: list[Tensor]
) -> Mapping[str, Tensor]:
    """Gates of all steps in one pass from the hidden states, and the cell state by a scan.

    Args:
        cell: The cell.
        inputs: (time, ..., features).
        hidden: h after each step, (time, ..., hidden_size), from a zero state.
        weights: W_ih, W_hh, b_ih, b_hh of the layer.

    Returns:
        By gate and state name, (time, ..., hidden_size), in the dtype of the inputs.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    from_input = (inputs @ w_ih.T + b_ih).chunk(cell.blocks, dim=-1)
    from_hidden = (before @ w_hh.T + b_hh).chunk(cell.blocks, dim=-1)
    arrays: dict[str, Tensor] = {}
    for gate, of_input, of_hidden in zip(cell.gates, from_input, from_hidden, strict=False):
        if gate.activation == "sigmoid":
            arrays[gate.name] = torch.sigmoid(of_input + of_hidden)
        elif "reset" in arrays:  # the reset gate of a GRU scales the old state in the candidate
            arrays[gate.name] = torch.tanh(of_input + arrays["reset"] * of_hidden)
        else:
            arrays[gate.name] = torch.tanh(of_input + of_hidden)
    arrays["h"] = hidden
    if "c" in cell.states:
        input_gate = arrays["input"] if "input" in arrays else 1 - arrays["forget"]
        arrays["c"] = _scan(arrays["forget"], input_gate * arrays["cell"])
    return arrays


def _scan(keep: Tensor, add: Tensor) -> Tensor:
    state = torch.zeros_like(add[0])
    states = []
    for keep_now, add_now in zip(keep, add, strict=True):
        state = keep_now * state + add_now
        states.append(state)
    return torch.stack(states)
