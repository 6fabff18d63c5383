"""Compiles the fused engine's kernels in the background, and shows that it does."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.runs.execution.kernels import kernels_state, start_kernels

_POLL_MS = 300
_log = logging.getLogger(__name__)


class KernelsWatch(QObject):
    """Looks now and then, and never waits; training that takes the engine waits for its cells."""

    def __init__(self, jobs: BackgroundJobs, cache: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._check)
        start_kernels(cache)
        self._timer.start(_POLL_MS)

    def _check(self) -> None:
        state = kernels_state()
        self._jobs.show_background("" if state.is_over else state.sentence)
        if state.is_over:
            self._timer.stop()
            if state.problem:
                _log.warning("%s", state.sentence)
