"""The turns of one run on the compute thread: steps, times, epochs, traces."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from studio.core.results.events import EpochFinished, GatesTraced, RunEvent, RunId, StepsTimed
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer
from studio.runs.execution.control import Control
from studio.runs.execution.turn_order import TurnRule

Emit = Callable[[RunEvent], None]
_SECONDS_BETWEEN_TRACES = 0.25


@dataclass
class _Turn:
    number: int
    position: int
    started: float
    steps: int = 0
    reported: int = 0


class InterleavedRun:
    """A run that trains in turns and emits events."""

    def __init__(
        self, run: RunId, trainer: Trainer, tensors: TaskTensors, rule: TurnRule, emit: Emit
    ) -> None:
        self.run = run
        self.trainer = trainer
        self._tensors = tensors
        self._rule = rule
        self._emit = emit
        self._clock = StepClock(tensors.device)
        self._seconds = trainer.seconds_before
        self._reported_at = 0.0
        self._traced_at = 0.0

    def take_turn(self, number: int, position: int, control: Control) -> None:
        """Trains until the turn or the run is over, or control interrupts.

        Raises:
            TrainingFailed: The run cannot continue.
        """
        turn = _Turn(number, position, time.perf_counter())
        self._reported_at = turn.started
        with self.trainer.turn():
            while not self.trainer.is_over:
                self._step(turn)
                if self.trainer.epoch_is_over:
                    self._finish_epoch(turn, control)
                    if turn.steps >= self._rule.least_steps:
                        break
                if time.perf_counter() - turn.started >= self._rule.seconds or control.interrupts:
                    break
            self._report(turn)
            self.trainer.check()

    def _step(self, turn: _Turn) -> None:
        self._clock.start()
        self.trainer.step()
        self._clock.stop()
        turn.steps += 1
        self.trainer.spend(self._seconds + self._clock.pending)
        now = time.perf_counter()
        if self._clock.reads_at_once and now - self._reported_at >= self._rule.report_seconds:
            self._report(turn)
            self._reported_at = now

    def _report(self, turn: _Turn) -> None:
        seconds = self._clock.take()
        if not len(seconds):
            return
        self._seconds += float(seconds.sum(dtype="float64"))
        self.trainer.spend(self._seconds)
        self.trainer.follow_time()
        self._emit(
            StepsTimed(
                run=self.run,
                turn=turn.number,
                position=turn.position,
                first_step=self.trainer.step_count - len(seconds),
                seconds=seconds,
                warmup=max(0, min(len(seconds), self._rule.warmup - turn.reported)),
            )
        )
        turn.reported += len(seconds)

    def _finish_epoch(self, turn: _Turn, control: Control) -> None:
        self._report(turn)
        record, best, snapshot = self.trainer.finish_epoch(self._seconds)
        self._emit(EpochFinished(self.run, record, best, snapshot))
        now = time.monotonic()
        if control.pinned is not None and now - self._traced_at >= _SECONDS_BETWEEN_TRACES:
            self._traced_at = now
            self._trace(control.pinned)

    def _trace(self, example: int) -> None:
        _, name = self._tensors.watched
        part = self._tensors.task.parts[name]
        if example >= len(part):  # pinned while a larger set was shown
            return
        trace = self.trainer.trace(part.sequence(example))
        if trace is None:
            return
        position = int(part.positions[example])
        self._emit(GatesTraced(self.run, self.trainer.epoch, example, trace, position))
