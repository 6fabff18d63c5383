"""Loss curves: each contender's runs taken together, and one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.analysis.intervals import student_quantile
from studio.core.arrays import Doubles
from studio.core.results.events import EpochRecord, RunId
from studio.gui.view.line_density import Line

XAxis = Literal["epoch", "step", "examples", "seconds"]
Loss = Literal["validation", "training"]
Center = Literal["mean", "median"]
Spread = Literal["range", "deviation", "error", "interval", "none"]
_KEPT_WEIGHT = 0.8


@dataclass(frozen=True, eq=False)
class LossCurve:
    """The middle of the runs that have reached each epoch, with their spread.

    Attributes:
        x: Epochs, or mean steps, examples or seconds, (points,).
        center: Mean or median, (points,).
        low: Lower edge of the spread, (points,).
        high: Upper edge, (points,).
        seeds: Runs at the first point.
    """

    x: Doubles
    center: Doubles
    low: Doubles
    high: Doubles
    seeds: int


@dataclass(frozen=True)
class CurveChoices:
    """What is drawn of runs.

    Attributes:
        loss: Without a validation set the training loss takes the place of the validation loss.
        x_axis: What the horizontal axis counts up to the end of an epoch.
        examples: Training examples of an epoch by contender.
        center: Of the runs at an epoch.
        spread: Around the center: lowest to highest, one standard deviation, one standard error
            of the mean, its 95 % interval by Student's t, or none. One run has no spread.
    """

    loss: Loss
    x_axis: XAxis
    examples: Mapping[str, int] = field(default_factory=dict)
    center: Center = "mean"
    spread: Spread = "range"


def loss_curves(
    epochs: Mapping[RunId, Sequence[EpochRecord]], seen: CurveChoices
) -> dict[str, LossCurve]:
    """A curve for each contender that has finished an epoch."""
    grouped: dict[str, list[Sequence[EpochRecord]]] = {}
    for run, records in epochs.items():
        if records:
            grouped.setdefault(run.contender, []).append(records)
    return {name: _curve(name, runs, seen) for name, runs in grouped.items()}


def run_lines(
    epochs: Mapping[RunId, Sequence[EpochRecord]], seen: CurveChoices
) -> dict[str, list[Line]]:
    """The line of every run, by contender, as `loss_curves` takes them together."""
    lines: dict[str, list[Line]] = {}
    for run, records in epochs.items():
        if records:
            spent = [_spent(run.contender, record, seen) for record in records]
            x = np.array(spent, dtype=np.float64)
            y = np.array([_loss(record, seen.loss) for record in records])
            lines.setdefault(run.contender, []).append((x, y))
    return lines


def has_validation(epochs: Mapping[RunId, Sequence[EpochRecord]]) -> bool:
    """Whether validation losses were recorded."""
    records = (record for records in epochs.values() for record in records)
    return any(record.validation_loss is not None for record in records)


def _curve(contender: str, runs: Sequence[Sequence[EpochRecord]], seen: CurveChoices) -> LossCurve:
    longest = max(len(records) for records in runs)
    values, x = np.full((2, len(runs), longest), np.nan)
    for row, records in enumerate(runs):
        values[row, : len(records)] = [_loss(record, seen.loss) for record in records]
        x[row, : len(records)] = [_spent(contender, record, seen) for record in records]
    middle = np.nanmedian if seen.center == "median" else np.nanmean
    center = middle(values, axis=0)
    low, high = _edges(values, center, seen.spread)
    return LossCurve(np.nanmean(x, axis=0), center, low, high, len(runs))


def _edges(values: Doubles, center: Doubles, spread: Spread) -> tuple[Doubles, Doubles]:
    """Lower and upper edge over the runs, (runs, points) to (points,) each."""
    if spread == "range":
        return np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    count: NDArray[np.int64] = np.sum(np.isfinite(values), axis=0)
    half = np.zeros(len(center))
    several = count > 1
    if spread != "none" and several.any():
        deviation = np.nanstd(values[:, several], axis=0, ddof=1)
        error = deviation / np.sqrt(count[several])
        quantile = np.array([student_quantile(int(runs) - 1) for runs in count[several]])
        half[several] = {"deviation": deviation, "error": error, "interval": quantile * error}[
            spread
        ]
    return center - half, center + half


def smoothed(values: Doubles) -> Doubles:
    """An exponential moving average without the pull of its start, (points,).

    Each value weighs 0.8 times the one behind it (Kingma and Ba 2015, the correction of section 3).
    """
    weights = _KEPT_WEIGHT ** np.arange(len(values), dtype=np.float64)
    sums = np.empty(len(values))
    last = 0.0
    for index, value in enumerate(values):
        sums[index] = last = _KEPT_WEIGHT * last + value
    return sums / np.cumsum(weights)


def _loss(record: EpochRecord, loss: Loss) -> float:
    if loss == "validation" and record.validation_loss is not None:
        return record.validation_loss
    return record.train_loss


def _spent(contender: str, record: EpochRecord, seen: CurveChoices) -> float:
    if seen.x_axis == "examples":
        return float(record.epoch * seen.examples.get(contender, 0))
    return float(getattr(record, seen.x_axis))
