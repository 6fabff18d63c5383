"""Work in other threads: who does it, what is being waited for, what went wrong."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from studio.core.errors import UserError
from studio.gui.delivery import Delivery
from studio.runs.compute import ComputeThread

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Waiting(QObject):
    """Sends jobs to the loader or the compute thread and brings their results back.

    The loader reads files and asks sessions, the compute thread does all torch work. The
    interface thread waits for neither.

    Signals:
        busy_changed: What is being waited for, a sentence, or "".
        failed: A title and the error, for the user.
    """

    busy_changed = Signal(str)
    failed = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.compute = ComputeThread("compute")
        self.loader = ComputeThread("loader")
        self._delivery = Delivery(self)
        self._jobs: list[str] = []

    def load(self, what: str, job: Callable[[], T], then: Callable[[T], None]) -> None:
        """Runs a job in the loader thread; `what` is shown meanwhile."""
        self._follow(what, self.loader.submit(job), then)

    def calculate(self, what: str, job: Callable[[], T], then: Callable[[T], None]) -> None:
        """Runs a job in the compute thread, after what is queued there."""
        self._follow(what, self.compute.submit(job), then)

    def report(self, title: str, error: BaseException) -> None:
        """Tells the user; an error of the program goes to the log with its traceback."""
        if not isinstance(error, UserError):
            _log.error("%s", title, exc_info=error)
        self.failed.emit(title, error)

    def close(self) -> None:
        """Ends both threads after what is queued."""
        self.loader.close()
        self.compute.close()

    def _follow(self, what: str, future: "Future[T]", then: Callable[[T], None]) -> None:
        self._jobs.append(what)
        self._tell()

        def done(result: T) -> None:
            self._end(what)
            then(result)

        def failed(error: BaseException) -> None:
            self._end(what)
            self.report(f"{what} did not work", error)

        self._delivery.when_done(future, done, failed)

    def _end(self, what: str) -> None:
        self._jobs.remove(what)
        self._tell()

    def _tell(self) -> None:
        self.busy_changed.emit(self._jobs[-1] if self._jobs else "")
