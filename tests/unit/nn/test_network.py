from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import POOLINGS, classifying, contenders, fresh_network

from studio.core.cells import CELLS, STANDARD_CELLS
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.engines.engine_selection import RecurrentConfig, TorchEngine, layer_weights
from studio.nn.engines.padding import flip_padded
from studio.nn.engines.recurrent_layers import TorchLayers
from studio.nn.networks.network import Network

DIRECTIONS = [
    (cell, both)
    for cell in sorted(CELLS)
    for both in (False, True)
    if CELLS[cell].is_recurrent or not both
]
SHAPES = list(product(sorted(STANDARD_CELLS), [1, 2], [False, True]))
STOCK = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}
CHANNELS = 3


def padded_batch(lengths: list[int], seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(len(lengths), max(lengths), CHANNELS, generator=generator)
    known = torch.tensor(lengths)
    inputs[torch.arange(max(lengths)) >= known[:, None]] = 0
    return inputs, known


@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES)
def test_layers_run_one_by_one_give_the_same_as_together(
    cell: str, layers: int, *, bidirectional: bool
) -> None:
    ours = TorchLayers(
        RecurrentConfig(cell, CHANNELS, 5, layers, bidirectional, dropout=0.3)
    ).eval()
    inputs, _ = padded_batch([6, 6])
    outputs, states = ours.run(inputs)
    again, ends = ours._run_one_by_one(inputs, states)
    further, last = ours.run(inputs, before=states)
    assert torch.allclose(again, further, atol=1e-6)
    assert torch.allclose(ends.h, last.h, atol=1e-6)
    assert (ends.c is None) == (cell != "lstm")
    assert torch.allclose(ours._run_one_by_one(inputs, None)[0], outputs, atol=1e-6)


@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES)
def test_recurrent_outputs_equal_those_of_torch_with_the_same_weights(
    cell: str, layers: int, *, bidirectional: bool
) -> None:
    ours = TorchEngine().build(RecurrentConfig(cell, CHANNELS, 5, layers, bidirectional))
    theirs = STOCK[cell](CHANNELS, 5, layers, batch_first=True, bidirectional=bidirectional)
    theirs.load_state_dict(ours.stock.state_dict())
    inputs, _ = padded_batch([6, 6])
    assert torch.equal(ours(inputs), theirs(inputs)[0])


@pytest.mark.parametrize(("cell", "layers", "bidirectional"), SHAPES)
def test_outputs_of_padded_batches_equal_those_of_packed_sequences(
    cell: str, layers: int, *, bidirectional: bool
) -> None:
    ours = TorchEngine().build(RecurrentConfig(cell, CHANNELS, 5, layers, bidirectional))
    lengths = [6, 1, 4]
    inputs, known = padded_batch(lengths)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        inputs, known, batch_first=True, enforce_sorted=False
    )
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(ours.stock(packed)[0], batch_first=True)
    found = ours(inputs, known)
    for example, length in enumerate(lengths):
        difference = found[example, :length] - expected[example, :length]
        assert difference.abs().max() < 1e-6


@settings(max_examples=150)
@given(spec=contenders(), lengths=st.lists(st.integers(1, 8), min_size=1, max_size=5))
def test_padding_never_changes_a_prediction(spec: ContenderSpec, lengths: list[int]) -> None:
    network = fresh_network(spec, classifying(channels=CHANNELS))
    inputs, known = padded_batch(lengths)
    with torch.no_grad():
        together = network(inputs, known)
        alone = [
            network(example[None, :length]) for example, length in zip(inputs, lengths, strict=True)
        ]
    assert (together - torch.cat(alone)).abs().max() < 1e-5


