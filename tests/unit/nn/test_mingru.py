"""The example of a cell from a package: against its recurrence, sizes, directions, states."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from plugins import install_mingru, installed
from support import toy_task

from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.core.errors import SessionError
from studio.core.results.model_size import size_of
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.engines.engine_selection import RecurrentConfig, TorchEngine, choose_engine
from studio.nn.engines.recurrent_layers import RecurrentLayers
from studio.nn.inference.state_gradients import gradient_norms
from studio.nn.inference.tracing import trace_network
from studio.nn.networks.network import build_network
from studio.runs.stored.cell_inspection import require_terms


@pytest.fixture(autouse=True)
def mingru(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    site = tmp_path_factory.mktemp("site")
    install_mingru(site)
    with installed(site):
        yield


def layers_of(**settings: int | bool) -> RecurrentLayers:
    torch.manual_seed(0)
    layers = TorchEngine().build(RecurrentConfig("min-gru", 3, 5, **settings))  # type: ignore[arg-type]
    assert isinstance(layers, RecurrentLayers)
    return layers.eval()


def sigmoid(x: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-x)))


def recurrence(inputs: Doubles, weight: Doubles, bias: Doubles, state: Doubles) -> Doubles:
    """The paper's sequential form in double precision, with z kept as PyTorch's GRU has it."""
    units, states = len(bias) // 2, []
    for step in inputs:
        both = weight @ step + bias
        keep, raw = sigmoid(both[:units]), both[units:]
        candidate = np.where(raw >= 0, raw + 0.5, sigmoid(raw))
        state = keep * state + (1 - keep) * candidate
        states.append(state)
    return np.array(states)


def weights(layers: RecurrentLayers, place: int) -> tuple[Doubles, Doubles]:
    linear = layers.projections[place]  # type: ignore[index]
    return (
        linear.weight.detach().double().numpy(),
        linear.bias.detach().double().numpy(),
    )


@pytest.mark.parametrize("steps", [1, 7, 300])
def test_the_scan_is_the_recurrence(steps: int) -> None:
    layers = layers_of(num_layers=2)
    sequence = np.random.default_rng(0).normal(size=(steps, 3)) * 3
    first = recurrence(sequence, *weights(layers, 0), np.zeros(5))
    expected = recurrence(first, *weights(layers, 1), np.zeros(5))
    got = layers(torch.from_numpy(sequence[None]).float())[0].detach().numpy()
    assert got == pytest.approx(expected, rel=2e-5, abs=1e-6)


def test_a_carried_state_goes_on_and_the_last_states_are_returned() -> None:
    layers = layers_of(num_layers=2)
    sequence = torch.randn(2, 20, 3)
    whole, end = layers.run(sequence)
    first, middle = layers.run(sequence[:, :8])
    second, after = layers.run(sequence[:, 8:], None, middle)
    assert torch.allclose(torch.cat([first, second], dim=1), whole, atol=1e-5)
    assert torch.allclose(after.h, end.h, atol=1e-5)
    assert end.c is None
    zeros = middle._replace(h=torch.zeros_like(middle.h))
    assert torch.allclose(layers.run(sequence, None, zeros)[0], whole, atol=1e-5)


def test_padding_changes_nothing_in_either_direction() -> None:
    layers = layers_of(bidirectional=True)
    short = torch.randn(1, 6, 3)
    padded = torch.cat([short, torch.full((1, 4, 3), 9.0)], dim=1)
    alone, beside = layers.last(short), layers.last(padded, torch.tensor([6]))
    assert torch.allclose(alone, beside, atol=1e-6)


def test_its_size_is_counted_without_building_it() -> None:
    task = toy_task()
    for settings in ({}, {"num_layers": 3, "bidirectional": True}):
        spec = ContenderSpec(cell="min-gru", hidden_size=6, **settings)  # type: ignore[arg-type]
        network = build_network(spec, task.preprocessing, TorchEngine())
        built = sum(parameter.numel() for parameter in network.parameters())
        assert size_of(spec, task.preprocessing).parameters == built


def test_its_gates_and_gradients_are_those_of_its_states() -> None:
    task = toy_task()
    spec = ContenderSpec(cell="min-gru", hidden_size=6, num_layers=2, forget_bias=2.5)
    network = build_network(spec, task.preprocessing, TorchEngine()).eval()
    sequence = task.test.sequence(0)
    trace = trace_network(network, sequence).layers
    assert set(trace) == {f"l{layer}_{name}" for layer in (0, 1) for name in ("update", "new", "h")}
    before = np.vstack([np.zeros((1, 6)), trace["l1_h"][:-1]])
    keep = trace["l1_update"]
    assert trace["l1_h"] == pytest.approx(keep * before + (1 - keep) * trace["l1_new"], abs=1e-5)
    assert network.recurrent_layers.projections[0].bias[:6].tolist() == [2.5] * 6  # type: ignore[index]
    norms = gradient_norms(network, sequence, task.test.targets[0], task.preprocessing)
    assert set(norms) == {"l0", "l1"}
    assert (norms["l0"] > 0).all()
    outputs = network.recurrent_layers(torch.from_numpy(sequence)[None])[0]
    zeros = [torch.zeros(len(sequence), 6) for _ in range(2)]
    nudged = network.recurrent_layers.nudged(torch.from_numpy(sequence), zeros)
    assert torch.allclose(outputs, nudged, atol=1e-5)


def test_the_note_beside_its_times_says_what_computes_it() -> None:
    config, cpu = RecurrentConfig("min-gru", 3, 5), torch.device("cpu")
    assert choose_engine("auto", config, cpu).name == "torch.nn"
    assert CELLS["min-gru"].label == "minGRU"


def test_how_its_gates_add_up_is_refused_with_the_reason() -> None:
    spec = ContenderSpec(name="mine", cell="min-gru", hidden_size=6)
    with pytest.raises(SessionError, match=r"comes from a package.*Choose a GRU"):
        require_terms(spec)
