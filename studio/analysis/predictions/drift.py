"""How the inputs and classes of new data differ from those of the training set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from studio.analysis.scores.multiple_testing import holm
from studio.core.arrays import Doubles, Integers

LEVEL = 0.05
_MOST_ALIKE = 0.999
_FEWEST = 5


@dataclass(frozen=True)
class ColumnDrift:
    """One column of new data against the training set.

    Attributes:
        column: Its name.
        outside: Share of its values beyond the range of the training set.
        distance: The largest distance of the two distribution functions (Kolmogorov-Smirnov).
        p: Of that distance, for as many independent values as there are; NaN with too few.
        has_shifted: Whether it is significant after Holm's correction over all columns.
    """

    column: str
    outside: float
    distance: float
    p: float
    has_shifted: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "column": self.column,
            "outside": self.outside,
            "distance": self.distance,
            "p": None if np.isnan(self.p) else self.p,
            "shifted": self.has_shifted,
        }


@dataclass(frozen=True)
class ClassShare:
    """How often a class was in training, and is in the new data."""

    name: str
    training: float
    new: float


def column_drift(
    training: Doubles, new: Doubles, names: Sequence[str], *, in_time: bool
) -> tuple[ColumnDrift, ...]:
    """Each column of the new data against the training set.

    Args:
        training: Rows of the training set, or a value for each example, (rows, columns).
        new: The same of the new data.
        names: Of the columns.
        in_time: Whether rows follow each other in time; then neighbours are alike, and the test
            counts n (1 - r) / (1 + r) of n rows, with r the correlation of neighbours.
    """
    drifts = [
        _drift(name, training[:, index], new[:, index], in_time=in_time)
        for index, name in enumerate(names)
    ]
    tested = [index for index, drift in enumerate(drifts) if not np.isnan(drift.p)]
    rejected = holm([drifts[index].p for index in tested], LEVEL)
    for index, is_rejected in zip(tested, rejected, strict=True):
        drifts[index] = replace(drifts[index], has_shifted=is_rejected)
    return tuple(drifts)


def class_shares(training: Integers, new: Integers, names: Sequence[str]) -> tuple[ClassShare, ...]:
    """The share of each class among the known ones."""
    before, after = (
        np.bincount(codes[codes >= 0], minlength=len(names)) / max(1, int((codes >= 0).sum()))
        for codes in (training, new)
    )
    return tuple(
        ClassShare(name, float(was), float(now))
        for name, was, now in zip(names, before, after, strict=True)
    )


def _drift(name: str, training: Doubles, new: Doubles, *, in_time: bool) -> ColumnDrift:
    before, after = np.sort(training[~np.isnan(training)]), np.sort(new[~np.isnan(new)])
    if not len(before) or not len(after):
        return ColumnDrift(name, 0.0, float("nan"), float("nan"))
    outside = float(np.mean((after < before[0]) | (after > before[-1])))
    distance = _largest_distance(before, after)
    counts = [
        _independent(values) if in_time else float(len(values[~np.isnan(values)]))
        for values in (training, new)
    ]
    if min(counts) < _FEWEST:
        return ColumnDrift(name, outside, distance, float("nan"))
    return ColumnDrift(name, outside, distance, _p_value(distance, counts[0], counts[1]))


def _largest_distance(first: Doubles, second: Doubles) -> float:
    """The two-sample Kolmogorov-Smirnov statistic of sorted values."""
    every = np.concatenate([first, second])
    shares = [
        np.searchsorted(values, every, side="right") / len(values) for values in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).max())


def _p_value(distance: float, first: float, second: float) -> float:
    from scipy.special import kolmogorov

    size = np.sqrt(first * second / (first + second))
    return float(kolmogorov((size + 0.12 + 0.11 / size) * distance))


def _independent(values: Doubles) -> float:
    """The effective number of independent values of a series in time order."""
    known = values[~np.isnan(values)]
    if len(known) < _FEWEST:
        return float(len(known))
    rest = known - known.mean()
    spread = float(rest @ rest)
    if spread == 0:
        return 1.0
    alike = min(max(float(rest[1:] @ rest[:-1]) / spread, 0.0), _MOST_ALIKE)
    return len(known) * (1 - alike) / (1 + alike)