@settings(max_examples=60)
@given(spec=contenders(), lengths=st.lists(st.integers(1, 6), min_size=2, max_size=4))
def test_no_gradient_reaches_the_padding(spec: ContenderSpec, lengths: list[int]) -> None:
    network = fresh_network(spec, classifying(channels=CHANNELS))
    inputs, known = padded_batch(lengths)
    inputs.requires_grad_()
    network(inputs, known).square().sum().backward()
    assert inputs.grad is not None
    padding = torch.arange(max(lengths)) >= known[:, None]
    assert (inputs.grad[padding] == 0).all()


def test_gradients_of_a_padded_batch_are_the_sum_of_those_alone() -> None:
    for (cell, bidirectional), pooling in product(DIRECTIONS, POOLINGS):
        spec = ContenderSpec(
            cell=cell, hidden_size=4, num_layers=2, pooling=pooling, bidirectional=bidirectional
        )
        network = fresh_network(spec, classifying(channels=CHANNELS)).double()
        lengths = [5, 1, 3]
        inputs, known = padded_batch(lengths)
        together = gradients(network, [(inputs.double(), known)])
        alone = [(inputs[i : i + 1, :length].double(), None) for i, length in enumerate(lengths)]
        difference = (together - gradients(network, alone)).abs().max()
        assert difference < 1e-12, (cell, pooling, bidirectional)


def gradients(
    network: Network, batches: list[tuple[torch.Tensor, torch.Tensor | None]]
) -> torch.Tensor:
    network.zero_grad()
    for inputs, lengths in batches:
        network(inputs, lengths).square().sum().backward()
    by_parameter = [parameter.grad for parameter in network.parameters()]
    return torch.cat([gradient.flatten() for gradient in by_parameter if gradient is not None])


def test_hidden_size_one_and_length_one_work_for_every_shape() -> None:
    for (cell, bidirectional), pooling in product(DIRECTIONS, POOLINGS):
        spec = ContenderSpec(cell=cell, hidden_size=1, pooling=pooling, bidirectional=bidirectional)
        network = fresh_network(spec, classifying(channels=1, classes=2))
        assert network(torch.ones(2, 1, 1), torch.tensor([1, 1])).shape == (2, 2)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_forget_bias_is_the_sum_of_both_biases_of_the_memory_gate_alone(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=4, num_layers=2, bidirectional=True)
    plain = fresh_network(spec, classifying())
    biased = fresh_network(spec.model_copy(update={"forget_bias": 2.5}), classifying())
    memory = slice(4, 8)  # the second block: GRU update, LSTM forget
    for layer, reverse in product((0, 1), (False, True)):
        *matrices, b_ih, b_hh = layer_weights(biased.recurrent, layer, reverse=reverse)
        *as_before, a_ih, a_hh = layer_weights(plain.recurrent, layer, reverse=reverse)
        assert ((b_ih + b_hh)[memory] == 2.5).all()
        others = np.r_[0:4, 8 : len(b_ih)]
        assert torch.equal((b_ih + b_hh)[others], (a_ih + a_hh)[others])
        assert all(torch.equal(a, b) for a, b in zip(matrices, as_before, strict=True))


def test_a_relu_network_is_torchs_relu_network() -> None:
    layers = TorchEngine().build(RecurrentConfig("rnn", CHANNELS, 5, nonlinearity="relu"))
    assert layers.stock.nonlinearity == "relu"
    inputs, known = padded_batch([4, 4])
    assert (layers(inputs) >= 0).all()
    both = TorchEngine().build(RecurrentConfig("rnn", CHANNELS, 5, 1, True, 0.0, "relu"))  # noqa: FBT003
    assert (both(inputs, known) - both(inputs)).abs().max() < 1e-6


def test_flipping_twice_within_lengths_is_the_identity() -> None:
    inputs, lengths = padded_batch([5, 1, 3])
    flipped = flip_padded(inputs, lengths)
    assert torch.equal(flip_padded(flipped, lengths), inputs)
    assert torch.equal(flipped[2, :3], inputs[2, :3].flip(0))
    assert torch.equal(flip_padded(inputs, None), inputs.flip(1))
