import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from networks import classifying, contenders, forecasting, fresh_network

from studio.core.cells import RECURRENT_CELLS, STANDARD_CELLS
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.engines.engine_selection import TorchLayers
from studio.nn.engines.fused.kernel_cache import KERNELS
from studio.nn.engines.fused_layers import FusedLayers
from studio.nn.inference.state_gradients import gradient_norms
from studio.nn.losses import LOSSES
from studio.nn.networks.load_network import load_network, load_network_for_inspection
from studio.nn.networks.network import Network
from studio.nn.networks.snapshots import weights_bytes

STEPS = 7


def sequence(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(STEPS, channels)).astype(np.float32)


def loss_of(network: Network, hidden: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return LOSSES["mse"](network.head(network.pool(hidden, None)), target[None])


@hypothesis_settings(max_examples=20)
@given(contenders(RECURRENT_CELLS))
def test_last_layer_gradients_equal_those_of_the_whole_network(spec: ContenderSpec) -> None:
    """At the last step nothing but the pooling lies between a state and the loss."""
    preprocessing = forecasting()
    network = fresh_network(spec, preprocessing)
    target = np.ones(preprocessing.output_size, np.float32)
    norms = gradient_norms(network, sequence(), target, preprocessing)
    hidden = network.recurrent(torch.from_numpy(sequence())[None]).detach().requires_grad_()
    (direct,) = torch.autograd.grad(loss_of(network, hidden, torch.from_numpy(target)), hidden)
    ahead = direct[0, -1, : spec.hidden_size].norm().item()
    last = f"l{spec.num_layers - 1}"
    assert norms[last][-1] == pytest.approx(ahead, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_gradients_equal_finite_differences(cell: str) -> None:
    preprocessing = forecasting()
    spec = ContenderSpec(cell=cell, hidden_size=4, pooling="mean")
    network = fresh_network(spec, preprocessing).double()
    inputs = sequence().astype(np.float64)
    target = np.full(preprocessing.output_size, 0.3)
    norms = gradient_norms(network, inputs, target, preprocessing)["l0"]
    for step in (0, 3, STEPS - 1):
        slopes = [_slope(network, inputs, target, step, unit) for unit in range(4)]
        assert norms[step] == pytest.approx(np.linalg.norm(slopes), rel=1e-4)


def _slope(network: Network, inputs: np.ndarray, target: np.ndarray, step: int, unit: int) -> float:
    def loss(nudge: float) -> float:
        return float(_nudged_loss(network, inputs, target, step, unit, nudge))

    return (loss(1e-5) - loss(-1e-5)) / 2e-5


@torch.no_grad()
def _nudged_loss(  # noqa: PLR0913, PLR0917 - a difference quotient has as many
    network: Network, inputs: np.ndarray, target: np.ndarray, step: int, unit: int, nudge: float
) -> torch.Tensor:
    """Runs the layers up to the step, changes one unit of h, and continues from there."""
    run = network.recurrent.run
    steps = torch.from_numpy(inputs)[None]
    before, state = run(steps[:, : step + 1])
    state.h[0, 0, unit] += nudge
    before[0, -1, unit] += nudge
    outputs = [before]
    if step + 1 < STEPS:
        outputs.append(run(steps[:, step + 1 :], None, state)[0])
    return loss_of(network, torch.cat(outputs, dim=1), torch.from_numpy(target))


def test_every_layer_and_direction_has_a_norm_for_each_time_step() -> None:
    preprocessing = classifying()
    spec = ContenderSpec(cell="lstm", hidden_size=4, num_layers=2, bidirectional=True)
    network = fresh_network(spec, preprocessing)
    norms = gradient_norms(network, sequence(), np.int64(2), preprocessing)
    assert set(norms) == {"l0", "l0_reverse", "l1", "l1_reverse"}
    assert {norm.shape for norm in norms.values()} == {(STEPS,)}


def test_with_the_last_step_pooled_the_reverse_direction_is_reached_at_the_first_step_most() -> (
    None
):
    preprocessing = classifying()
    spec = ContenderSpec(cell="gru", hidden_size=4, bidirectional=True)
    norms = gradient_norms(
        fresh_network(spec, preprocessing), sequence(), np.int64(0), preprocessing
    )
    assert norms["l0"].argmax() == STEPS - 1
    assert norms["l0_reverse"].argmax() == 0


def test_dropout_and_the_mode_of_the_network_have_no_effect() -> None:
    preprocessing = classifying()
    spec = ContenderSpec(cell="gru", hidden_size=4, num_layers=2, dropout=0.5)
    network = fresh_network(spec, preprocessing).train()
    first, second = (
        gradient_norms(network, sequence(), np.int64(0), preprocessing)["l0"] for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert network.training


def test_hidden_states_of_the_unrolled_loop_equal_those_of_the_layers() -> None:
    """The norms would be of another network otherwise."""
    for cell in RECURRENT_CELLS:
        spec = ContenderSpec(cell=cell, hidden_size=4, num_layers=2, bidirectional=True)
        layers = fresh_network(spec, forecasting()).recurrent
        inputs = torch.from_numpy(sequence())
        ours = layers.nudged(inputs, [torch.zeros(STEPS, 8)] * 2)
        assert torch.allclose(ours, layers(inputs[None])[0], atol=1e-6)


@hypothesis_settings(max_examples=20)
@given(contenders(STANDARD_CELLS))
def test_the_fused_engine_gives_the_same_norms(spec: ContenderSpec) -> None:
    preprocessing = forecasting()
    weights = weights_bytes(fresh_network(spec, preprocessing))
    target = np.ones(preprocessing.output_size, np.float32)
    plain, fused = (
        gradient_norms(build(spec, preprocessing, weights), sequence(), target, preprocessing)
        for build in (load_network, load_network_for_inspection)
    )
    assert plain.keys() == fused.keys()
    for name, norms in plain.items():
        assert norms == pytest.approx(fused[name], rel=1e-4, abs=1e-7)


def test_inspection_uses_torch_until_the_kernels_are_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec, preprocessing = ContenderSpec(hidden_size=4), forecasting()
    weights = weights_bytes(fresh_network(spec, preprocessing))
    kinds = []
    for kernels in (KERNELS, Compiling()):
        monkeypatch.setattr("studio.nn.networks.load_network.KERNELS", kernels)
        kinds.append(type(load_network_for_inspection(spec, preprocessing, weights).recurrent))
    assert kinds == [FusedLayers, TorchLayers]


class Compiling:
    """Kernels that are never ready."""

    def wait(self, seconds: float, cells: list[str]) -> bool:
        return not (cells and seconds == 0)
