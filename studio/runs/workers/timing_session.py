"""Step times of a comparison whose runs were trained on workers: a few turns on this machine."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from studio.core.errors import MachineError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import RunId, StepsTimed
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_threads, device_for, use_threads
from studio.nn.training.errors import TrainingFailed
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer
from studio.runs.execution.control import Control
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.execution.turn_order import TurnRule, turn_order

_ROUNDS = 5
_MOST_PAIRS = 3


def untimed_pairs(history: ComparisonHistory) -> list[list[RunId]]:
    """The runs of the first pairs, all of which have ended and none of which has been timed."""
    pairs: dict[object, list[RunId]] = {}
    for contender in history.contenders:
        for run in contender.runs:
            if run.has_ended and not run.timings:
                pairs.setdefault(run.run.pair, []).append(run.run)
    whole = [runs for runs in pairs.values() if len(runs) == len(history.contenders)]
    return whole[:_MOST_PAIRS]


@dataclass(frozen=True)
class TimingSession:
    """Times steps of new networks, in turns as in training, and discards the networks.

    Attributes:
        spec: The comparison.
        task: The data of the first fold.
        pairs: The runs that are timed, pair by pair.
        control: Ends it early.
        emit: Called with the times.
        rule: The length of turns.
        between: Called between turns.
    """

    spec: ComparisonSpec
    task: PreparedTask
    pairs: Sequence[Sequence[RunId]]
    control: Control
    emit: Callable[[StepsTimed], None]
    rule: TurnRule = field(default_factory=lambda: TurnRule(seconds=0.2))
    between: Callable[[], None] = lambda: None

    def __call__(self) -> None:
        """Runs on the compute thread; what cannot be trained is not timed."""
        device = device_for(self.spec.machine)
        use_threads(choose_threads(self.spec.machine.threads))
        if self.spec.machine.engine != "torch" and device.type == "cpu":
            wait_for_kernels(cells={contender.cell for contender in self.spec.contenders})
        tensors = TaskTensors(self.task, device)
        for pair in self.pairs:
            self._time_pair(pair, tensors)

    def _time_pair(self, pair: Sequence[RunId], tensors: TaskTensors) -> None:
        try:
            timed = [_Timed(run, self._trainer(run, tensors), StepClock(tensors.device))
                     for run in pair]  # fmt: skip
            for turn in range(_ROUNDS):
                for position, each in enumerate(turn_order(timed, turn)):
                    self.between()
                    if self.control.is_stopped:
                        return
                    self._take_turn(each, turn, position)
        except (TrainingFailed, MachineError):
            return

    def _trainer(self, run: RunId, tensors: TaskTensors) -> Trainer:
        contender = next(each for each in self.spec.contenders if each.name == run.contender)
        training, machine = self.spec.training_in_force, self.spec.machine
        return Trainer(contender, training, machine, tensors, run.randomness)

    def _take_turn(self, timed: "_Timed", turn: int, position: int) -> None:
        started, steps = time.perf_counter(), 0
        with timed.trainer.turn():
            while (
                steps < self.rule.least_steps or time.perf_counter() - started < self.rule.seconds
            ):
                if timed.trainer.epoch_is_over:
                    timed.trainer.abandon_epoch()
                timed.clock.start()
                timed.trainer.step()
                timed.clock.stop()
                steps += 1
        seconds = timed.clock.take()
        warmup = min(len(seconds), self.rule.warmup)
        self.emit(StepsTimed(timed.run, turn, position, timed.steps, seconds, warmup))
        timed.steps += len(seconds)


@dataclass
class _Timed:
    run: RunId
    trainer: Trainer
    clock: StepClock
    steps: int = 0
