"""What the page Train shows, from epochs, step times and sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.core.arrays import Doubles
from studio.core.events import (
    EpochFinished,
    EpochRecord,
    Event,
    GatesTraced,
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


def traces_in_words(traces: Mapping[str, GatesTraced]) -> str:
    """Which runs' gates are shown: "seed 1, epoch 12", or each contender's where they differ."""
    told = {name: f"seed {each.run.pair}, epoch {each.epoch:,}" for name, each in traces.items()}
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    pairs = {each.run.pair for each in traces.values()}
    if len(pairs) > 1:
        return "; ".join(f"{name}: {words}" for name, words in told.items())
    epochs = ", ".join(f"{each.epoch:,} ({name})" for name, each in traces.items())
    return f"seed {pairs.pop()}, epoch {epochs}"


def memory_shares(memory: TrainingMemory) -> tuple[tuple[str, float], ...]:
    """MB by kind, from the bottom of a stacked bar upwards."""
    kinds = ("weights", "gradients", "optimizer", "activations")
    return tuple((kind, getattr(memory, kind) / 1e6) for kind in kinds)
