"""The LSTM with coupled gates: its equations, who serves it, and what it shows."""

import numpy as np
import pytest
import torch
from unit.nn.make_runs import CPU, TASK

from studio.core.errors import MachineError
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec
from studio.nn.engines.cifg import CifgLayers
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig, TorchEngine, choose_engine
from studio.nn.inference.tracing import trace_network
from studio.nn.networks.network import Network
from studio.nn.networks.network_builder import NetworkBuilder

REQUEST = RecurrentConfig("coupled-lstm", 3, 5)


def layers(config: RecurrentConfig = REQUEST) -> CifgLayers:
    torch.manual_seed(0)
    built = TorchEngine().build(config)
    assert isinstance(built, CifgLayers)
    return built


def test_it_is_an_lstm_whose_input_gate_is_one_minus_the_forget_gate() -> None:
    """torch.nn's LSTM with an input block that is the negative of the forget block."""
    ours = layers().double()
    theirs = torch.nn.LSTM(3, 5, batch_first=True).double()
    with torch.no_grad():
        for kind in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
            forget, candidate, output = getattr(ours.stock, kind).chunk(3)
            getattr(theirs, kind).copy_(torch.cat([-forget, forget, candidate, output]))
    inputs = torch.randn(4, 9, 3, dtype=torch.float64)
    outputs, last = ours.run(inputs)
    expected, (h, c) = theirs(inputs)
    assert torch.allclose(outputs, expected, atol=1e-12)
    assert torch.allclose(last.h, h, atol=1e-12)
    assert last.c is not None
    assert torch.allclose(last.c, c, atol=1e-12)


def test_its_trace_has_its_gates() -> None:
    network = Network(layers(), "last", 0.0, 2)
    seen = trace_network(network, np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32))
    assert set(seen.layers) == {f"l0_{part}" for part in ("forget", "cell", "output", "h", "c")}
    forget, candidate, memory = (seen.layers[f"l0_{part}"] for part in ("forget", "cell", "c"))
    before = np.vstack([np.zeros((1, 5)), memory[:-1]])
    assert np.allclose(memory, forget * before + (1 - forget) * candidate, atol=1e-6)
    assert np.allclose(seen.layers["l0_h"], seen.layers["l0_output"] * np.tanh(memory), atol=1e-6)


def test_the_forget_bias_is_that_of_its_first_block() -> None:
    machine = MachineSpec(device="cpu")
    spec = ContenderSpec(cell="coupled-lstm", hidden_size=4, forget_bias=2.0)
    network = NetworkBuilder(machine, CPU).network(spec, TASK.preprocessing)
    assert (network.recurrent.stock.bias_ih_l0[:4] == 2.0).all()
    assert not (network.recurrent.stock.bias_ih_l0[4:] == 2.0).any()


def test_torch_computes_it_and_the_note_says_why() -> None:
    assert choose_engine("auto", REQUEST, CPU) is ENGINES["torch"]
    spec = ContenderSpec(cell="coupled-lstm")
    execution = NetworkBuilder(MachineSpec(device="cpu"), CPU).execution(spec, TASK.preprocessing)
    assert execution.engine == "torch.nn"
    assert "no kernels for the Coupled LSTM" in execution.note
    with pytest.raises(MachineError, match="no kernels for the Coupled LSTM"):
        choose_engine("fused", REQUEST, CPU)


def test_pieces_with_a_carried_state_give_the_same_as_one_sequence() -> None:
    deep = layers(RecurrentConfig("coupled-lstm", 3, 4, num_layers=2, bidirectional=True))
    inputs = torch.randn(2, 7, 3)
    _, states = deep.run(inputs)
    assert states.h.shape == (4, 2, 4)
    one_way = layers(RecurrentConfig("coupled-lstm", 3, 4, num_layers=2))
    whole, _ = one_way.run(inputs)
    _, between = one_way.run(inputs[:, :3])
    rest, _ = one_way.run(inputs[:, 3:], None, between)
    assert torch.allclose(rest, whole[:, 3:], atol=1e-6)
