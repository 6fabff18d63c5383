"""How far a comparison is, from its events: what the terminal and the window both show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.core.division import WHOLE, Division
from studio.core.durations import in_words
from studio.core.errors import UserError
from studio.core.events import (
    ComparisonEnded,
    EpochFinished,
    EpochRecord,
    Event,
    RunEvent,
    RunFailed,
    RunFinished,
    RunId,
    RunStarted,
    RunStopped,
    StepsTimed,
)
from studio.core.examples import steps_of_epoch
from studio.core.history import ComparisonHistory, Status
from studio.core.spec import TrainingSpec

_MEMORY_OF_TIMES = 0.8


@dataclass(frozen=True)
class RunProgress:
    """One run so far.

    Attributes:
        status: As in a history.
        share: Share of its planned steps that are done, 1 once it has ended by itself.
        last: Its last finished epoch.
        step_seconds: A moving average of the medians of its step times, or None before the first.
        problem: Why it failed, or "".
    """

    status: Status = "waiting"
    share: float = 0.0
    last: EpochRecord | None = None
    step_seconds: float | None = None
    problem: str = ""

    @property
    def done(self) -> float:
        """Share of what there was to do: a failed run has nothing left to do."""
        return 1.0 if self.status == "failed" else self.share


@dataclass(frozen=True)
class Lane:
    """What a contender's lane shows: its current run, and how far all its runs are.

    Attributes:
        contender: Its name.
        run: The run that trains, or the last one that did.
        number: That run's place among the contender's runs, from 1.
        runs: How many runs it has.
        progress: Of that run.
        share: Share of all its runs that is done.
    """

    contender: str
    run: RunId
    number: int
    runs: int
    progress: RunProgress
    share: float


@dataclass(frozen=True)
class ComparisonProgress:
    """All runs so far; `after` gives the progress after one more event."""

    training: TrainingSpec
    steps_of_an_epoch: Mapping[Division, int]
    runs: Mapping[RunId, RunProgress]
    ended: ComparisonEnded | None = None

    @classmethod
    def of(cls, history: ComparisonHistory) -> "ComparisonProgress":
        """The progress that a session remembers."""
        training = history.spec.training_in_force
        carried, batch = history.preparation.carried, training.batch_size
        steps = {
            each.division: steps_of_epoch(each.part_sizes["training"], batch, carried=carried)
            for each in history.divisions
        }
        progress = cls(training, steps, {})
        runs = {
            run.run: RunProgress(
                status=run.status if run.status != "running" else "waiting",
                share=1.0 if run.has_ended else progress._share(run.run, run.epochs[-1:]),
                last=run.epochs[-1] if run.epochs else None,
                problem=run.reason,
            )
            for contender in history.contenders
            for run in contender.runs
        }
        return replace(progress, runs=runs)

    @property
    def share(self) -> float:
        """Share of the whole comparison that is done, 0 to 1."""
        return float(np.mean([run.done for run in self.runs.values()])) if self.runs else 0.0

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """A lane for each contender in the order of the spec."""
        names = dict.fromkeys(run.contender for run in self.runs)
        return tuple(self._lane(name) for name in names)

    def place(self, lane: Lane) -> tuple[str, str]:
        """Which of its runs a lane shows, and how far that is by what ends it, in words.

        Such as "seed 2 of 3" and "epoch 4 of 20". Seconds end a run whatever its epochs, steps
        before the last of them.
        """
        kind = "seed" if lane.run.division == WHOLE else "run"
        last = lane.progress.last
        epoch, step, spent = (last.epoch, last.step, last.seconds) if last else (0, 0, 0.0)
        training = self.training
        if training.seconds is not None:
            far = f"epoch {epoch:,}, {in_words(spent)} of {in_words(training.seconds)}"
        elif training.steps is not None and training.steps <= self._steps_of(lane.run):
            far = f"epoch {epoch:,}, step {step:,} of {training.steps:,}"
        else:
            far = f"epoch {epoch:,} of {training.epochs:,}"
        return f"{kind} {lane.number} of {lane.runs}", far

    def after(self, event: Event) -> "ComparisonProgress":
        """The progress once this has happened."""
        if isinstance(event, ComparisonEnded):
            return replace(self, ended=event)
        run = self.runs.get(event.run, RunProgress())
        return replace(self, runs={**self.runs, event.run: self._after(run, event)})

    def _after(self, run: RunProgress, event: RunEvent) -> RunProgress:
        match event:
            case RunStarted():
                run = replace(run, status="running")
            case StepsTimed():
                run = replace(run, step_seconds=_blend(run.step_seconds, event))
            case EpochFinished():
                run = replace(run, last=event.record, share=self._share(event.run, (event.record,)))
            case RunFinished():
                run = replace(run, status=event.reason, share=1.0)
            case RunStopped():
                run = replace(run, status="stopped")
            case RunFailed():
                problem = str(UserError(event.reason, remedy=event.remedy))
                run = replace(run, status="failed", problem=problem)
        return run

    def _share(self, run: RunId, last: tuple[EpochRecord, ...]) -> float:
        if not last:
            return 0.0
        if self.training.seconds is not None:
            return min(1.0, last[0].seconds / self.training.seconds)
        planned = self._steps_of(run)
        if self.training.steps is not None:
            planned = min(planned, self.training.steps)
        return min(1.0, last[0].step / planned)

    def _steps_of(self, run: RunId) -> int:
        """Steps of all its epochs."""
        return self.training.epochs * self.steps_of_an_epoch[run.division]

    def _lane(self, contender: str) -> Lane:
        own = [run for run in self.runs if run.contender == contender]
        begun = [run for run in own if self.runs[run].status != "waiting"]
        shown = next((run for run in own if self.runs[run].status == "running"), None)
        shown = shown or (begun[-1] if begun else own[0])
        share = float(np.mean([self.runs[run].done for run in own]))
        number = own.index(shown) + 1
        return Lane(contender, shown, number, len(own), self.runs[shown], share)


def _blend(before: float | None, event: StepsTimed) -> float | None:
    steady = event.seconds[event.warmup :]
    if not len(steady):
        return before
    now = float(np.median(steady))
    if before is None:
        return now
    return _MEMORY_OF_TIMES * before + (1 - _MEMORY_OF_TIMES) * now
