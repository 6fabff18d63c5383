"""Crossover maps: both cells on a grid of two scales, and where the better one changes."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

from studio.analysis.intervals import LEVEL
from studio.analysis.wording import format_figure

Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A float; stored results hold None for NaN, which JSON lacks."""

Key = tuple[int, int]
"""Row and column of a grid point, such as 60 steps and 200 examples."""

CELLS = ("GRU", "LSTM")
SAME = "same"


@dataclass(frozen=True)
class MapCell:
    """The result at one grid point.

    Attributes:
        value: The measured value.
        low: Lower end of its 95 % interval; NaN where it is unknown.
        high: Upper end of its 95 % interval; NaN where it is unknown.
        better: The better cell, "same" where they are practically the same, "" where undecided.
        note: A remark, or "".
    """

    value: Number
    low: Number
    high: Number
    better: str
    note: str = ""


@dataclass(frozen=True)
class Scales:
    """The planned grid.

    Attributes:
        rows: From top to bottom.
        columns: From left to right.
        row_unit: Such as "steps".
        column_unit: Such as "examples".
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    row_unit: str
    column_unit: str

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every grid point, row by row."""
        return tuple((row, column) for row in self.rows for column in self.columns)

    @property
    def strict_level(self) -> float:
        """The Bonferroni level of the interval that decides at one grid point."""
        return 1 - (1 - LEVEL) / len(self.keys)


@dataclass(frozen=True)
class CrossoverMap:
    """A table of grid points.

    Attributes:
        title: What was compared, such as "Score".
        unit: The quantity of the values, such as "accuracy, GRU - LSTM".
        rows: Names of the rows, such as "10 steps".
        columns: Names of the columns, such as "100 examples".
        places: The grid points row by row; None where time ran out before.
    """

    title: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    places: tuple[tuple[MapCell | None, ...], ...]

    @property
    def caption(self) -> str:
        """What the table shows and how to read it."""
        return (
            f"{self.title}: the better cell and {self.unit} (95 % interval); empty where "
            "inconclusive."
        )

    def table(self) -> list[list[str]]:
        """A row of headings, then the better cell with value and interval by row and column."""
        rows = [
            [name, *map(describe_cell, places)]
            for name, places in zip(self.rows, self.places, strict=True)
        ]
        return [["", *self.columns], *rows]

    def details(self, row: int, column: int) -> str:
        """A grid point in full: row, column, value with interval, and outcome."""
        where = f"{self.rows[row]}, {self.columns[column]}"
        place = self.places[row][column]
        if place is None:
            return f"{where}: not measured"
        return f"{where}: {self.unit} {value_with_interval(place)}, {_outcome(place)}"

    @property
    def sentence(self) -> str:
        """The number of grid points by outcome."""
        places = [place for row in self.places for place in row]
        measured = [place for place in places if place is not None]
        counts = Counter(place.better for place in measured)
        sentence = (
            f"{self.title}: GRU better at {counts['GRU']}, LSTM at {counts['LSTM']}, practically "
            f"the same at {counts[SAME]}, inconclusive at {counts['']} of {len(measured)} grid "
            "points"
        )
        missing = len(places) - len(measured)
        return f"{sentence}, {missing} not measured." if missing else f"{sentence}."


def crossover_map(
    title: str, unit: str, scales: Scales, cells: Mapping[Key, MapCell]
) -> CrossoverMap:
    """Arranges results on their grid."""
    return CrossoverMap(
        title,
        unit,
        tuple(f"{row:,} {scales.row_unit}" for row in scales.rows),
        tuple(f"{column:,} {scales.column_unit}" for column in scales.columns),
        tuple(tuple(cells.get((row, column)) for column in scales.columns) for row in scales.rows),
    )


def describe_cell(place: MapCell | None) -> str:
    """Such as "GRU 0.12 (0.05 to 0.20)"; "" where it is inconclusive."""
    if place is None:
        return "not measured"
    return f"{place.better} {value_with_interval(place)}" if place.better else ""


def value_with_interval(place: MapCell) -> str:
    """Such as "0.12 (0.05 to 0.20)"; without the interval where it is unknown."""
    if not math.isfinite(place.low + place.high):
        return format_figure(place.value, place.value)
    half = (place.high - place.low) / 2 or abs(place.value)
    value, low, high = (format_figure(end, half) for end in (place.value, place.low, place.high))
    return f"{value} ({low} to {high})"


def _outcome(place: MapCell) -> str:
    if place.note:
        return place.note
    if place.better == SAME:
        return "practically the same"
    return f"{place.better} better" if place.better else "inconclusive"
