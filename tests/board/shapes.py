"""Networks of many shapes, as generated C on the emulated board and by our front end."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from board.cortex_m import Core, Measured, measured
from networks import forecasting, model_of, raw_sequences

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export.c.float_code import float_body, float_header
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.literals import float_table
from studio.export.c.network import c_network
from studio.export.c.quantize import quantized
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel

SIZES = (8, 16, 32, 64, 128)
_COUNTED = 10


@dataclass(frozen=True)
class Shape:
    """A network to build.

    Attributes:
        cell: "gru" or "lstm".
        units: Of each layer.
        layers: How many.
        inputs: Numbers of a step.
        outputs: Numbers of an answer.
    """

    cell: str
    units: int
    layers: int = 1
    inputs: int = 4
    outputs: int = 2

    @property
    def spec(self) -> ContenderSpec:
        return ContenderSpec(cell=self.cell, hidden_size=self.units, num_layers=self.layers)

    @property
    def preprocessing(self) -> Preprocessing:
        """Forecasts of a few steps, with inputs that a float can hold."""
        made = forecasting(channels=self.inputs, targets=1, horizon=self.outputs)
        scaler = Scaler(kind="standard", center=(20.1,) * self.inputs, scale=(3.0,) * self.inputs)
        return made.model_copy(update={"input_scaler": scaler})


@dataclass(frozen=True)
class OnBoard:
    """What the board and our front end answer."""

    measured: Measured
    expected: np.ndarray


def on_board(
    folder: Path, shape: Shape, arithmetic: Arithmetic, core: Core, steps: int = 20
) -> OnBoard:
    """Builds the shape with fresh weights and runs it for some carried steps."""
    network = c_network(model_of(shape.spec, shape.preprocessing))
    given = raw_sequences(shape.preprocessing, (steps,))[0].astype(np.float32)
    if arithmetic == "float":
        header, body = float_header(network), float_body(network)
    else:
        integers = quantized(network, [given])
        header, body = integer_header(integers), integer_body(integers)
    (folder / "model.h").write_text(header, encoding="ascii")
    (folder / "model.c").write_text(body, encoding="ascii")
    text = f"#define STEPS {steps}\n{float_table('steps', given)}"
    (folder / "steps.h").write_text(text, encoding="ascii")
    code = CompiledModel(read_source(header, body), shape.inputs, shape.outputs, per_step=False)
    found = measured(folder, shape.outputs, core, _COUNTED)
    return OnBoard(found, code.carried(given))
