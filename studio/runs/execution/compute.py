"""The one thread that does all torch work: training, traces, evaluation, exports.

One parallel region of torch in any other thread would cut the training speed to a fraction,
because thread counts are per thread and OpenMP stops spinning when threads outnumber cores.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from studio.core.system.closing import Closing

T = TypeVar("T")


class Compute(Protocol):
    """Runs jobs one after another."""

    def submit(self, job: Callable[[], T], *, brief: bool = False) -> Future[T]:
        """Queues a job; the future gets its result or exception.

        Args:
            job: The job.
            brief: Whether it may run during a long job, such as training.
        """
        ...

    def run_brief(self) -> None:
        """Runs waiting brief jobs; called by a long job between two of its parts."""
        ...


class Executor(Compute, Protocol):
    """A Compute that can be closed."""

    def close(self) -> None:
        """Runs the queued jobs, ends and waits for it."""
        ...


@dataclass(frozen=True)
class _Queued:
    run: Callable[[], None] | None
    is_brief: bool


class ComputeThread(Closing):
    """A permanent thread with a queue of jobs."""

    def __init__(self, name: str = "compute") -> None:
        self._jobs: deque[_Queued] = deque()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name=name)
        self._thread.start()

    def submit(self, job: Callable[[], T], *, brief: bool = False) -> Future[T]:
        future: Future[T] = Future()
        self._put(_Queued(lambda: fulfil(future, job), brief))
        return future

    def run_brief(self) -> None:
        while (job := self._take_brief()) is not None:
            job()

    def close(self) -> None:
        """Ends the thread after the queued jobs and waits for it."""
        self._put(_Queued(None, is_brief=False))
        self._thread.join()

    def _put(self, queued: _Queued) -> None:
        with self._changed:
            self._jobs.append(queued)
            self._changed.notify()

    def _take_brief(self) -> Callable[[], None] | None:
        with self._changed:
            for queued in self._jobs:
                if queued.is_brief:
                    self._jobs.remove(queued)
                    return queued.run
        return None

    def _take(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._jobs:
                self._changed.wait()
            return self._jobs.popleft().run

    def _work(self) -> None:
        while (job := self._take()) is not None:
            job()


def fulfil(future: Future[T], job: Callable[[], T]) -> None:
    """Runs a job and sets its result or exception on the future."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - raised again by future.result()
        future.set_exception(error)
