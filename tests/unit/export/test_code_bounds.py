"""The bound of the code that the costs on a device count with."""

import pytest
from networks import classifying, model_of, raw_sequences

from studio.analysis.costs.device_costs import CODE_OF_A_LAYER, FLOAT_CODE, INTEGER_CODE
from studio.core.prepared.scaler import Scaler
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export.c.float_code import float_body, float_header
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.network import c_network
from studio.export.c.quantize import quantized
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel


@pytest.mark.parametrize("layers", [3, 6])
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_the_code_is_below_its_bound_as_llvm_compiles_for_arm(cell: str, layers: int) -> None:
    near = Scaler(kind="standard", center=(0.0,) * 3, scale=(1.0,) * 3)
    preprocessing = classifying().model_copy(update={"input_scaler": near})
    spec = ContenderSpec(cell=cell, hidden_size=8, num_layers=layers, pooling="mean")
    network = c_network(model_of(spec, preprocessing))
    integers = quantized(network, raw_sequences(preprocessing, (7, 4)))
    more = CODE_OF_A_LAYER * (layers - 3)
    for header, body, bound in (
        (float_header(network), float_body(network), FLOAT_CODE),
        (integer_header(integers), integer_body(integers), INTEGER_CODE),
    ):
        compiled = CompiledModel(read_source(header, body), 3, network.outputs, per_step=False)
        on_arm = compiled.size_on_arm()
        assert on_arm is not None
        assert on_arm.text <= bound + more
