"""The training of a comparison on workers: hands out runs, records what they tell, starts again."""

import itertools
import logging
import pickle
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from studio.core.results.events import (
    Event,
    RunEvent,
    RunFailed,
    RunId,
    RunStarted,
    RunStopped,
)
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ComparisonSpec, MachineSpec
from studio.core.specs.fold_ids import FoldId
from studio.runs.execution.control import Control
from studio.runs.planning.fold_tasks import Tasks
from studio.runs.workers.cluster import Workers
from studio.runs.workers.orders import Order, Outcome, Told
from studio.runs.workers.shipped_task import write_task

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.05
_LATE_SECONDS = 5.0
_MOST_ATTEMPTS = 4
_MOST_LOST = "its worker was lost {count} times in a row without finishing an epoch"


@dataclass
class _Attempt:
    """A run that is on a worker, or waits for one.

    Attributes:
        order: What was asked for.
        future: Dask's; done when the worker has ended it.
        seen: Events that were passed on.
        ended: When its future was done, on the monotonic clock.
        waiting: Events that came before the one that is due.
    """

    order: Order
    future: Any
    seen: int = 0
    ended: float | None = None
    waiting: dict[int, RunEvent] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkersJob:
    """All remaining runs of a comparison, on workers.

    Attributes:
        spec: The comparison, with names and sizes filled in.
        tasks: The prepared data of each fold.
        waiting: The runs to train, each with the point to resume at, or None to start.
        control: Pause and stop.
        emit: Called with every event, in the order of each run.
        resume_point: Where a run can be resumed by what was recorded; waits for the recorder.
        workers: Who trains.
        machine: Device, engine and threads of each worker.
        folder: Where prepared data is kept for the workers of this machine.
        kernels: Where compiled kernels are.
        say: Told of workers that were lost, a sentence.
    """

    spec: ComparisonSpec
    tasks: Tasks
    waiting: Mapping[RunId, ResumePoint | None]
    control: Control
    emit: Callable[[Event], None]
    resume_point: Callable[[RunId], ResumePoint | None]
    workers: Workers
    machine: MachineSpec
    folder: Path
    kernels: Path
    say: Callable[[str], None]

    def __call__(self) -> None:
        """Trains until every run has ended or control stops."""
        _Coordinator(self).run()


