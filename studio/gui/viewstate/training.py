"""What the page Train shows, from epochs, step times and sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from studio.core.arrays import Doubles
from studio.core.events import (
    EpochFinished,
    EpochRecord,
    Event,
    RunId,
    RunStarted,
    StepsTimed,
    TrainingMemory,
)
from studio.core.history import ComparisonHistory
from studio.gui.viewstate.coverage import Line

XAxis = Literal["epoch", "step", "seconds"]
Loss = Literal["validation", "training"]
_KEPT_TIMES = 600
_KEPT_WEIGHT = 0.8


@dataclass
class LiveRuns:
    """What is known of all runs so far: the session's part and the events since.

    Attributes:
        epochs: Records of each run in order.
        milliseconds: The newest step times of each contender, warm-up left out.
        memory: Bytes of a training step of each contender.
    """

    epochs: dict[RunId, list[EpochRecord]] = field(default_factory=dict)
    milliseconds: dict[str, Doubles] = field(default_factory=dict)
    memory: dict[str, TrainingMemory] = field(default_factory=dict)

    @classmethod
    def of(cls, history: ComparisonHistory) -> "LiveRuns":
        """What a session holds."""
        live = cls()
        for contender in history.contenders:
            for run in contender.runs:
                live.epochs[run.run] = list(run.epochs)
                for timing in run.timings:
                    live._keep_times(contender.name, timing.seconds)
                if run.memory is not None:
                    live.memory[contender.name] = run.memory
        return live

    def take(self, events: Iterable[Event]) -> None:
        """Takes events in."""
        for event in events:
            if isinstance(event, EpochFinished):
                self.epochs.setdefault(event.run, []).append(event.record)
            elif isinstance(event, StepsTimed):
                self._keep_times(event.run.contender, event.seconds[event.warmup :])
            elif isinstance(event, RunStarted):
                self.memory[event.run.contender] = event.memory
                kept = self.epochs.get(event.run, [])
                self.epochs[event.run] = [e for e in kept if e.epoch < event.first_epoch]

    def _keep_times(self, contender: str, seconds: Sequence[float] | np.ndarray) -> None:
        before = self.milliseconds.get(contender, np.empty(0))
        now = np.concatenate([before, np.asarray(seconds, dtype=np.float64) * 1000])
        self.milliseconds[contender] = now[-_KEPT_TIMES:]


@dataclass(frozen=True, eq=False)
class LossCurve:
    """Mean over the seeds that have reached each epoch, with their range.

    Attributes:
        x: Epochs, mean steps or mean seconds, (points,).
        mean: (points,).
        low: The lowest seed, (points,).
        high: The highest seed, (points,).
        seeds: Seeds at the first point.
    """

    x: Doubles
    mean: Doubles
    low: Doubles
    high: Doubles
    seeds: int


def loss_curves(
    epochs: Mapping[RunId, Sequence[EpochRecord]], loss: Loss, x_axis: XAxis
) -> dict[str, LossCurve]:
    """A curve for each contender that has finished an epoch.

    Without a validation part the training loss takes the place of the validation loss.
    """
    grouped: dict[str, list[Sequence[EpochRecord]]] = {}
    for run, records in epochs.items():
        if records:
            grouped.setdefault(run.contender, []).append(records)
    return {name: _curve(runs, loss, x_axis) for name, runs in grouped.items()}


def run_lines(
    epochs: Mapping[RunId, Sequence[EpochRecord]], loss: Loss, x_axis: XAxis
) -> dict[str, list[Line]]:
    """The line of every run, by contender, as `loss_curves` takes them together."""
    found: dict[str, list[Line]] = {}
    for run, records in epochs.items():
        if records:
            x = np.array([getattr(record, x_axis) for record in records], dtype=np.float64)
            y = np.array([_loss(record, loss) for record in records])
            found.setdefault(run.contender, []).append((x, y))
    return found


def has_validation(epochs: Mapping[RunId, Sequence[EpochRecord]]) -> bool:
    """Whether validation losses were recorded."""
    records = (record for each in epochs.values() for record in each)
    return any(record.validation_loss is not None for record in records)


def _curve(runs: Sequence[Sequence[EpochRecord]], loss: Loss, x_axis: XAxis) -> LossCurve:
    longest = max(len(records) for records in runs)
    values, x = np.full((2, len(runs), longest), np.nan)
    for row, records in enumerate(runs):
        values[row, : len(records)] = [_loss(record, loss) for record in records]
        x[row, : len(records)] = [getattr(record, x_axis) for record in records]
    return LossCurve(
        x=np.nanmean(x, axis=0),
        mean=np.nanmean(values, axis=0),
        low=np.nanmin(values, axis=0),
        high=np.nanmax(values, axis=0),
        seeds=len(runs),
    )


def smoothed(values: Doubles) -> Doubles:
    """An exponential moving average without the pull of its start, (points,).

    Each value weighs 0.8 times the one behind it (Kingma and Ba 2015, the correction of section 3).
    """
    weights = _KEPT_WEIGHT ** np.arange(len(values), dtype=np.float64)
    sums = np.empty(len(values))
    last = 0.0
    for at, value in enumerate(values):
        sums[at] = last = _KEPT_WEIGHT * last + value
    return sums / np.cumsum(weights)


def _loss(record: EpochRecord, loss: Loss) -> float:
    if loss == "validation" and record.validation_loss is not None:
        return record.validation_loss
    return record.train_loss


def memory_shares(memory: TrainingMemory) -> tuple[tuple[str, float], ...]:
    """MB by kind, from the bottom of a stacked bar upwards."""
    kinds = ("weights", "gradients", "optimizer", "activations")
    return tuple((kind, getattr(memory, kind) / 1e6) for kind in kinds)
