"""What each gate of one unit adds up at one step."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles
from studio.core.cells import Cell
from studio.core.inspection.course import LayerCourse


@dataclass(frozen=True, eq=False)
class GateTerms:
    """The sum below a gate's activation, term by term.

    Attributes:
        gate: The gate's name; the state "h" of a cell without gates.
        inputs: W x by input channel or unit of the layer below, (features,).
        hidden: W h by unit, (units,); W (r * h) where a GRU's reset gate comes first.
        bias_input: b_i.
        bias_hidden: b_h.
        factor: What W h + b_h is multiplied by: the reset gate in a GRU's candidate, else None.
        value: The gate's value, computed or held.
    """

    gate: str
    inputs: Doubles
    hidden: Doubles
    bias_input: float
    bias_hidden: float
    factor: float | None
    value: float

    @property
    def total(self) -> float:
        """The sum that the activation is applied to."""
        heard = float(self.hidden.sum()) + self.bias_hidden
        return (
            float(self.inputs.sum())
            + self.bias_input
            + (heard if self.factor is None else self.factor * heard)
        )


@dataclass(frozen=True, eq=False)
class StepTerms:
    """One unit at one step.

    Attributes:
        gates: In the order of the cell's weight rows.
        before: The unit's states before the step, by name.
        after: The same after it.
    """

    gates: tuple[GateTerms, ...]
    before: Mapping[str, float]
    after: Mapping[str, float]


def step_terms(cell: Cell, course: LayerCourse, step: int, unit: int) -> StepTerms:
    """The terms of one unit at one step, in double precision.

    Args:
        cell: The layer's cell.
        course: The layer.
        step: In the example's time order.
        unit: The unit's number.
    """
    read, heard = course.inputs[step], course.before("h", step)
    names = [gate.name for gate in cell.gates] or [cell.states[0]]
    weights, terms = course.weights, []
    for block, name in enumerate(names):
        row = block * weights.units + unit
        is_reset = "reset" in names[:block] and cell.gates[block].activation == "tanh"
        scaled = is_reset and not weights.resets_first
        read_states = course.gates["reset"][step] * heard if is_reset and not scaled else heard
        terms.append(
            GateTerms(
                name,
                weights.w_ih[row] * read,
                weights.w_hh[row] * read_states,
                float(weights.b_ih[row]),
                float(weights.b_hh[row]),
                float(course.gates["reset"][step, unit]) if scaled else None,
                float(course.gates[name][step, unit]),
            )
        )
    before = {state: float(course.before(state, step)[unit]) for state in cell.states}
    after = {state: float(course.states[state][step, unit]) for state in cell.states}
    return StepTerms(tuple(terms), before, after)


def largest_first(values: Doubles) -> list[int]:
    """Places of contributions, the largest in size first."""
    places: list[int] = np.argsort(-np.abs(values), kind="stable").tolist()
    return places
