"""Layers of both engines with the same weights, and all that can be asked of them."""

from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor

from studio.nn.engines.engine_selection import RecurrentConfig
from studio.nn.engines.fused.buffers import States
from studio.nn.engines.fused_layers import FusedLayers
from studio.nn.engines.recurrent_layers import stock_module

CELLS = ("gru", "lstm", "rnn")


@dataclass(frozen=True)
class Case:
    """Layers at work on a batch."""

    config: RecurrentConfig
    batch: int
    steps: int
    lengths: tuple[int, ...] | None
    threads: int

    def numbers(self, *shape: int, seed: int) -> Tensor:
        """Normal numbers."""
        return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))

    @property
    def known(self) -> Tensor | None:
        """The lengths as a tensor."""
        return None if self.lengths is None else torch.tensor(self.lengths)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any small layers at work; sizes around the vectors' widths and blocks of rows."""
    sizes = st.one_of(st.integers(1, 20), st.sampled_from([31, 32, 33, 48]))
    config = RecurrentConfig(
        cell=draw(st.sampled_from(CELLS)),
        input_size=draw(sizes),
        hidden_size=draw(sizes),
        num_layers=draw(st.integers(1, 3)),
        bidirectional=draw(st.booleans()),
        nonlinearity=draw(st.sampled_from(["tanh", "relu"])),
    )
    batch, steps = draw(st.integers(1, 23)), draw(st.integers(1, 12))
    lengths = st.lists(st.integers(1, steps), min_size=batch, max_size=batch).map(tuple)
    return Case(config, batch, steps, draw(st.none() | lengths), draw(st.integers(1, 3)))


@dataclass(frozen=True)
class Result:
    """Outputs, last states, and the gradients of inputs, initial states and weights."""

    outputs: Tensor
    states: tuple[Tensor, ...]
    gradients: tuple[Tensor, ...]


def fused_layers(config: RecurrentConfig, seed: int = 0) -> FusedLayers:
    """Fresh layers; the relu's weights are small, or its states grow without bounds."""
    torch.manual_seed(seed)
    return FusedLayers(config)


def fused_result(layers: FusedLayers, case: Case) -> Result:
    """What the fused engine says."""
    torch.set_num_threads(case.threads)
    inputs, h, c = (tensor.requires_grad_() for tensor in initial_tensors(case))
    before = States(h, c if layers.config.cell == "lstm" else None)
    outputs, last = layers.run(inputs, case.known, before)
    torch.set_num_threads(1)
    states = (last.h,) if last.c is None else (last.h, last.c)
    return finish(case, outputs, states, [inputs, h, c], list(layers.stock.parameters()))


def reference_result(layers: FusedLayers, case: Case) -> Result:
    """What torch.nn says in double precision."""
    config = layers.config
    stock = stock_module(config).double()
    stock.load_state_dict({k: v.double() for k, v in layers.stock.state_dict().items()})
    inputs, h, c = (tensor.double().requires_grad_() for tensor in initial_tensors(case))
    before = (h, c) if config.cell == "lstm" else h
    if case.known is None:
        outputs, after = stock(inputs, before)
    else:
        outputs, after = packed(stock, inputs, case.known, before)
    states = after if isinstance(after, tuple) else (after,)
    return finish(case, outputs, states, [inputs, h, c], list(stock.parameters()))


def packed(
    stock: torch.nn.RNNBase, inputs: Tensor, lengths: Tensor, before: object
) -> tuple[Tensor, object]:
    """torch.nn over packed sequences: nothing behind a length is ever seen."""
    sequence = torch.nn.utils.rnn.pack_padded_sequence(
        inputs, lengths, batch_first=True, enforce_sorted=False
    )
    outputs, after = stock(sequence, before)
    padded, _ = torch.nn.utils.rnn.pad_packed_sequence(
        outputs, batch_first=True, total_length=inputs.shape[1]
    )
    return padded, after


def initial_tensors(case: Case) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs and initial states."""
    config = case.config
    stacked = config.num_layers * (2 if config.bidirectional else 1)
    shape = stacked, case.batch, config.hidden_size
    return (
        case.numbers(case.batch, case.steps, config.input_size, seed=1),
        case.numbers(*shape, seed=2) / 2,
        case.numbers(*shape, seed=3) / 2,
    )


def finish(
    case: Case,
    outputs: Tensor,
    states: tuple[Tensor, ...],
    entries: list[Tensor],
    weights: list[Tensor],
) -> Result:
    """Gradients of a weighted sum of the valid outputs and the last states."""
    mask = torch.ones(case.batch, case.steps, 1, dtype=outputs.dtype)
    if case.lengths is not None:
        mask[torch.arange(case.steps) >= torch.tensor(case.lengths)[:, None]] = 0
    outputs = outputs * mask
    asked = [outputs, *states]
    total = sum(
        (tensor * case.numbers(*tensor.shape, seed=4 + number).to(tensor.dtype)).sum()
        for number, tensor in enumerate(asked)
    )
    by_tensor = torch.autograd.grad(total, [*entries, *weights], allow_unused=True)
    gradients = tuple(gradient for gradient in by_tensor if gradient is not None)
    return Result(outputs.detach(), tuple(state.detach() for state in states), gradients)


def worst(actual: Tensor, expected: Tensor) -> float:
    """The largest difference, relative to the largest number that is expected (at least one)."""
    scale = max(1.0, float(expected.abs().max()))
    return float((actual.double() - expected).abs().max()) / scale
