"""What the cell inspector writes: a gate's equation with its numbers, and what it adds up."""

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.gates.step_terms import GateTerms, StepTerms, largest_first
from studio.core.arrays import Doubles
from studio.core.cells import Cell
from studio.gui.pages.gates.view.adding_up import adding_up, written
from studio.gui.pages.gates.view.gates import filled_update
from studio.gui.pages.gates.view.step_numbers import digits, sigmoid

_DECIMALS = 3
_MOST_DECIMALS = 9
_MOST_LINES = 5
_TERM = re.compile(r"W_\w+ (?:[xh]|\(r \* h\))|b_\w+")
_OTHERS = 2
"""A remainder of a single term is shown by its name."""


@dataclass(frozen=True)
class Contribution:
    """One term of a sum as it is shown.

    Attributes:
        name: The channel or unit, or how many others there are.
        number: As it is shown.
        share: Its size against the largest of the gate, from -1 to 1.
    """

    name: str
    number: str
    share: float


@dataclass(frozen=True)
class GateRow:
    """A gate of one unit at one step.

    Attributes:
        name: The gate's name.
        label: Such as "update z".
        value: As it is shown.
        exact: The value itself.
        limits: Between which it can be held.
        equation: In letters.
        numbers: The same in numbers, which add up as they are shown.
        held: Whether the value is held instead of computed.
        inputs: W x by channel or unit of the layer below, the largest first; empty where it is
            not wanted.
        hidden: W h by unit.
        sums: The shown sums of both.
        factor: What the second sum is multiplied by, with its letter, or "".
    """

    name: str
    label: str
    value: str
    exact: float
    limits: tuple[float, float]
    equation: str
    numbers: str
    held: bool
    inputs: tuple[Contribution, ...]
    hidden: tuple[Contribution, ...]
    sums: tuple[str, str]
    factor: str = ""


@dataclass(frozen=True)
class TermNames:
    """What the terms of a layer are called.

    Attributes:
        inputs: Of what it reads, (features,).
        nonlinearity: The plain cell's activation; None for other cells.
    """

    inputs: Sequence[str]
    nonlinearity: str | None = None


@dataclass(frozen=True)
class _Letters:
    """How a gate is written without numbers."""

    label: str
    equation: str
    activation: str


@dataclass(frozen=True)
class _Shown:
    """The parts of a sum in whole units of the last decimal: W x, b_i, W h, b_h, factor, total."""

    decimals: int
    parts: tuple[int, int, int, int]
    factor: int | None
    total: float

    def text(self, units: int) -> str:
        return written(units, self.decimals)


def gate_rows(
    cell: Cell,
    terms: StepTerms,
    names: TermNames,
    held: Collection[str] = (),
    unfolded: Collection[str] | None = None,
) -> tuple[GateRow, ...]:
    """A row for each gate; the state's own for a cell without gates.

    Args:
        cell: The cell.
        terms: Of one unit at one step.
        names: What the terms are called.
        held: The gates that are held at this step.
        unfolded: The gates whose contributions are wanted; None for all.
    """
    equations = [gate.equation for gate in cell.gates] or list(cell.equations(names.nonlinearity))
    symbols = [gate.symbol for gate in cell.gates] or [f"{cell.states[0]}'"]
    kinds = [gate.activation for gate in cell.gates] or [names.nonlinearity or "tanh"]
    rows = []
    for gate, equation, symbol, kind in zip(terms.gates, equations, symbols, kinds, strict=True):
        label = f"{gate.gate} {symbol}" if symbol.rstrip("'") != gate.gate else f"hidden {symbol}"
        letters = _Letters(label, equation, kind)
        wanted = names if unfolded is None or gate.gate in unfolded else None
        rows.append(_row(gate, letters, wanted, is_held=gate.gate in held))
    return tuple(rows)


def update_rows(
    cell: Cell, terms: StepTerms, *, silenced: bool = False
) -> tuple[tuple[str, str], ...]:
    """The equations of the states, each with its numbers; none for a cell without gates."""
    if not cell.gates:
        return ()
    gates = zip(cell.gates, terms.gates, strict=True)
    now = {gate.symbol: found.value for gate, found in gates} | dict(terms.after)
    rows = [(line, filled_update(line, now, terms.before, cell.states)) for line in cell.update]
    if silenced:
        rows[-1] = (rows[-1][0], "h' = 0, as the unit is silenced")
    return tuple(rows)


