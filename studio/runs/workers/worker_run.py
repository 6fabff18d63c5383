"""What runs on a worker: one run after another, each with its events told as they happen."""

import math
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from distributed import get_worker

from studio.core.errors import MachineError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import (
    EpochFinished,
    RunEvent,
    RunFailed,
    RunFinished,
    RunStarted,
)
from studio.core.system import allocator, openmp
from studio.runs.workers.delivery import obtain
from studio.runs.workers.orders import Order, Outcome, Told
from studio.runs.workers.own_machine import folder_here, threads_of
from studio.runs.workers.shipped_task import read_task

if TYPE_CHECKING:
    from studio.nn.training.trainer import Trainer

ON_A_WORKER = "trained on a worker, its times taken in turns afterwards"
_POLL_SECONDS = 0.05
_stopped: set[str] = set()
_paused: set[str] = set()
_training: set[str] = set()


@cache
def prepare_process() -> None:
    """What a worker's process needs before torch is imported."""
    allocator.keep_freed_memory()
    openmp.limit_spinning()


def stop_runs(topics: set[str]) -> None:
    """Runs of these topics end after their current step; called in the worker."""
    _stopped.update(topics)


def is_stopped(topic: str) -> bool:
    """Whether runs of this topic are to end: they were stopped, or nobody waits for this one."""
    return topic in _stopped or _is_given_up()


def _is_given_up() -> bool:
    """Whether the scheduler has taken the task back, as it does where its client is gone."""
    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is None or task.state == "cancelled"


def pause_runs(topics: set[str], *, paused: bool) -> None:
    """Runs of these topics wait, or go on; called in the worker."""
    if paused:
        _paused.update(topics)
    else:
        _paused.difference_update(topics)


def topics_here() -> list[str]:
    """The runs that this worker trains."""
    return sorted(_training)


def train_run(order: Order) -> Outcome:
    """Trains a run and tells its events; the function that Dask carries to a worker."""
    prepare_process()
    _training.add(str(order.run))
    try:
        return _train(order)
    finally:
        _training.discard(str(order.run))


def _train(order: Order) -> Outcome:
    worker = get_worker()
    numbers = iter(range(1 << 62))
    told = 0

    def emit(event: RunEvent) -> None:
        nonlocal told
        message = Told(order.topic, next(numbers), event)
        told += 1
        worker.log_event(order.topic, pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))

    was_stopped = not _Training(order, emit).to_the_end()
    return Outcome(order.topic, told, was_stopped)


class _Training:
    """A run on this worker."""

    def __init__(self, order: Order, emit: Callable[[RunEvent], None]) -> None:
        self._order, self._emit = order, emit

    def to_the_end(self) -> bool:
        """Trains; returns whether it was not stopped before its end."""
        from studio.nn.training.errors import TrainingFailed

        epoch = 0
        try:
            folder = obtain(self._order.task, lambda: self._is_stopped)
            if folder is None:
                return False
            trainer = self._trainer(folder)
            epoch = trainer.epoch
            self._emit(
                RunStarted(
                    self._order.run,
                    replace(trainer.execution, note=_joined(trainer.execution.note)),
                    trainer.memory,
                    trainer.epoch + 1,
                    trainer.snapshot() if self._order.resume is None else None,
                )
            )
            while not trainer.is_over:
                if self._waits_until_stopped():
                    return False
                with trainer.turn():
                    self._epoch(trainer)
                epoch = trainer.epoch
            if self._is_stopped:
                return False
            self._emit(RunFinished(self._order.run, trainer.ending, trainer.result()))
        except TrainingFailed as failure:
            self._emit(RunFailed(self._order.run, epoch, failure.reason, failure.remedy))
        except MachineError as error:
            self._emit(RunFailed(self._order.run, epoch, error.what, error.remedy))
        return True

    def _trainer(self, folder: Path) -> "Trainer":
        from studio.nn.batching.task_tensors import TaskTensors
        from studio.nn.engines.devices import choose_threads, device_for, use_threads
        from studio.nn.training.trainer import Trainer
        from studio.runs.execution.kernels import start_kernels, wait_for_kernels

        order = self._order
        device = device_for(order.machine)
        machine = threads_of(order.machine)
        use_threads(choose_threads(machine.threads))
        if order.machine.engine != "torch" and device.type == "cpu":
            start_kernels(folder_here("kernels", order.kernels))
            wait_for_kernels(cells={order.contender.cell})
        tensors = TaskTensors(task_in(folder), device)
        return Trainer(
            order.contender, order.training, machine, tensors, order.run.randomness,
            order.resume,
        )  # fmt: skip

    def _epoch(self, trainer: "Trainer") -> None:
        """One epoch, or less if it is stopped or pauses; no times are taken."""
        while not self._is_interrupted:
            trainer.step()
            if trainer.epoch_is_over:
                self._emit(EpochFinished(self._order.run, *trainer.finish_epoch(math.nan)))
                return

    @property
    def _is_stopped(self) -> bool:
        return is_stopped(self._order.topic)

    @property
    def _is_interrupted(self) -> bool:
        return self._is_stopped or self._order.topic in _paused

    def _waits_until_stopped(self) -> bool:
        """Waits while it is paused; returns whether it is to stop."""
        while self._order.topic in _paused and not self._is_stopped:
            time.sleep(_POLL_SECONDS)
        return self._is_stopped


def _joined(note: str) -> str:
    return "; ".join(filter(None, (note, ON_A_WORKER)))


@lru_cache(maxsize=2)
def task_in(folder: Path) -> PreparedTask:
    """The prepared data in a folder, read once."""
    return read_task(folder)