class _Coordinator:
    def __init__(self, job: WorkersJob) -> None:
        self._job = job
        self._told: SimpleQueue[Told] = SimpleQueue()
        self._attempts: dict[str, _Attempt] = {}
        self._lost: dict[RunId, int] = {}
        self._keys: dict[FoldId, str] = {}
        self._names = (f"gate-studio-{uuid4().hex}-{number}" for number in itertools.count())
        self._was_paused = False
        self._is_cut_off = False
        self._stopping: set[str] = set()

    def run(self) -> None:
        for run, resume in self._job.waiting.items():
            self._submit(run, resume)
        try:
            while self._attempts:
                self._follow_control()
                self._take_events()
                if not self._reaches_workers():
                    continue
                self._take_outcomes()
        finally:
            self._leave()

    def _reaches_workers(self) -> bool:
        """Whether the workers can be reached; says so where they cannot, and where they can again.

        What is stopped meanwhile is not waited for: its finished epochs are recorded.
        """
        if self._job.workers.is_connected and not self._is_cut_off:
            return True
        if not self._is_cut_off:
            self._is_cut_off = True
            self._job.say("The cluster cannot be reached; trying again.")
        if self._job.workers.reconnected():
            self._is_cut_off = False
            self._job.say("The cluster can be reached again.")
            return True
        if self._job.control.is_stopped:
            for topic, attempt in list(self._attempts.items()):
                self._forget(topic)
                self._job.emit(RunStopped(attempt.order.run))
        return False

    def _submit(self, run: RunId, resume: ResumePoint | None) -> None:
        from studio.runs.workers.worker_run import train_run

        job = self._job
        order = Order(
            topic=next(self._names),
            run=run,
            contender=next(each for each in job.spec.contenders if each.name == run.contender),
            training=job.spec.training_in_force,
            machine=job.machine,
            task=job.workers.place(self._key(run.fold_id), job.folder),
            kernels=job.kernels,
            resume=resume,
        )
        job.workers.client.subscribe_topic(order.topic, self._hear)
        future = job.workers.submit(train_run, order, key=order.topic)
        self._attempts[order.topic] = _Attempt(order, future)

    def _key(self, fold_id: FoldId) -> str:
        if fold_id not in self._keys:
            self._keys[fold_id] = write_task(self._job.tasks(fold_id), self._job.folder)
        return self._keys[fold_id]

    def _hear(self, event: tuple[float, Any]) -> None:
        """In Dask's thread."""
        self._told.put(pickle.loads(event[1]))  # noqa: S301 - our own worker, over mutual TLS

    def _follow_control(self) -> None:
        control, topics = self._job.control, set(self._attempts)
        if control.is_stopped:
            if topics - self._stopping:
                self._stopping |= topics
                self._tell_workers("stop_runs", topics)
            for topic in [topic for topic, each in self._attempts.items() if not each.seen]:
                _give_up(self._attempts[topic].future)
                self._forget(topic)
            return
        if control.is_paused != self._was_paused:
            self._was_paused = control.is_paused
            self._tell_workers("pause_runs", topics, paused=self._was_paused)

    def _tell_workers(self, what: str, topics: set[str], **named: bool) -> None:
        from studio.runs.workers import worker_run

        try:
            self._job.workers.client.run(
                getattr(worker_run, what), topics, **named, on_error="ignore"
            )
        except (OSError, RuntimeError):
            _log.warning("a worker could not be told to %s", what)

    def _take_events(self) -> None:
        try:
            told = self._told.get(timeout=_POLL_SECONDS)
            while True:
                self._note(told)
                told = self._told.get_nowait()
        except Empty:
            return

    def _note(self, told: Told) -> None:
        attempt = self._attempts.get(told.topic)
        if attempt is None:
            return  # of an attempt that was given up
        attempt.waiting[told.number] = told.event
        while attempt.seen in attempt.waiting:
            event = attempt.waiting.pop(attempt.seen)
            attempt.seen += 1
            if not isinstance(event, RunStarted):
                self._lost.pop(attempt.order.run, None)
            self._job.emit(event)

    def _take_outcomes(self) -> None:
        for topic, attempt in list(self._attempts.items()):
            if not attempt.future.done():
                continue
            self._take_events()
            if attempt.future.status == "finished":
                self._ended(topic, attempt)
            else:
                self._was_lost(topic, attempt)

    def _ended(self, topic: str, attempt: _Attempt) -> None:
        outcome: Outcome = attempt.future.result()
        if attempt.seen < outcome.events:
            attempt.ended = attempt.ended or time.monotonic()
            if time.monotonic() - attempt.ended < _LATE_SECONDS:
                return  # its last events are on their way
            self._was_lost(topic, attempt)
            return
        self._forget(topic)
        if outcome.was_stopped:
            self._job.emit(RunStopped(attempt.order.run))

    def _was_lost(self, topic: str, attempt: _Attempt) -> None:
        """Starts a run again at its last recorded epoch."""
        self._forget(topic)
        run = attempt.order.run
        error = attempt.future.exception() if attempt.future.status == "error" else None
        _log.warning("%s was lost: %s", run, error or attempt.future.status)
        if self._job.control.is_stopped:
            self._job.emit(RunStopped(run))
            return
        if attempt.future.status != "cancelled":  # as all are where the cluster was out of reach
            self._lost[run] = self._lost.get(run, 0) + 1
        if self._lost.get(run, 0) >= _MOST_ATTEMPTS:
            reason = _MOST_LOST.format(count=self._lost[run])
            self._job.emit(RunFailed(run, 0, reason, "Train it in turns, or look at the log"))
            return
        point = self._job.resume_point(run)
        where = "from its start" if point is None else f"after epoch {point.record.epoch}"
        self._job.say(f"The worker of {run} was lost; the run goes on {where}.")
        self._submit(run, point)

    def _forget(self, topic: str) -> None:
        del self._attempts[topic]
        with suppress(Exception):  # the client may be closed, or another one by now
            self._job.workers.client.unsubscribe_topic(topic)

    def _leave(self) -> None:
        for topic, attempt in list(self._attempts.items()):
            _give_up(attempt.future)
            self._forget(topic)


def _give_up(future: Any) -> None:  # noqa: ANN401 - Dask's
    with suppress(Exception):  # its client may be closed
        future.cancel()
