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

from studio.core.closing import Closing

T = TypeVar("T")


class Compute(Protocol):
    """Something that runs jobs one after the other."""

    def submit(self, job: Callable[[], T], *, brief: bool = False) -> Future[T]:
        """Queues a job; its result or exception comes through the future.

        Args:
            job: What to do.
            brief: Whether a long job, such as training, may let it go first.
        """
        ...

    def run_brief(self) -> None:
        """Runs the brief jobs that wait; for a long job, between two of its parts."""
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
        """See Compute."""
        future: Future[T] = Future()
        self._put(_Queued(lambda: fulfil(future, job), brief))
        return future

    def run_brief(self) -> None:
        """See Compute."""
        while (job := self._take_brief()) is not None:
            job()

    def close(self) -> None:
        """Ends the thread after the jobs that were queued before; waits for it."""
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
    """Runs a job into its future; whoever asks for the result gets its exception."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - handed to the one who asked
        future.set_exception(error)
