"""The course of an example through a network: all numbers of all steps, in double precision."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.cells import CELLS, GRU_RESETS_FIRST, Cell


@dataclass(frozen=True, eq=False)
class CellWeights:
    """The weights of one layer and direction, in PyTorch's row order.

    Attributes:
        w_ih: (blocks x units, features).
        w_hh: (blocks x units, units).
        b_ih: (blocks x units,).
        b_hh: (blocks x units,).
        resets_first: Whether a GRU's reset gate multiplies h itself and not W h + b; never in
            the program's own networks.
    """

    w_ih: Doubles
    w_hh: Doubles
    b_ih: Doubles
    b_hh: Doubles
    resets_first: bool = False

    @property
    def units(self) -> int:
        return int(self.w_hh.shape[1])


@dataclass(frozen=True, eq=False)
class LayerCourse:
    """One layer and direction, in the example's time order whatever its direction.

    Attributes:
        inputs: What it reads at each step, (time, features).
        weights: Its weights.
        reverse: Whether it reads from the last step to the first.
        gates: By name, (time, units); the new state "h" for a cell without gates.
        states: By name, after each step, (time, units).
    """

    inputs: Doubles
    weights: CellWeights
    reverse: bool
    gates: dict[str, Doubles]
    states: dict[str, Doubles]

    def before(self, state: str, step: int) -> Doubles:
        """A state that a step starts from, (units,); zeros at the first step that is read."""
        values = self.states[state]
        earlier = step + 1 if self.reverse else step - 1
        return values[earlier] if 0 <= earlier < len(values) else np.zeros(values.shape[1])


@dataclass(frozen=True, eq=False)
class Course:
    """An example through a whole network.

    Attributes:
        cell: The cell's name.
        nonlinearity: The plain cell's activation; None for other cells.
        layers: By layer and direction as in a trace: "l0", "l0_reverse".
        prediction: Probabilities (outcomes,) or values in their units (outputs,), with a leading
            time axis for a prediction at every step; None where the head is not known.
        loss: The loss of this example that early stopping watches; NaN where its truth is unknown.
    """

    cell: str
    nonlinearity: str | None
    layers: Mapping[str, LayerCourse]
    prediction: Floats | None
    loss: float

    @property
    def kind(self) -> Cell:
        first = any(layer.weights.resets_first for layer in self.layers.values())
        return GRU_RESETS_FIRST if first else CELLS[self.cell]

    def values(self, prefix: str, name: str) -> Doubles:
        """A gate or a state of a layer and direction, (time, units)."""
        layer = self.layers[prefix]
        return layer.states[name] if name in layer.states else layer.gates[name]

    def arrays(self) -> dict[str, Floats]:
        """All gates and states as in a trace, in single precision."""
        return {
            f"{prefix}_{name}": values.astype(np.float32)
            for prefix, layer in self.layers.items()
            for name, values in (layer.gates | layer.states).items()
        }
