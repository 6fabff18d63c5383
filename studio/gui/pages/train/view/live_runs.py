"""What the page Train shows, from epochs, step times and sizes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.analysis import time_ratio
from studio.analysis.basis import engine_inequality
from studio.analysis.wording import basis_sentence
from studio.core.arrays import Doubles
from studio.core.results.events import (
    EpochFinished,
    EpochRecord,
    Event,
    GatesTraced,
    RunId,
    RunStarted,
    StepsTimed,
    TrainingMemory,
)
from studio.core.results.history import ComparisonHistory

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
        for event in events:
            if isinstance(event, EpochFinished):
                self.epochs.setdefault(event.run, []).append(event.record)
            elif isinstance(event, StepsTimed):
                self._keep_times(event.run.contender, event.seconds[event.warmup :])
            elif isinstance(event, RunStarted):
                self.memory[event.run.contender] = event.memory
                epochs = self.epochs.get(event.run, [])
                self.epochs[event.run] = [e for e in epochs if e.epoch < event.first_epoch]

    def _keep_times(self, contender: str, seconds: Sequence[float] | np.ndarray) -> None:
        before = self.milliseconds.get(contender, np.empty(0))
        now = np.concatenate([before, np.asarray(seconds, dtype=np.float64) * 1000])
        self.milliseconds[contender] = now[-_KEPT_TIMES:]


def traces_text(traces: Mapping[str, GatesTraced]) -> str:
    """Which runs' gates are shown: "seed 1, epoch 12", or each contender's where they differ."""
    words_by_name = {
        name: f"seed {trace.run.pair}, epoch {trace.epoch:,}" for name, trace in traces.items()
    }
    if len(set(words_by_name.values())) == 1:
        return next(iter(words_by_name.values()))
    pairs = {trace.run.pair for trace in traces.values()}
    if len(pairs) > 1:
        return "; ".join(f"{name}: {words}" for name, words in words_by_name.items())
    epochs = ", ".join(f"{trace.epoch:,} ({name})" for name, trace in traces.items())
    return f"seed {pairs.pop()}, epoch {epochs}"


def memory_shares(memory: TrainingMemory) -> tuple[tuple[str, float], ...]:
    """MB by kind, from the bottom of a stacked bar upwards."""
    kinds = ("weights", "gradients", "optimizer", "activations")
    return tuple((kind, getattr(memory, kind) / 1e6) for kind in kinds)


def speed_sentence(milliseconds: Mapping[str, Doubles], history: ComparisonHistory) -> str:
    """The first two contenders' step times: the ratio with its interval once runs have ended.

    Before, the medians so far; they are no verdict.
    """
    if len(history.contenders) < 2:  # noqa: PLR2004 - a pair
        return ""
    first, second = history.contenders[:2]
    timing = time_ratio(first, second)
    if timing is not None and timing.ratio.is_known:
        ratio = timing.ratio
        return (
            f"A step of {first.name} takes {ratio.value:.2f} times as long as one of "
            f"{second.name} (95 % interval {ratio.low:.2f} to {ratio.high:.2f})."
        )
    timed = [name for name in (first.name, second.name) if len(milliseconds.get(name, ()))]
    medians = (f"{name} {np.median(milliseconds[name]):.2f} ms" for name in timed)
    return f"So far: {', '.join(medians)} per step." if timed else ""


def inequality_text(history: ComparisonHistory) -> str:
    """Which cells the engine favours, or ""."""
    names = [contender.name for contender in history.contenders]
    inequality = engine_inequality(history, names)
    return basis_sentence(inequality) if inequality else ""
