"""The training of a whole comparison, a job for the compute thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.core.division import Division
from studio.core.errors import MachineError
from studio.core.events import (
    ComparisonEnded,
    Event,
    Pair,
    RunFailed,
    RunFinished,
    RunId,
    RunStarted,
    RunStopped,
)
from studio.core.record import ResumePoint
from studio.core.spec import ComparisonSpec, ContenderSpec
from studio.nn.devices import choose_threads, device_for, use_threads
from studio.nn.failures import TrainingFailed
from studio.nn.task_tensors import TaskTensors
from studio.nn.trainer import Trainer
from studio.runs.control import Control
from studio.runs.divisions import Tasks
from studio.runs.kernels import wait_for_kernels
from studio.runs.schedule import TurnRule, turn_order
from studio.runs.turns import TurnTaker

_LOOK_SECONDS = 0.1


def _nothing() -> None: ...


@dataclass(frozen=True)
class TrainingJob:
    """All runs of a comparison that are still to be made.

    Contenders of one seed take turns; the next seed begins when all of them have ended. The data
    of one division is in memory at a time.

    Attributes:
        spec: The comparison, with names and sizes filled in.
        tasks: The prepared data of each division.
        waiting: The runs to make, each with where it goes on, or None to begin.
        control: Pause and stop.
        emit: Takes every event.
        rule: How long turns are.
        first_turn: Number of the first round, above those that were recorded before.
        between_turns: Called before every turn, and now and then in a pause.
    """

    spec: ComparisonSpec
    tasks: Tasks
    waiting: Mapping[RunId, ResumePoint | None]
    control: Control
    emit: Callable[[Event], None]
    rule: TurnRule = field(default_factory=TurnRule)
    first_turn: int = 0
    between_turns: Callable[[], None] = _nothing

    def __call__(self) -> None:
        """Trains until every run has ended or control stops.

        Raises:
            MachineError: The device or engine that was asked for is not there.
            SpecError: The device that serves has not the precision that was asked for.
        """
        machine = self.spec.machine
        device = device_for(machine)
        use_threads(choose_threads(machine.threads))
        if machine.engine != "torch" and device.type == "cpu":
            self._wait_for_kernels()
        for division in dict.fromkeys(run.division for run in self.waiting):
            if not self.control.is_stopped:
                self._train_division(division, TaskTensors(self.tasks(division), device))
        self.emit(ComparisonEnded("stopped" if self.control.is_stopped else "finished"))

    def _wait_for_kernels(self) -> None:
        """Until the fused engine is compiled, or control stops: a run is never cut off by that."""
        cells = {contender.cell for contender in self.spec.contenders}
        while not self.control.is_stopped and not wait_for_kernels(_LOOK_SECONDS, cells):
            self.between_turns()

    def _train_division(self, division: Division, tensors: TaskTensors) -> None:
        for pair in dict.fromkeys(run.pair for run in self.waiting if run.division == division):
            self._train_pair(pair, tensors)

    def _train_pair(self, pair: Pair, tensors: TaskTensors) -> None:
        takers = [self._start(run, tensors) for run in self.waiting if run.pair == pair]
        active = [taker for taker in takers if taker is not None]
        turn = self.first_turn
        while active and not self.control.is_stopped:
            for position, taker in enumerate(turn_order(active, turn)):
                self.control.wait_while_paused(self.between_turns)
                if self.control.is_stopped:
                    break
                if not self._take_turn(taker, turn, position):
                    active.remove(taker)
            turn += 1
        for taker in active:
            self.emit(RunStopped(taker.run))

    def _start(self, run: RunId, tensors: TaskTensors) -> TurnTaker | None:
        if self.control.is_stopped:
            return None
        resume = self.waiting[run]
        try:
            trainer = Trainer(
                self._contender(run.contender),
                self.spec.training_in_force,
                self.spec.machine,
                tensors,
                run.randomness,
                resume,
            )
        except TrainingFailed as failure:
            self.emit(RunFailed(run, 0, failure.reason, failure.remedy))
            return None
        except MachineError as error:
            self.emit(RunFailed(run, 0, error.what, error.remedy))
            return None
        untrained = trainer.snapshot() if resume is None else None
        started = RunStarted(run, trainer.served, trainer.memory, trainer.epoch + 1, untrained)
        self.emit(started)
        return TurnTaker(run, trainer, tensors, self.rule, self.emit)

    def _take_turn(self, taker: TurnTaker, turn: int, position: int) -> bool:
        """Whether the run goes on after its turn."""
        trainer = taker.trainer
        try:
            taker.take_turn(turn, position, self.control)
            if not trainer.is_over:
                return True
            self.emit(RunFinished(taker.run, trainer.ending, trainer.result()))
        except TrainingFailed as failure:
            self.emit(RunFailed(taker.run, trainer.epoch, failure.reason, failure.remedy))
        return False

    def _contender(self, name: str) -> ContenderSpec:
        return next(spec for spec in self.spec.contenders if spec.name == name)
