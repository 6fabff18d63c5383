"""The one thread that does all torch work: training, traces, evaluation, exports.

One parallel region of torch in any other thread would cut the training speed to a fraction,
because thread counts are per thread and OpenMP stops spinning when threads outnumber cores.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, Self, TypeVar

T = TypeVar("T")


class Compute(Protocol):
    """Something that runs jobs one after the other."""

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Queues a job; its result or exception comes through the future."""
        ...


class ComputeThread:
    """A permanent thread with a queue of jobs."""

    def __init__(self, name: str = "compute") -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name)
        self._thread.start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """See Compute."""
        future: Future[T] = Future()
        self._jobs.put(lambda: fulfil(future, job))
        return future

    def close(self) -> None:
        """Ends the thread after the jobs that were queued before; waits for it."""
        self._jobs.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def fulfil(future: Future[T], job: Callable[[], T]) -> None:
    """Runs a job into its future; whoever asks for the result gets its exception."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(job())
    except BaseException as error:  # noqa: BLE001 - handed to the one who asked
        future.set_exception(error)
