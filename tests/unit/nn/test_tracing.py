import numpy as np
import pytest
import torch
from support import shared_file

from studio.core.cells import CELLS
from studio.core.results.events import Trace
from studio.nn.engines.engine_selection import RecurrentConfig, TorchEngine, run_layer
from studio.nn.engines.padding import flip_padded
from studio.nn.inference.tracing import gates_and_states, trace_network
from studio.nn.networks.network import Network

GATES = {"gru": "gru_gates_rzn", "lstm": "lstm_gates_ifgo"}


def golden() -> dict[str, np.ndarray]:
    with np.load(shared_file("golden/cells_float64.npz")) as arrays:
        return dict(arrays)


def golden_layers(cell: str, arrays: dict[str, np.ndarray]) -> torch.nn.Module:
    layers = TorchEngine().build(RecurrentConfig(cell, 4, 5)).double()
    for ours, theirs in (
        ("weight_ih_l0", "w_ih"),
        ("weight_hh_l0", "w_hh"),
        ("bias_ih_l0", "b_ih"),
        ("bias_hh_l0", "b_hh"),
    ):
        getattr(layers.stock, ours).data = torch.from_numpy(arrays[f"{cell}_{theirs}"])
    return layers


def trace(cell: str, arrays: dict[str, np.ndarray], inputs: torch.Tensor) -> dict:
    layers = golden_layers(cell, arrays)
    weights = list(layers.stock.parameters())
    hidden = run_layer(layers, inputs[None], 0, reverse=False)
    with torch.no_grad():
        arrays_by_name = gates_and_states(CELLS[cell], inputs, hidden[0], weights)
    return {name: values.detach().numpy() for name, values in arrays_by_name.items()}


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_states_equal_the_reference_equations_in_double_precision(cell: str) -> None:
    arrays = golden()
    for example, inputs in enumerate(torch.from_numpy(arrays["x"])):
        traced = trace(cell, arrays, inputs)
        assert np.abs(traced["h"] - arrays[f"{cell}_h"][example]).max() < 1e-12
        if cell == "lstm":
            assert np.abs(traced["c"] - arrays["lstm_c"][example]).max() < 1e-12


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_gates_equal_the_reference_equations_in_double_precision(cell: str) -> None:
    arrays = golden()
    for example, inputs in enumerate(torch.from_numpy(arrays["x"])):
        traced = trace(cell, arrays, inputs)
        for block, gate in enumerate(CELLS[cell].gates):
            expected = arrays[GATES[cell]][example, :, block]
            assert np.abs(traced[gate.name] - expected).max() < 1e-12


def test_reverse_direction_runs_within_each_length() -> None:
    arrays = golden()
    layers = golden_layers("gru", arrays)
    inputs, lengths = torch.from_numpy(arrays["x"]), torch.from_numpy(arrays["lengths"])
    flipped = flip_padded(inputs, lengths)
    with torch.no_grad():
        hidden = flip_padded(run_layer(layers, flipped, 0, reverse=False), lengths).numpy()
    for example, length in enumerate(arrays["lengths"]):
        expected = arrays["gru_rev_h_packed"][example, :length]
        assert np.abs(hidden[example, :length] - expected).max() < 1e-12
    wrong = arrays["gru_rev_h_WRONG_unpacked"]
    shortest = int(arrays["lengths"].argmin())
    assert np.abs(hidden[shortest] - wrong[shortest]).max() > 1e-3


def whole_network(cell: str, *, bidirectional: bool, num_layers: int) -> Network:
    torch.manual_seed(0)
    config = RecurrentConfig(cell, 3, 6, num_layers, bidirectional, dropout=0.5)
    return Network(TorchEngine().build(config), "last", 0.5, 2)


def layer_output(trace: Trace, layer: int, *, bidirectional: bool) -> np.ndarray:
    names = [f"l{layer}_h"] + ([f"l{layer}_reverse_h"] if bidirectional else [])
    return np.concatenate([trace.layers[name] for name in names], axis=1)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_trace_of_deep_networks_reproduces_torch_outputs(cell: str, *, bidirectional: bool) -> None:
    network = whole_network(cell, bidirectional=bidirectional, num_layers=3)
    sequence = np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)
    trace = trace_network(network, sequence)
    network.eval()
    with torch.no_grad():
        expected = network.recurrent.stock(torch.from_numpy(sequence)[None])[0][0].numpy()
    assert np.abs(layer_output(trace, 2, bidirectional=bidirectional) - expected).max() < 1e-6


def test_trace_names_every_gate_and_state_of_every_layer_and_direction() -> None:
    network = whole_network("lstm", bidirectional=True, num_layers=2)
    trace = trace_network(network, np.zeros((4, 3), np.float32))
    parts = ("input", "forget", "cell", "output", "h", "c")
    prefixes = ("l0", "l0_reverse", "l1", "l1_reverse")
    assert set(trace.layers) == {f"{prefix}_{part}" for prefix in prefixes for part in parts}
    assert {values.shape for values in trace.layers.values()} == {(4, 6)}
    assert {values.dtype for values in trace.layers.values()} == {np.dtype(np.float32)}
