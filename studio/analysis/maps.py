"""Crossover maps: both cells at every place of two scales, and where the better one changes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from studio.analysis.intervals import LEVEL
from studio.analysis.words import figure

Key = tuple[int, int]
"""Row and column of a place, such as 60 steps and 200 examples."""

CELLS = ("GRU", "LSTM")
SAME = "same"


@dataclass(frozen=True)
class Place:
    """What came out at one place.

    Attributes:
        value: The figure.
        low: Lower end of its 95 % interval; NaN where it is unknown.
        high: Upper end.
        better: The better cell, "same" where they are practically the same, "" where undecided.
        note: What else there is to say, or "".
    """

    value: float
    low: float
    high: float
    better: str
    note: str = ""


@dataclass(frozen=True)
class Scales:
    """The places that are planned.

    Attributes:
        rows: From above.
        columns: From the left.
        row_unit: Such as "steps".
        column_unit: Such as "examples".
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    row_unit: str
    column_unit: str

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every place, row by row."""
        return tuple((row, column) for row in self.rows for column in self.columns)

    @property
    def strict_level(self) -> float:
        """Of an interval that decides at one of these places, so that all together err in 5 %."""
        return 1 - (1 - LEVEL) / len(self.keys)


@dataclass(frozen=True)
class CrossoverMap:
    """A table of places.

    Attributes:
        title: What was compared, such as "Score".
        unit: Of what kind the figures are, such as "accuracy, GRU - LSTM".
        rows: Names of the rows, such as "10 steps".
        columns: Names of the columns, such as "100 examples".
        places: Row by row; None where time was up before.
    """

    title: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    places: tuple[tuple[Place | None, ...], ...]

    @property
    def caption(self) -> str:
        """What the table shows and how to read it, a sentence."""
        return (
            f"{self.title}: the better cell and {self.unit} (95 % interval); empty where nothing "
            "was decided."
        )

    def table(self) -> list[list[str]]:
        """The better cell with figure and interval by row and column, under a row of headings."""
        rows = [
            [name, *map(told, places)] for name, places in zip(self.rows, self.places, strict=True)
        ]
        return [["", *self.columns], *rows]

    def details(self, row: int, column: int) -> str:
        """A place in full: where it is, its figure with interval, and what follows."""
        where = f"{self.rows[row]}, {self.columns[column]}"
        place = self.places[row][column]
        if place is None:
            return f"{where}: not reached"
        ends = figure_with_ends(place)
        return f"{where}: {self.unit} {ends}, {_verdict(place)}"

    @property
    def sentence(self) -> str:
        """How many places each cell won, in words."""
        places = [each for row in self.places for each in row]
        known = [each for each in places if each is not None]
        counts = {name: sum(each.better == name for each in known) for name in (*CELLS, SAME, "")}
        words = (
            f"{self.title}: GRU better at {counts['GRU']}, LSTM at {counts['LSTM']}, practically "
            f"the same at {counts[SAME]}, undecided at {counts['']} of {len(known)} places"
        )
        missing = len(places) - len(known)
        return f"{words}, {missing} not reached." if missing else f"{words}."


def crossover_map(
    title: str, unit: str, scales: Scales, found: Mapping[Key, Place]
) -> CrossoverMap:
    """Arranges places."""
    return CrossoverMap(
        title,
        unit,
        tuple(f"{row:,} {scales.row_unit}" for row in scales.rows),
        tuple(f"{column:,} {scales.column_unit}" for column in scales.columns),
        tuple(tuple(found.get((row, column)) for column in scales.columns) for row in scales.rows),
    )


def told(place: Place | None) -> str:
    """Such as "GRU 0.12 (0.05 to 0.20)"; "" where it is undecided."""
    if place is None:
        return "not reached"
    return f"{place.better} {figure_with_ends(place)}" if place.better else ""


def figure_with_ends(place: Place) -> str:
    """Such as "0.12 (0.05 to 0.20)"; without ends where they are unknown."""
    if not math.isfinite(place.low + place.high):
        return figure(place.value, place.value)
    half = (place.high - place.low) / 2 or abs(place.value)
    value, low, high = (figure(each, half) for each in (place.value, place.low, place.high))
    return f"{value} ({low} to {high})"


def _verdict(place: Place) -> str:
    if place.note:
        return place.note
    if place.better == SAME:
        return "practically the same"
    return f"{place.better} better" if place.better else "undecided"
