"""The training of a comparison, a job for the compute thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.core.errors import MachineError
from studio.core.results.events import (
    ComparisonEnded,
    Event,
    PairId,
    RunFailed,
    RunFinished,
    RunId,
    RunStarted,
    RunStopped,
)
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.fold_ids import FoldId
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.training.errors import TrainingFailed
from studio.nn.training.trainer import Trainer
from studio.runs.execution.control import Control
from studio.runs.execution.interleaved_run import InterleavedRun
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.execution.turn_order import TurnRule, turn_order
from studio.runs.planning.fold_tasks import Tasks

_POLL_SECONDS = 0.1


def _do_nothing() -> None: ...


@dataclass(frozen=True)
class TrainingJob:
    """All remaining runs of a comparison.

    Contenders of one seed take turns; the next seed starts when all of them have ended. The data
    of one fold is in memory at a time.

    Attributes:
        spec: The comparison, with names and sizes filled in.
        tasks: The prepared data of each fold.
        waiting: The runs to train, each with the point to resume at, or None to start.
        control: Pause and stop.
        emit: Called with every event.
        rule: The length of turns.
        first_turn: Number of the first round, after those recorded before.
        between_turns: Called before every turn, and repeatedly during a pause.
    """

    spec: ComparisonSpec
    tasks: Tasks
    waiting: Mapping[RunId, ResumePoint | None]
    control: Control
    emit: Callable[[Event], None]
    rule: TurnRule = field(default_factory=TurnRule)
    first_turn: int = 0
    between_turns: Callable[[], None] = _do_nothing

    def __call__(self) -> None:
        """Trains until every run has ended or control stops.

        Raises:
            MachineError: The requested device or engine is not available.
            SpecError: The device does not support the requested precision.
        """
        machine = self.spec.machine
        device = device_for(machine)
        use_threads(choose_threads(machine.threads))
        if machine.engine != "torch" and device.type == "cpu":
            self._wait_for_kernels()
        for fold_id in dict.fromkeys(run.fold_id for run in self.waiting):
            if not self.control.is_stopped:
                self._train_fold(fold_id, TaskTensors(self.tasks(fold_id), device))
        self.emit(ComparisonEnded("stopped" if self.control.is_stopped else "finished"))

    def _wait_for_kernels(self) -> None:
        """Waits until the fused engine is compiled or control stops."""
        cells = {contender.cell for contender in self.spec.contenders}
        while not self.control.is_stopped and not wait_for_kernels(_POLL_SECONDS, cells):
            self.between_turns()

    def _train_fold(self, fold_id: FoldId, tensors: TaskTensors) -> None:
        for pair in dict.fromkeys(run.pair for run in self.waiting if run.fold_id == fold_id):
            self._train_pair(pair, tensors)

    def _train_pair(self, pair: PairId, tensors: TaskTensors) -> None:
        started = [self._start(run_id, tensors) for run_id in self.waiting if run_id.pair == pair]
        active = [run for run in started if run is not None]
        turn = self.first_turn
        while active and not self.control.is_stopped:
            for position, run in enumerate(turn_order(active, turn)):
                self.control.wait_while_paused(self.between_turns)
                if self.control.is_stopped:
                    break
                if not self._take_turn(run, turn, position):
                    active.remove(run)
            turn += 1
        for run in active:
            self.emit(RunStopped(run.run))

    def _start(self, run: RunId, tensors: TaskTensors) -> InterleavedRun | None:
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
        started = RunStarted(run, trainer.execution, trainer.memory, trainer.epoch + 1, untrained)
        self.emit(started)
        return InterleavedRun(run, trainer, tensors, self.rule, self.emit)

    def _take_turn(self, run: InterleavedRun, turn: int, position: int) -> bool:
        """Whether the run continues after its turn."""
        trainer = run.trainer
        try:
            run.take_turn(turn, position, self.control)
            if not trainer.is_over:
                return True
            self.emit(RunFinished(run.run, trainer.ending, trainer.result()))
        except TrainingFailed as failure:
            self.emit(RunFailed(run.run, trainer.epoch, failure.reason, failure.remedy))
        return False

    def _contender(self, name: str) -> ContenderSpec:
        return next(spec for spec in self.spec.contenders if spec.name == name)
