"""One layer of a recurrent network by hand, step by step in NumPy and double precision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.cells import Cell
from studio.core.inspection.course import CellWeights, LayerCourse
from studio.core.inspection.edits import NO_EDITS, Edits

_Hold = tuple[NDArray[np.bool_], Doubles]
"""Whether a value is held, and at what, each (time, units) or (units,)."""


@dataclass(frozen=True, eq=False)
class LayerByHand:
    """One layer and direction.

    Attributes:
        cell: GRU, LSTM, RNN or CIFG LSTM.
        weights: Its weights.
        prefix: Layer and direction as in a trace: "l0", "l0_reverse".
        nonlinearity: The plain cell's activation.
    """

    cell: Cell
    weights: CellWeights
    prefix: str = "l0"
    nonlinearity: str = "tanh"

    @property
    def reverse(self) -> bool:
        """Whether it reads from the last step to the first."""
        return self.prefix.endswith("_reverse")

    def run(self, inputs: Doubles, edits: Edits = NO_EDITS) -> LayerCourse:
        """Reads one sequence from a zero state.

        Args:
            inputs: (time, features), in the example's time order.
            edits: Values that are held and units that are silenced.

        Returns:
            Gates and states in the example's time order.
        """
        steps, units = len(inputs), self.weights.units
        gates = {name: np.empty((steps, units)) for name in self._blocks}
        states = {name: np.empty((steps, units)) for name in self.cell.states}
        from_input = inputs @ self.weights.w_ih.T + self.weights.b_ih
        holds = _holds(edits, self.prefix, steps, units)
        silenced = list(edits.silenced_in(self.prefix))
        now = {name: np.zeros(units) for name in self.cell.states}
        for step in range(steps - 1, -1, -1) if self.reverse else range(steps):
            held = {name: (where[step], at[step]) for name, (where, at) in holds.items()}
            opened = self._gates(from_input[step], now["h"], held)
            now = _next_states(opened, now)
            now["h"][silenced] = 0.0
            for name, values in opened.items():
                gates[name][step] = values
            for name, values in now.items():
                states[name][step] = values
        return LayerCourse(inputs, self.weights, self.reverse, gates, states)

    def run_batch(self, inputs: Doubles, lengths: Integers) -> dict[str, Doubles]:
        """Reads many sequences from zero states.

        Args:
            inputs: (batch, time, features), in time order.
            lengths: Valid steps, (batch,).

        Returns:
            Gates and states by name, (batch, time, units) in time order; what stands after an
            example's length has no meaning.
        """
        batch, steps = inputs.shape[:2]
        names = (*self._blocks, *(name for name in self.cell.states if name not in self._blocks))
        found = {name: np.empty((batch, steps, self.weights.units)) for name in names}
        from_input = inputs @ self.weights.w_ih.T + self.weights.b_ih
        now = {name: np.zeros((batch, self.weights.units)) for name in self.cell.states}
        for step in range(steps - 1, -1, -1) if self.reverse else range(steps):
            opened = self._gates(from_input[:, step], now["h"], {})
            reached = (step < lengths)[:, np.newaxis]  # from the end on, padding comes first
            now = {
                name: np.where(reached, values, 0.0)
                for name, values in _next_states(opened, now).items()
            }
            for name, values in (opened | now).items():
                found[name][:, step] = values
        return found

    def _gates(
        self, from_input: Doubles, hidden: Doubles, held: Mapping[str, _Hold]
    ) -> dict[str, Doubles]:
        """The gates of one step, (units,) or (batch, units) each."""
        weights = self.weights
        from_hidden = hidden @ weights.w_hh.T + weights.b_hh
        units, opened = weights.units, dict[str, Doubles]()
        for block, (name, activation) in enumerate(self._blocks.items()):
            rows = slice(block * units, (block + 1) * units)
            heard = from_hidden[..., rows]
            if "reset" in opened and activation is np.tanh:  # only a GRU's candidate
                heard = (
                    (opened["reset"] * hidden) @ weights.w_hh[rows].T + weights.b_hh[rows]
                    if weights.resets_first
                    else opened["reset"] * heard
                )
            value = activation(from_input[..., rows] + heard)
            opened[name] = np.where(*held[name], value) if name in held else value
        return opened

    @cached_property
    def _blocks(self) -> dict[str, Callable[[Doubles], Doubles]]:
        """The activation of each gate, in the order of the weight rows."""
        if not self.cell.gates:
            return {self.cell.states[0]: _relu if self.nonlinearity == "relu" else np.tanh}
        return {
            gate.name: _sigmoid if gate.activation == "sigmoid" else np.tanh
            for gate in self.cell.gates
        }


def _next_states(gates: Mapping[str, Doubles], now: Mapping[str, Doubles]) -> dict[str, Doubles]:
    """As the cells' update equations say; told apart by the gates that there are."""
    if "update" in gates:
        keep = gates["update"]
        return {"h": (1 - keep) * gates["new"] + keep * now["h"]}
    if "forget" in gates:
        entering = gates["input"] if "input" in gates else 1 - gates["forget"]
        memory = gates["forget"] * now["c"] + entering * gates["cell"]
        return {"h": gates["output"] * np.tanh(memory), "c": memory}
    return {"h": gates["h"].copy()}


def _sigmoid(values: Doubles) -> Doubles:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)))


def _relu(values: Doubles) -> Doubles:
    return np.maximum(values, 0.0)


def _holds(edits: Edits, prefix: str, steps: int, units: int) -> dict[str, _Hold]:
    holds: dict[str, _Hold] = {}
    for clamp in edits.clamps_in(prefix):
        if clamp.gate not in holds:
            holds[clamp.gate] = np.zeros((steps, units), dtype=np.bool_), np.zeros((steps, units))
        where, values = holds[clamp.gate]
        rows = slice(None) if clamp.step is None else clamp.step
        where[rows, clamp.place.unit] = True
        values[rows, clamp.place.unit] = clamp.value
    return holds
