"""Measures claims: a thread that waits, while the compute thread computes."""

import logging
import threading
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal

from studio.claims.analysis.findings import StoredClaimResult
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory
from studio.claims.results_store import ClaimResultsStore, stored_result
from studio.claims.run_claims import MOST_SECONDS, open_laboratory, run_claims
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.paths import Folders

_log = logging.getLogger(__name__)


class ClaimsWork(QObject):
    """The claims being measured and their newest results, which outlive the program.

    Attributes:
        results: The newest result of each claim by its id.
        running: The id of the claim being measured, or "".
        left: The ids that follow it.
        doing: What is trained for it now, a few words.

    Signals:
        changed: A claim began or ended, or `doing` is another.
        problem: An error for the user.
    """

    changed = Signal()
    problem = Signal(object)
    _began = Signal(str)
    _told = Signal(str)
    _measured = Signal(str, object)
    _ended = Signal(object)

    def __init__(
        self, folders: Folders, jobs: BackgroundJobs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folders, self._jobs = folders, jobs
        self._kept = ClaimResultsStore(folders.data / "claims.json")
        self.results: dict[str, StoredClaimResult] = self._kept.read()
        self.running = self.doing = ""
        self.left: list[str] = []
        self._thread: threading.Thread | None = None
        self._laboratory: Laboratory | None = None
        self._is_stopped = threading.Event()
        queued = Qt.ConnectionType.QueuedConnection
        self._began.connect(self._take_begin, queued)
        self._told.connect(self._take_words, queued)
        self._measured.connect(self._take_result, queued)
        self._ended.connect(self._take_end, queued)

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def start(self, claims: Sequence[Claim]) -> None:
        """Measures these claims, each for five minutes at most."""
        if self.is_running or not claims:
            return
        self._is_stopped.clear()
        self.left = [claim.id for claim in claims]
        self._thread = threading.Thread(target=self._run, args=(tuple(claims),), name="claims")
        self._thread.start()
        self.changed.emit()

    def stop(self) -> None:
        """Stops after the current step; the unfinished claim keeps its older result."""
        self._is_stopped.set()
        laboratory = self._laboratory
        if laboratory is not None:
            laboratory.stop()

    def close(self) -> None:
        """Stops and waits for the end."""
        thread = self._thread
        self.stop()
        if thread is not None:
            thread.join()

    def _run(self, claims: Sequence[Claim]) -> None:
        """In its own thread: nothing here touches a widget."""
        try:
            with open_laboratory(self._folders.locks, self._jobs.compute) as laboratory:
                laboratory.on_progress = self._told.emit
                self._laboratory = laboratory
                for claim in claims:
                    if self._is_stopped.is_set():
                        break
                    self._began.emit(claim.id)
                    result = next(run_claims([claim], laboratory, MOST_SECONDS))
                    if not self._is_stopped.is_set():
                        self._keep(claim.id, stored_result(result))
        except BaseException as error:  # noqa: BLE001 - told to the user, and logged
            _log.exception("claims could not be measured")
            self._ended.emit(error)
            return
        finally:
            self._laboratory = None
        self._ended.emit(None)

    def _keep(self, name: str, result: StoredClaimResult) -> None:
        self._measured.emit(name, result)
        self._kept.put(name, result)

    def _take_begin(self, name: str) -> None:
        self.running, self.doing = name, ""
        self.left = self.left[self.left.index(name) + 1 :]
        self.changed.emit()

    def _take_words(self, words: str) -> None:
        if words != self.doing:
            self.doing = words
            self.changed.emit()

    def _take_result(self, name: str, result: StoredClaimResult) -> None:
        self.results[name] = result
        self.changed.emit()

    def _take_end(self, error: BaseException | None) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread, self.running, self.doing, self.left = None, "", "", []
        self.changed.emit()
        if error is not None:
            self.problem.emit(error)
