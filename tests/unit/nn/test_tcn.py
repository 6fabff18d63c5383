"""The causal convolutional network: against convolutions by hand, causality, padding, training."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import classifying, continuing, fresh_network, ragged_task
from torch import Tensor
from torch.nn.functional import conv1d
from unit.nn.make_runs import CPU, TASK, finish, make_trainer, resume_point

from studio.core.errors import MachineError
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.core.specs.receptive_field import receptive_field
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig, TorchEngine, choose_engine
from studio.nn.engines.tcn import ConvolutionalLayers
from studio.nn.inference.state_gradients import gradient_norms
from studio.nn.inference.tracing import trace_network
from studio.nn.networks.network_builder import NetworkBuilder

SPEC = ContenderSpec(cell="tcn", hidden_size=5, num_layers=2)
TRAINING = TrainingSpec(epochs=4, batch_size=8)


def layers(config: RecurrentConfig) -> ConvolutionalLayers:
    torch.manual_seed(0)
    built = TorchEngine().build(config)
    assert isinstance(built, ConvolutionalLayers)
    return built


def by_hand(built: ConvolutionalLayers, inputs: Tensor) -> Tensor:
    """The same with sums over single steps of the past, (batch, time, channels)."""
    config, steps = built.config, inputs
    for level, block in enumerate(built.blocks):
        hidden = steps
        for convolution in (block.first, block.second):
            total = convolution.bias.expand(*hidden.shape[:2], -1)
            for place in range(config.kernel_size):
                lag = (config.kernel_size - 1 - place) * 2**level
                past = torch.zeros_like(hidden)
                past[:, lag:] = hidden[:, : max(0, hidden.shape[1] - lag)]
                total = total + past @ convolution.weight[:, :, place].T
            hidden = total.clamp(min=0)
        if block.residual is not None:
            steps = conv1d(
                steps.transpose(1, 2), block.residual.weight, block.residual.bias
            ).transpose(1, 2)
        steps = (steps + hidden).clamp(min=0)
    return steps


@pytest.mark.parametrize("inputs", [3, 5], ids=["other channels", "same channels"])
@pytest.mark.parametrize("kernel_size", [2, 3])
def test_outputs_and_gradients_equal_convolutions_by_hand(inputs: int, kernel_size: int) -> None:
    config = RecurrentConfig("tcn", inputs, 5, num_layers=3, kernel_size=kernel_size)
    built = layers(config).double()
    data = torch.randn(2, 9, inputs, dtype=torch.float64)
    gradients = []
    for run in (built, lambda values: by_hand(built, values)):
        built.zero_grad()
        values = data.clone().requires_grad_()
        outputs = run(values)
        outputs.square().sum().backward()
        parts = [values.grad, *(weight.grad for weight in built.parameters())]
        gradients.append([outputs.detach(), *parts])
    for ours, expected in zip(*gradients, strict=True):
        assert torch.allclose(ours, expected, atol=1e-10)


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(2, 4), st.integers(0, 11))
def test_a_later_input_changes_no_earlier_output(levels: int, kernel_size: int, step: int) -> None:
    built = layers(RecurrentConfig("tcn", 3, 4, num_layers=levels, kernel_size=kernel_size))
    inputs = torch.randn(1, 12, 3)
    changed = inputs.clone()
    changed[:, step] += 1
    with torch.no_grad():
        before, after = built(inputs)[0], built(changed)[0]
    assert torch.equal(before[:step], after[:step])


@pytest.mark.parametrize(("levels", "kernel_size"), [(1, 2), (2, 2), (2, 3), (3, 3)])
def test_an_output_depends_on_exactly_the_steps_of_the_receptive_field(
    levels: int, kernel_size: int
) -> None:
    field = receptive_field(levels, kernel_size)
    built = layers(RecurrentConfig("tcn", 2, 6, num_layers=levels, kernel_size=kernel_size))
    for weight in built.parameters():  # positive, so that no ReLU hides a dependence
        weight.data.abs_()
    inputs = torch.rand(1, field + 5, 2, requires_grad=True)
    built(inputs)[0, -1].sum().backward()
    assert inputs.grad is not None
    reached = inputs.grad[0].abs().sum(dim=1).nonzero().flatten()
    assert reached.tolist() == list(range(5, field + 5))


def test_dropout_zeroes_whole_channels_and_only_while_training() -> None:
    built = layers(RecurrentConfig("tcn", 3, 200, dropout=0.5))
    block, inputs = built.blocks[0], torch.rand(1, 3, 30)
    block.second.weight.data.zero_()
    block.second.bias.data.fill_(1.0)  # what is left of the block is the last dropout
    block.residual.weight.data.zero_()
    block.residual.bias.data.zero_()
    with torch.no_grad():
        dropped = block(inputs)[0]
        kept = block.eval()(inputs)[0]
    assert (kept == 1).all()
    assert all(len(channel.unique()) == 1 for channel in dropped)
    assert 0.3 < (dropped[:, 0] == 0).float().mean() < 0.7


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_it_learns_from_examples_of_different_lengths(pooling: str) -> None:
    spec = SPEC.model_copy(update={"pooling": pooling, "dropout": 0.1})
    records = finish(make_trainer(TRAINING, ragged_task(), spec)).records
    assert records[-1].train_loss < records[0].train_loss


def test_the_same_seed_gives_the_same_bits_and_resuming_keeps_them() -> None:
    spec = SPEC.model_copy(update={"dropout": 0.3})
    whole, again = (finish(make_trainer(TRAINING, spec=spec)) for _ in range(2))
    assert whole == again
    before = finish(make_trainer(TRAINING, spec=spec), until=2)
    after = finish(make_trainer(TRAINING, spec=spec, resume=resume_point(before)))
    assert before.records + after.records == whole.records
    assert after.snapshots[-1] == whole.snapshots[-1]


def test_it_predicts_every_step_from_that_step_and_those_before() -> None:
    network = fresh_network(SPEC, continuing(symbols=5))
    inputs = torch.eye(6)[torch.randint(6, (1, 8))]
    inputs = inputs[..., : network.layers.config.input_size]
    with torch.no_grad():
        assert torch.allclose(network(inputs)[:, :4], network(inputs[:, :4]), atol=1e-6)


def test_it_has_no_gates_no_states_and_no_state_gradients() -> None:
    network = fresh_network(SPEC, classifying())
    sequence = np.zeros((7, 3), dtype=np.float32)
    with pytest.raises(TypeError, match="no gates and no states"):
        trace_network(network, sequence)
    with pytest.raises(TypeError, match="no gates and no states"):
        gradient_norms(network, sequence, np.int64(0), classifying())
    with pytest.raises(TypeError, match="no gates and no states"):
        network.carried(torch.zeros(1, 7, 3), None)
    assert make_trainer(TRAINING, spec=SPEC).trace(TASK.test.sequence(0)) is None


def test_torch_computes_it_and_the_note_says_why() -> None:
    config = RecurrentConfig("tcn", 3, 5)
    assert choose_engine("auto", config, CPU) is ENGINES["torch"]
    execution = NetworkBuilder(MachineSpec(device="cpu"), CPU).execution(SPEC, TASK.preprocessing)
    assert execution.engine == "torch.nn"
    assert "no kernels for the TCN" in execution.note
    with pytest.raises(MachineError, match="no kernels for the TCN"):
        choose_engine("fused", config, CPU)
