import numpy as np
import pytest
from networks import classifying, embedding_text, fresh_network

from studio.core.cells import RECURRENT_CELLS
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.inference.batch_traces import batch_traces
from studio.nn.inference.tracing import trace_network

LENGTHS = np.array([7, 3, 1, 5])


@pytest.mark.parametrize("cell", RECURRENT_CELLS)
def test_a_batch_of_padded_examples_has_the_traces_of_each_one_alone(cell: str) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=4, num_layers=2, bidirectional=True)
    network = fresh_network(spec, classifying())
    inputs = np.random.default_rng(0).normal(size=(4, 7, 3)).astype(np.float32)
    batch = batch_traces(network, inputs, LENGTHS)
    for number, length in enumerate(LENGTHS):
        alone = trace_network(network, inputs[number, :length]).layers
        assert set(alone) == set(batch)
        for name, values in alone.items():
            assert np.allclose(batch[name][number, :length], values, atol=1e-6)


def test_codes_of_a_text_are_embedded() -> None:
    preprocessing = embedding_text()
    network = fresh_network(ContenderSpec(cell="gru", hidden_size=4), preprocessing)
    codes = np.arange(14, dtype=np.int32).reshape(2, 7, 1) % 7
    batch = batch_traces(network, codes, None)
    alone = trace_network(network, codes[1].astype(np.float32)).layers
    assert np.allclose(batch["l0_update"][1], alone["l0_update"], atol=1e-6)
