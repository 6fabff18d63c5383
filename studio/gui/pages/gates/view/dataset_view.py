"""Gates over the test set as the page shows them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.analysis.gates.dataset.seed_summary import SeedSummary
from studio.analysis.intervals import Interval
from studio.core.cells import Cell
from studio.gui.view.number_format import format_value, format_whole

FIGURES = ("", "median half-life", "below 0.1", "above 0.9", "dead units", "effective rank of h")
MOST_CLASSES = 12


@dataclass(frozen=True)
class GateChoice:
    """Gates or states of several cells that play the same part.

    Attributes:
        text: Such as "keeps the state: update z, forget f".
        names: The gate or state of each contender that has one.
    """

    text: str
    names: Mapping[str, str]


def gate_choices(cells: Mapping[str, Cell]) -> list[GateChoice]:
    """What can be compared: memory gates, then candidates, then what has a name, then states.

    Args:
        cells: By contender; those without gates and states are left out.
    """
    choices: list[GateChoice] = []
    memory = {name: cell.memory_gate for name, cell in cells.items() if cell.memory_gate}
    if memory:
        choices.append(GateChoice(f"keeps the state: {_listed(cells, memory)}", memory))
    others: dict[str, dict[str, str]] = {}
    for name, cell in cells.items():
        for gate in cell.gates:
            is_candidate = gate.activation == "tanh"
            if gate.name != cell.memory_gate:
                part = "candidate" if is_candidate else gate.name
                others.setdefault(part, {})[name] = gate.name
    for part, names in others.items():
        listed = _listed(cells, names)
        choices.append(GateChoice(f"candidate: {listed}" if part == "candidate" else listed, names))
    for state in dict.fromkeys(state for cell in cells.values() for state in cell.states):
        names = {name: state for name, cell in cells.items() if state in cell.states}
        choices.append(
            GateChoice(f"hidden state {state}" if state == "h" else f"state {state}", names)
        )
    return choices


def _listed(cells: Mapping[str, Cell], names: Mapping[str, str]) -> str:
    """Such as "update z, forget f"."""
    symbols = {
        f"{gate.name} {gate.symbol}": None
        for name, chosen in names.items()
        for gate in cells[name].gates
        if gate.name == chosen
    }
    return ", ".join(symbols)


def figure_rows(
    gates: Mapping[str, SeedSummary],
    memory: Mapping[str, SeedSummary],
    states: Mapping[str, SeedSummary],
) -> list[tuple[str, ...]]:
    """A row for each contender, see FIGURES.

    Args:
        gates: The chosen gate or state, by contender.
        memory: The memory gate of the same layer.
        states: The hidden state of the same layer.
    """
    rows: list[tuple[str, ...]] = []
    for name, summary in gates.items():
        is_share = summary.scale.low == 0
        life = memory[name].half_life if name in memory else None
        rank = states[name].rank if name in states else None
        rows.append(
            (
                name,
                "" if life is None else f"{interval_words(life)} steps",
                interval_words(summary.below, 100, " %") if is_share else "",
                interval_words(summary.above, 100, " %") if is_share else "",
                f"{interval_words(summary.dead)} of {summary.units}",
                "" if rank is None else f"{interval_words(rank)} of {summary.units}",
            )
        )
    return rows


def class_rows(gates: Mapping[str, SeedSummary], classes: Sequence[str]) -> list[tuple[str, ...]]:
    """Mean and the range of most values for each class and contender."""
    rows = []
    for number, name in enumerate(classes[:MOST_CLASSES]):
        cells = [
            f"{format_value(float(each.class_means[number]))} "
            f"({format_value(float(each.class_low[number]))} to "
            f"{format_value(float(each.class_high[number]))})"
            if math.isfinite(each.class_means[number])
            else ""
            for each in gates.values()
        ]
        rows.append((name, *cells))
    return rows


def interval_words(interval: Interval, factor: float = 1.0, unit: str = "") -> str:
    """Such as "12.1 (10.2 to 14.0) %"; without a range where there is one run."""
    value, low, high = (
        format_value(factor * end) for end in (interval.value, interval.low, interval.high)
    )
    has_none = math.isnan(interval.low) or low == high
    return f"{value}{unit}" if has_none else f"{value}{unit} ({low} to {high})"


def read_words(examples: int, available: int, seeds: Sequence[int]) -> str:
    """What was read, and what the figures mean."""
    which = f"{format_whole(examples)} test examples"
    if examples < available:
        which = (
            f"{format_whole(examples)} of {format_whole(available)} test examples, spread evenly"
        )
    if not seeds:  # a model of another program
        return f"Over {which}."
    runs = (
        f"{len(seeds)} seeds; ranges are 95 % intervals over seeds" if len(seeds) > 1 else "1 seed"
    )
    return f"Over {which}, at the best epoch of each run, {runs}."
