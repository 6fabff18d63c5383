"""Counts of a gate or state over many examples, batch by batch, in bounded memory."""

from dataclasses import dataclass

import numpy as np

from studio.analysis.gates.dataset.effective_rank import effective_rank
from studio.analysis.gates.half_life import half_lives_of_rate
from studio.analysis.gates.saturation import HIGH, LOW
from studio.core.arrays import Doubles, Floats, Integers

BINS = 100
STILL = 1e-6
"""A unit whose values differ by no more is constant."""


@dataclass(frozen=True)
class GateScale:
    """What a gate's or state's values are counted on.

    Attributes:
        low: The lower end of the first bin; smaller values are counted in it.
        high: The upper end of the last bin; likewise.
        is_memory: Whether it is the gate that keeps the old state.
        is_state: Whether it is a state, whose effective rank is of interest.
    """

    low: float
    high: float
    is_memory: bool = False
    is_state: bool = False

    @property
    def edges(self) -> Doubles:
        """(BINS + 1,)."""
        return np.linspace(self.low, self.high, BINS + 1)


@dataclass(frozen=True, eq=False)
class GateFigures:
    """One gate or state of one run over all examples.

    Attributes:
        scale: What it was counted on.
        counts: By bin, (bins,).
        class_counts: By class and bin, (classes, bins).
        place_counts: By place in the sequence and bin, (places, bins).
        class_means: (classes,); NaN for a class without examples.
        place_means: (places,).
        below: Share of values below 0.1 of each unit, (units,).
        above: Share of values above 0.9, (units,).
        dead: Whether a unit never exceeds 0.1 in size or never moves, (units,).
        half_lives: Of the units' states, (units,), or None for another gate than the memory gate.
        rank: The effective rank of the states, or None for gates.
    """

    scale: GateScale
    counts: Integers
    class_counts: Integers
    place_counts: Integers
    class_means: Doubles
    place_means: Doubles
    below: Doubles
    above: Doubles
    dead: "np.typing.NDArray[np.bool_]"
    half_lives: Doubles | None
    rank: float | None


class GateCounter:
    """Takes values batch by batch.

    Args:
        scale: Of the histogram.
        units: Their number.
        places: Places in the sequence that are told apart.
        classes: Number of classes, or 0.
    """

    def __init__(self, scale: GateScale, units: int, places: int, classes: int) -> None:
        self._scale = scale
        self._by_place = np.zeros((places, BINS), np.int64)
        self._by_class = np.zeros((classes, BINS), np.int64)
        self._place_sums, self._place_rows = np.zeros(places), np.zeros(places, np.int64)
        self._class_sums, self._class_rows = np.zeros(classes), np.zeros(classes, np.int64)
        self._rows = 0
        self._below, self._above = np.zeros((2, units), np.int64)
        self._least, self._most = np.full(units, np.inf), np.full(units, -np.inf)
        self._logs, self._sums = np.zeros((2, units))
        self._gram = np.zeros((units, units) if scale.is_state else (0, 0))

    def add(self, values: Floats, places: Integers, classes: Integers | None) -> None:
        """Counts rows of values.

        Args:
            values: (rows, units).
            places: The place in the sequence of each row, (rows,).
            classes: The class of each row, (rows,), -1 for none; None where there are no classes.
        """
        scale, units = self._scale, values.shape[1]
        bins = (values - scale.low) * (BINS / (scale.high - scale.low))
        bins = np.clip(bins, 0, BINS - 1).astype(np.int32)
        sums = values.sum(axis=1, dtype=np.float64)
        _count(self._by_place, bins, places)
        self._place_sums += np.bincount(places, sums, len(self._place_sums))
        self._place_rows += np.bincount(places, minlength=len(self._place_rows))
        if classes is not None and len(self._class_rows):
            known = classes >= 0
            has_all = bool(known.all())
            own = classes if has_all else classes[known]
            _count(self._by_class, bins if has_all else bins[known], own)
            self._class_sums += np.bincount(own, sums[known], len(self._class_sums))
            self._class_rows += np.bincount(own, minlength=len(self._class_rows))
        self._rows += len(values)
        self._below += (values < LOW).sum(axis=0)
        self._above += (values > HIGH).sum(axis=0)
        self._least = np.minimum(self._least, values.min(axis=0, initial=np.inf))
        self._most = np.maximum(self._most, values.max(axis=0, initial=-np.inf))
        self._add_sums(values.reshape(-1, units))

    def _add_sums(self, values: Floats) -> None:
        if self._scale.is_memory:
            with np.errstate(divide="ignore"):
                self._logs += np.log(values.astype(np.float64)).sum(axis=0)
        if self._scale.is_state:
            exact = values.astype(np.float64)
            self._sums += exact.sum(axis=0)
            self._gram += exact.T @ exact

    def figures(self) -> GateFigures:
        """What has been counted so far; at least one row."""
        rows, units = max(self._rows, 1), len(self._sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            class_means = self._class_sums / (units * self._class_rows)
            place_means = self._place_sums / (units * self._place_rows)
        size = np.maximum(np.abs(self._least), np.abs(self._most))
        rank = None
        if self._scale.is_state:
            rank = effective_rank(self._gram - np.outer(self._sums, self._sums) / rows)
        lives = half_lives_of_rate(self._logs / rows) if self._scale.is_memory else None
        return GateFigures(
            scale=self._scale,
            counts=self._by_place.sum(axis=0),
            class_counts=self._by_class.copy(),
            place_counts=self._by_place.copy(),
            class_means=class_means,
            place_means=place_means,
            below=self._below / rows,
            above=self._above / rows,
            dead=(size <= LOW) | (self._most - self._least <= STILL),
            half_lives=lives,
            rank=rank,
        )


def _count(into: Integers, bins: "np.typing.NDArray[np.int32]", groups: Integers) -> None:
    """Adds counts by group and bin; bins (rows, units), groups (rows,)."""
    joint = bins + (groups * BINS).astype(np.int32)[:, np.newaxis]
    into += np.bincount(joint.ravel(), minlength=into.size).reshape(into.shape)


def quantiles_of_counts(counts: Integers, scale: GateScale, share: float) -> Doubles:
    """The quantile of each row of counts, (rows, bins), to within the width of a bin.

    NaN for a row without values.
    """
    sums = np.cumsum(counts, axis=1)
    wanted = share * sums[:, -1]
    place = np.minimum((sums < wanted[:, np.newaxis]).sum(axis=1), BINS - 1)
    rows = np.arange(len(counts))
    inside = counts[rows, place]
    before = sums[rows, place] - inside
    part = np.where(inside > 0, (wanted - before) / np.maximum(inside, 1), 0.5)
    width = (scale.high - scale.low) / BINS
    return np.where(sums[:, -1] > 0, scale.low + (place + np.clip(part, 0, 1)) * width, np.nan)
