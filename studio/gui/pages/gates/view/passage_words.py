"""Passages that were found, in words and rows."""

import numpy as np

from studio.analysis.gates.dataset.passages import Passages
from studio.core.arrays import Doubles
from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.view.number_format import count_of, format_value, format_whole

MOST_ROWS = 500
"""Passages in the list."""


def condition_choices(cell: str) -> list[tuple[str, str]]:
    """Text and name of each gate and state, the memory gate first."""
    made = CELLS[cell]
    gates = sorted(made.gates, key=lambda gate: gate.name != made.memory_gate)
    texts = [(f"{gate.name} {gate.symbol}", gate.name) for gate in gates]
    return texts + [
        ("hidden h" if state == "h" else f"state {state}", state) for state in made.states
    ]


def found_words(passages: Passages, read: int, available: int, whose: str) -> str:
    """How many there are; `whose` such as "GRU, seed 1,"."""
    which = f"{format_whole(read)} test examples"
    if read < available:
        which = f"{format_whole(read)} of {format_whole(available)} test examples"
    if not len(passages):
        return f"No passage of {whose} in {which}."
    examples = len(np.unique(passages.examples))
    longest = count_of(int(passages.steps[0]), "step")
    shown = f"; the longest {MOST_ROWS} are listed" if len(passages) > MOST_ROWS else ""
    count = count_of(len(passages), "passage")
    return (
        f"{count} of {whose} in {format_whole(examples)} of {which}, the longest {longest}{shown}."
    )


def share_rows(shares: Doubles, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Class, share in the passages, share in all; what differs most first."""
    order = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")
    return [
        (names[number], f"{100 * shares[0, number]:.1f} %", f"{100 * shares[1, number]:.1f} %")
        for number in order[:8]
    ]


def column_rows(
    inside: Doubles, elsewhere: Doubles, preprocessing: Preprocessing
) -> list[tuple[str, ...]]:
    """Column, mean in the passages, mean elsewhere; what differs most in spreads first."""
    scales = np.array(preprocessing.input_scaler.scale)
    apart = np.nan_to_num(np.abs(inside - elsewhere) / scales)
    order = np.argsort(-apart, kind="stable")
    return [
        (
            _with_unit(preprocessing, int(number)),
            format_value(float(inside[number])),
            format_value(float(elsewhere[number])),
        )
        for number in order[:8]
    ]


def _with_unit(preprocessing: Preprocessing, number: int) -> str:
    name, unit = preprocessing.input_names[number], preprocessing.input_units[number]
    return f"{name}, {unit}" if unit else name
