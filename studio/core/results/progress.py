"""Progress of a comparison from its events; shown by the terminal and the window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.core.durations import format_duration
from studio.core.errors import UserError
from studio.core.results.events import (
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
    SavingDelayed,
    StepsTimed,
)
from studio.core.results.history import ComparisonHistory, Status
from studio.core.specs.comparison_spec import TrainingSpec
from studio.core.specs.fold_ids import SINGLE_SPLIT, FoldId
from studio.core.specs.training_spec import steps_of_epoch

_DECAY_OF_STEP_TIMES = 0.8


@dataclass(frozen=True)
class RunProgress:
    """One run so far.

    Attributes:
        status: As in a history.
        share: Share of its planned steps that are done; 1 once it is complete.
        last: Its last finished epoch.
        step_seconds: Moving average of median step times; None before the first.
        problem: Why it failed, or "".
    """

    status: Status = "waiting"
    share: float = 0.0
    last: EpochRecord | None = None
    step_seconds: float | None = None
    problem: str = ""

    @property
    def done(self) -> float:
        """Share of its work that is done; a failed run has none left."""
        return 1.0 if self.status == "failed" else self.share


@dataclass(frozen=True)
class ContenderProgress:
    """Progress of a contender: its current run, and the share of all its runs.

    Attributes:
        contender: Its name.
        run: The run that is training, or the last one that was.
        number: That run's position among the contender's runs, from 1.
        runs: Number of its runs.
        progress: Progress of that run.
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
    """Progress of all runs; `after` returns the progress after one more event."""

    training: TrainingSpec
    steps_of_an_epoch: Mapping[FoldId, int]
    runs: Mapping[RunId, RunProgress]
    ended: ComparisonEnded | None = None
    delay: str = ""

    @classmethod
    def of(cls, history: ComparisonHistory) -> "ComparisonProgress":
        """The progress of a stored comparison."""
        training = history.spec.training_in_force
        carried, batch = history.preprocessing.carried, training.batch_size
        steps = {
            record.fold_id: steps_of_epoch(record.part_sizes["training"], batch, carried=carried)
            for record in history.folds
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
    def lanes(self) -> tuple[ContenderProgress, ...]:
        """The progress of each contender, in the order of the spec."""
        names = dict.fromkeys(run.contender for run in self.runs)
        return tuple(self._lane(name) for name in names)

    def place(self, lane: ContenderProgress) -> tuple[str, str]:
        """Which run a lane shows, and how far it is, such as "seed 2 of 3" and "epoch 4 of 20".

        The second part counts what ends the run: seconds, steps or epochs.
        """
        kind = "seed" if lane.run.fold_id == SINGLE_SPLIT else "run"
        last = lane.progress.last
        epoch, step, spent = (last.epoch, last.step, last.seconds) if last else (0, 0, 0.0)
        training = self.training
        if training.seconds is not None:
            reached = (
                f"epoch {epoch:,}, {format_duration(spent)} of {format_duration(training.seconds)}"
            )
        elif training.steps is not None and training.steps <= self._steps_of(lane.run):
            reached = f"epoch {epoch:,}, step {step:,} of {training.steps:,}"
        else:
            reached = f"epoch {epoch:,} of {training.epochs:,}"
        return f"{kind} {lane.number} of {lane.runs}", reached

    def after(self, event: Event) -> "ComparisonProgress":
        """The progress after this event."""
        if isinstance(event, SavingDelayed):
            return replace(self, delay=event.reason)
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
        return self.training.epochs * self.steps_of_an_epoch[run.fold_id]

    def _lane(self, contender: str) -> ContenderProgress:
        own = [run for run in self.runs if run.contender == contender]
        started = [run for run in own if self.runs[run].status != "waiting"]
        shown = next((run for run in own if self.runs[run].status == "running"), None)
        shown = shown or (started[-1] if started else own[0])
        share = float(np.mean([self.runs[run].done for run in own]))
        number = own.index(shown) + 1
        return ContenderProgress(contender, shown, number, len(own), self.runs[shown], share)


def _blend(before: float | None, event: StepsTimed) -> float | None:
    steady = event.seconds[event.warmup :]
    if not len(steady):
        return before
    now = float(np.median(steady))
    if before is None:
        return now
    return _DECAY_OF_STEP_TIMES * before + (1 - _DECAY_OF_STEP_TIMES) * now
