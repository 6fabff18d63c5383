"""Work in other threads: who does it, what is being waited for, what went wrong."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from studio.core.errors import UserError
from studio.gui.jobs.future_delivery import FutureDelivery
from studio.runs.execution.compute import ComputeThread, Executor

T = TypeVar("T")
_log = logging.getLogger(__name__)


class BackgroundJobs(QObject):
    """Sends jobs to the loader or the compute thread and brings their results back.

    The loader reads files and asks sessions, the compute thread does all torch work. The
    interface thread waits for neither.

    Args:
        compute: Runs torch; a thread of its own where left out.
        loader: Reads files and asks sessions; likewise.
        connection: How results reach the interface; direct where jobs run in its own thread.

    Signals:
        busy_changed: What is being waited for, a sentence, or "".
        failed: A title and the error, for the user.
    """

    busy_changed = Signal(str)
    failed = Signal(str, object)

    def __init__(
        self,
        compute: Executor | None = None,
        loader: Executor | None = None,
        connection: Qt.ConnectionType = Qt.ConnectionType.QueuedConnection,
    ) -> None:
        super().__init__()
        self.compute = compute or ComputeThread("compute")
        self.loader = loader or ComputeThread("loader")
        self._delivery = FutureDelivery(self, connection)
        self._jobs: list[str] = []
        self._background = ""
        self._ending = Event()

    def load(
        self,
        what: str,
        job: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Runs a job in the loader thread; `what` is shown meanwhile.

        Args:
            what: A sentence without its full stop.
            job: What to do there.
            then: Takes the result here.
            otherwise: Takes the error here; without it the error is told by `failed`.
        """
        self._follow(what, self.loader.submit(job), then, otherwise)

    def calculate(
        self,
        what: str,
        job: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Runs a job in the compute thread, while one trains between two turns; else as `load`."""
        self._follow(what, self.compute.submit(job, brief=True), then, otherwise)

    def report(self, title: str, error: BaseException) -> None:
        """Tells the user; an error of the program goes to the log with its traceback."""
        _log_program_error(title, error)
        self.failed.emit(title, error)

    def end_deliveries(self) -> None:
        """What is still computed or read has no receiver any more; long jobs end early."""
        self._ending.set()
        self._delivery.end()

    def show_background(self, what: str) -> None:
        """Shows the progress of background work while nothing else is shown."""
        if what != self._background:
            self._background = what
            self._tell()

    @property
    def is_ending(self) -> bool:
        """Whether the program closes; asked by long jobs in any thread."""
        return self._ending.is_set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being waited for."""
        return not self._jobs

    def _follow(
        self,
        what: str,
        future: "Future[T]",
        then: Callable[[T], None],
        otherwise: Callable[[BaseException], None] | None,
    ) -> None:
        self._jobs.append(what)
        self._tell()

        def done(result: T) -> None:
            self._end(what)
            then(result)

        def failed(error: BaseException) -> None:
            self._end(what)
            if otherwise is None:
                self.report(f"{what} failed", error)
                return
            _log_program_error(what, error)
            otherwise(error)

        self._delivery.when_done(future, done, failed)

    def _end(self, what: str) -> None:
        self._jobs.remove(what)
        self._tell()

    def _tell(self) -> None:
        self.busy_changed.emit(self._jobs[-1] if self._jobs else self._background)


def explained(error: BaseException) -> str:
    """An error in words for the user: what is wrong, where, what to do; never a traceback."""
    if isinstance(error, UserError):
        return str(error)
    what = (str(error).strip() or repr(error)).splitlines()[0].rstrip(".")
    return f"Internal error: {what}. Your work is saved; the log file has the details."


def _log_program_error(title: str, error: BaseException) -> None:
    if not isinstance(error, UserError):
        _log.error("%s", title, exc_info=error)