def _row(gate: GateTerms, letters: _Letters, names: TermNames | None, *, is_held: bool) -> GateRow:
    equation, kind = letters.equation, letters.activation
    function = _FUNCTIONS[kind]
    computed = function(gate.total)
    low = {"sigmoid": 0.0, "tanh": -1.0}.get(kind, 0.0)
    high = 1.0 if kind in {"sigmoid", "tanh"} else math.inf
    lists: tuple[tuple[Contribution, ...], tuple[Contribution, ...]] = ((), ())
    numbers, sums = f"{equation.split(' = ', maxsplit=1)[0]} = {digits(gate.value)}", ("", "")
    if math.isfinite(gate.total):
        shown = _shown(gate, function)
        numbers = _numbers(equation, shown, computed)
        lists = lists if names is None else _contributions(gate, names, shown)
        sums = shown.text(shown.parts[0]), shown.text(shown.parts[2])
    if is_held:
        numbers = f"held at {digits(gate.value)}; otherwise {numbers}"
    return GateRow(
        gate.gate,
        letters.label,
        digits(gate.value),
        gate.value,
        (low, high),
        equation,
        numbers,
        is_held,
        *lists,
        sums,
        "" if gate.factor is None else f"r = {digits(gate.factor)}",
    )


def _relu(value: float) -> float:
    return max(value, 0.0)


_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "relu": _relu,
}


def _shown(gate: GateTerms, function: Callable[[float], float]) -> _Shown:
    """With as many decimals as it takes for the shown sum to give the shown value."""
    wanted = digits(function(gate.total))
    for decimals in range(_DECIMALS, _MOST_DECIMALS + 1):
        shown = _rounded(gate, decimals)
        if digits(function(shown.total)) == wanted:
            break
    return shown


def _rounded(gate: GateTerms, decimals: int) -> _Shown:
    read, heard = float(gate.inputs.sum()), float(gate.hidden.sum())
    if gate.factor is None:
        parts = adding_up((read, gate.bias_input, heard, gate.bias_hidden), decimals)
        first, second, third, fourth = parts
        return _Shown(decimals, (first, second, third, fourth), None, sum(parts) / 10**decimals)
    first, second = adding_up((read, gate.bias_input), decimals)
    third, fourth = adding_up((heard, gate.bias_hidden), decimals)
    factor = round(gate.factor * 10**decimals)
    product = factor * (third + fourth) / 10**decimals
    total = round(first + second + product) / 10**decimals
    return _Shown(decimals, (first, second, third, fourth), factor, total)


def _numbers(equation: str, shown: _Shown, computed: float) -> str:
    """The equation in numbers, the shown sum below its activation, and the value."""
    left, right = equation.split(" = ", 1)
    parts = iter(shown.parts)
    filled = _TERM.sub(lambda _: shown.text(next(parts)), right)
    if shown.factor is not None:
        filled = filled.replace("r * (", f"{shown.text(shown.factor)} × (")
    filled = filled.replace("+ −", "− ")
    name = right.split("(", 1)[0]
    total = f"{shown.total:.{shown.decimals}f}".replace("-", "−")
    return f"{left} = {filled} = {name}({total}) = {digits(computed)}"


def _contributions(
    gate: GateTerms, names: TermNames, shown: _Shown
) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...]]:
    largest = max(float(np.abs(each).max(initial=0.0)) for each in (gate.inputs, gate.hidden))
    return (
        _lines(gate.inputs, names.inputs.__getitem__, (shown.parts[0], shown.decimals), largest),
        _lines(gate.hidden, "unit {}".format, (shown.parts[2], shown.decimals), largest),
    )


def _lines(
    values: Doubles, name_of: Callable[[int], str], total: tuple[int, int], largest: float
) -> tuple[Contribution, ...]:
    """The largest ones and the rest, which together add up to the shown sum."""
    order = largest_first(values)
    most = _MOST_LINES if len(order) >= _MOST_LINES + _OTHERS else len(order)
    lines = [(name_of(at), float(values[at])) for at in order[:most]]
    if rest := order[most:]:
        lines.append((f"{len(rest)} others", float(values[rest].sum())))
    sum_shown, decimals = total
    numbers = adding_up([value for _, value in lines], decimals, sum_shown)
    return tuple(
        Contribution(name, written(units, decimals), max(-1.0, min(1.0, value / (largest or 1.0))))
        for (name, value), units in zip(lines, numbers, strict=True)
    )


def input_names(names: Sequence[str], features: int, layer: int, *, both: bool) -> tuple[str, ...]:
    """What a layer reads: channels, numbers of an embedding, or units of the layer below.

    Args:
        names: The channels of the example.
        features: How many numbers the layer reads at a step.
        layer: Its index.
        both: Whether the layer below has both directions.
    """
    if not layer:
        fits = len(names) == features
        return tuple(names) if fits else tuple(f"embedding {at}" for at in range(features))
    if not both:
        return tuple(f"layer {layer}, unit {unit}" for unit in range(features))
    half = features // 2
    return tuple(
        f"layer {layer} {'forward' if at < half else 'backward'}, unit {at % half}"
        for at in range(features)
    )
