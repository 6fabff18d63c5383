from pathlib import Path

import numpy as np
import pytest
from networks import classifying, fresh_network

from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import write_trace
from studio.nn.inference.tracing import trace_network

PARTS = {
    "gru": {"reset", "update", "new", "h"},
    "lstm": {"input", "forget", "cell", "output", "h", "c"},
    "rnn": {"h"},
}


@pytest.mark.parametrize("cell", sorted(PARTS))
def test_an_archive_has_the_input_and_every_gate_and_state_in_single_precision(
    tmp_path: Path, cell: str
) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=5, num_layers=2, bidirectional=True)
    sequence = np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)
    trace = trace_network(fresh_network(spec, classifying()), sequence)
    write_trace(trace, tmp_path / "gates.npz")
    with np.load(tmp_path / "gates.npz", allow_pickle=False) as archive:
        arrays = dict(archive)
    prefixes = ("l0", "l0_reverse", "l1", "l1_reverse")
    names = {f"{prefix}_{part}" for prefix in prefixes for part in PARTS[cell]}
    assert set(arrays) == names | {"input"}
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    assert {arrays[name].shape for name in names} == {(11, 5)}
    assert np.array_equal(arrays["input"], sequence)
    assert all(np.array_equal(arrays[name], trace.layers[name]) for name in names)
