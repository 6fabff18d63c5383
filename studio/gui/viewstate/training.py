"""What the page Train shows, from epochs, step times and sizes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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

_KEPT_TIMES = 600


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


def memory_shares(memory: TrainingMemory) -> tuple[tuple[str, float], ...]:
    """MB by kind, from the bottom of a stacked bar upwards."""
    kinds = ("weights", "gradients", "optimizer", "activations")
    return tuple((kind, getattr(memory, kind) / 1e6) for kind in kinds)
