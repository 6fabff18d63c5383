"""Runs a pass over many examples as a chain of short jobs in the compute thread."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from studio.gui.jobs.background_jobs import BackgroundJobs, explained
from studio.runs.stored.trace_pass import TracePass

T = TypeVar("T", bound=TracePass)


class PassRunner(QObject):
    """Between two batches training goes on, and the user can stop.

    Attributes:
        is_running: Whether examples are being read.

    Signals:
        changed: It began, went on or ended; `words` says how far it is.
    """

    changed = Signal()

    def __init__(self, jobs: BackgroundJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._number = 0
        self.is_running = False
        self.words = ""

    def begin(
        self, make: Callable[[], T], then: Callable[[T], None], refuse: Callable[[str], None]
    ) -> None:
        """Makes a pass in the loader, and hands it on when it is over; never after `stop`."""
        self._number += 1
        number = self._number
        self._tell("Reading the test examples…", running=True)

        def failed(error: BaseException) -> None:
            if number == self._number:
                self._tell("", running=False)
                refuse(explained(error))

        def go_on(reading: T) -> None:
            if number != self._number:
                return
            if reading.is_over:
                self._tell("", running=False)
                then(reading)
                return
            self._tell(f"{100 * reading.done // max(reading.total, 1)} % done", running=True)

            def step() -> T:
                reading.step()
                return reading

            self._jobs.calculate("Reading gates of the test examples", step, go_on, failed)

        self._jobs.load("Reading the test examples", make, go_on, failed)

    def stop(self) -> None:
        """Ends after the batch in progress; nothing is handed on."""
        self._number += 1
        self._tell("", running=False)

    def _tell(self, words: str, *, running: bool) -> None:
        self.words, self.is_running = words, running
        self.changed.emit()
