"""What the page Gates shows, from traces and cells."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from studio.analysis.gates.saturation import HIGH, LOW
from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS, Cell, Gate
from studio.gui.pages.gates.view.step_numbers import SYMBOL, digits, with_numbers

Order = Literal["index", "memory"]
_KEEPS = 0.5
_NEW = "'"


@dataclass(frozen=True, eq=False)
class Panel:
    """A heat map of one gate or state.

    Attributes:
        name: As in the cell: "update", "h".
        symbol: The letter of the equations.
        values: (time, units).
        is_share: Whether it lies between 0 and 1; otherwise it is drawn around zero.
        limit: The largest value that the colours tell, from 0 or from -limit.
    """

    name: str
    symbol: str
    values: Floats
    is_share: bool
    limit: float

    @property
    def label(self) -> str:
        """Such as "update z" or "state c"."""
        if self.symbol != self.name:
            return f"{self.name} {self.symbol}"
        return "hidden h" if self.name == "h" else f"state {self.name}"


def prefix_of(layer: int, *, reverse: bool) -> str:
    """How a layer's arrays are called in a trace."""
    return f"l{layer}_reverse" if reverse else f"l{layer}"


def panels_of(cell: Cell, layers: Mapping[str, Floats], prefix: str) -> tuple[Panel, ...]:
    """The gates in PyTorch's order, then the states, h last."""
    panels = []
    for gate in cell.gates:
        values = layers[f"{prefix}_{gate.name}"]
        limit = 1.0 if gate.activation in {"sigmoid", "tanh"} else _limit_of(values)
        panels.append(Panel(gate.name, gate.symbol, values, gate.activation == "sigmoid", limit))
    for state in reversed(cell.states):
        values = layers[f"{prefix}_{state}"]
        panels.append(Panel(state, state, values, is_share=False, limit=_limit_of(values)))
    return tuple(panels)


def unit_order(cell: Cell, panels: Sequence[Panel], order: Order) -> Integers:
    """Unit numbers from top to bottom: as they are, or those that keep longest first.

    Without a memory gate the units stay as they are.
    """
    memory = next((panel for panel in panels if panel.name == cell.memory_gate), None)
    units = panels[0].values.shape[1]
    if order == "index" or memory is None:
        return np.arange(units)
    return np.argsort(-memory.values.mean(axis=0), kind="stable").astype(np.int64)


@dataclass(frozen=True)
class Cursor:
    """A place in a contender's maps; step and unit count from 0, as in exported files."""

    step: int
    panel: str
    unit: int


def read_out_text(
    cell: Cell, panels: Sequence[Panel], cursor: Cursor, symbols: Sequence[str] = ()
) -> str:
    """Such as "step 63, unit 7: update z = 0.91, keeps the old state"; with the symbol read."""
    panel = next(panel for panel in panels if panel.name == cursor.panel)
    value = float(panel.values[cursor.step, cursor.unit])
    meaning = _meaning(cell, cursor.panel, value)
    read = f" “{symbols[cursor.step]}”" if symbols else ""
    where = f"step {cursor.step}{read}, unit {cursor.unit}: {panel.label} = {plain(value)}"
    return f"{where}, {meaning}" if meaning else where


def _meaning(cell: Cell, name: str, value: float) -> str:
    gate = next((gate for gate in cell.gates if gate.name == name), None)
    if gate is None or gate.activation != "sigmoid":
        return ""
    if name == cell.memory_gate:
        if value >= HIGH:
            return "keeps the old state"
        if value <= LOW:
            return "forgets the old state"
        return f"keeps {100 * value:.0f} % of the old state"
    return "open" if value > HIGH else "closed" if value < LOW else ""


def filled_equations(
    cell: Cell,
    panels: Sequence[Panel],
    cursor: Cursor,
    *,
    reverse: bool = False,
    nonlinearity: str | None = None,
) -> tuple[tuple[str, str], ...]:
    """The cell's equations, each with the numbers of one unit at one step.

    What a gate adds up is found from its value, as traces hold no sums. The state before the
    first step is zero.

    Returns:
        Pairs of the equation and its numbers.
    """
    now = {panel.symbol: float(panel.values[cursor.step, cursor.unit]) for panel in panels}
    before = {state: _before(panels, state, cursor, reverse=reverse) for state in cell.states}
    gates = [(gate.equation, _gate_numbers(gate, now)) for gate in cell.gates]
    if not cell.gates:
        (equation,) = cell.equations(nonlinearity)
        return ((equation, f"h' = {digits(now['h'])}, from h = {digits(before['h'])}"),)
    updates = [
        (equation, filled_update(equation, now, before, cell.states)) for equation in cell.update
    ]
    return (*gates, *updates)


def _before(panels: Sequence[Panel], state: str, cursor: Cursor, *, reverse: bool) -> float:
    values = next(panel.values for panel in panels if panel.name == state)
    step = cursor.step + 1 if reverse else cursor.step - 1
    return float(values[step, cursor.unit]) if 0 <= step < len(values) else 0.0


def _gate_numbers(gate: Gate, now: Mapping[str, float]) -> str:
    value = now[gate.symbol]
    if gate.activation not in {"sigmoid", "tanh"}:
        return f"{gate.symbol} = {digits(value)}"
    with np.errstate(divide="ignore"):
        if gate.activation == "sigmoid":
            total, name = np.log(np.float64(value)) - np.log1p(-np.float64(value)), "σ"
        else:
            total, name = np.arctanh(np.float64(value)), "tanh"
    numbers = with_numbers(f"{name}(x)", {"x": float(total)}, value)
    return f"{gate.symbol} = {numbers}"


def filled_update(
    equation: str, now: Mapping[str, float], before: Mapping[str, float], states: Sequence[str]
) -> str:
    """An update with numbers for letters; a mark after a state means the new one."""
    left, right = equation.split(" = ", 1)
    values = {
        letter + mark: before[letter] if letter in states and not mark else now[letter]
        for letter, mark in SYMBOL.findall(right)
    }
    return f"{left} = {with_numbers(right, values, now[left.removesuffix(_NEW)])}"


NO_GATES = "A convolutional network has no gates."
NOT_INSTALLED = "The cell of this network is not installed."


def layer_choices(cells: Mapping[str, tuple[int, bool]]) -> tuple[tuple[int, bool, str], ...]:
    """Layers and directions that at least one contender has: (layer, reverse, words).

    Args:
        cells: Layers and whether both directions are read, by contender.
    """
    deepest = max((layers for layers, _ in cells.values()), default=1)
    both = any(both for _, both in cells.values())
    choices = []
    for layer in range(deepest):
        for reverse in (False, True) if both else (False,):
            direction = (", backward" if reverse else ", forward") if both else ""
            choices.append((layer, reverse, f"layer {layer + 1}{direction}"))
    return tuple(choices)


def plain(value: float) -> str:
    """A number in two decimals, or three digits where it is small."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.2g}"  # noqa: PLR2004
    return text.replace("-", "−")


def _limit_of(values: Floats) -> float:
    """1 for what cannot or does not leave -1 to 1, otherwise the largest value there is."""
    return max(1.0, float(np.abs(values).max(initial=0.0)))


def memory_gate_of(cell: str) -> Gate | None:
    """The gate that keeps the old state, or None."""
    name = CELLS[cell].memory_gate
    return next((gate for gate in CELLS[cell].gates if gate.name == name), None)


def why_no_gates(cell: str) -> str:
    """Why networks of a cell have no gates to show, a sentence, or "" where they have some."""
    if not CELLS[cell].is_installed:
        return NOT_INSTALLED
    return "" if CELLS[cell].is_recurrent else NO_GATES
