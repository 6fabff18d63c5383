"""How long importing PyTorch blocks a visible window."""

import time

from PySide6.QtWidgets import QApplication

from studio.gui.app.app import make_application
from studio.gui.benchmarks.lateness import PERIOD_MS, Lateness
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.shell.main_window import MainWindow
from studio.paths import user_folders
from studio.runs.execution.preload import load_torch

_POLL_SECONDS = 0.05


def measure_stall() -> float:
    """Seconds, all together; only what a 16 ms timer came later than one period counts."""
    application = make_application()
    watch = _Watch(application)
    application.exec()
    return watch.seconds


class _Watch:
    """Waits until the window has settled, then loads and watches."""

    def __init__(self, application: QApplication) -> None:
        folders = user_folders()
        self.seconds = 0.0
        self._application = application
        self._window = MainWindow(AppContext(folders), Settings(folders.config))
        self._window.show()
        self._lateness = Lateness()
        self._jobs = self._window.context.jobs
        self._begin_when_settled()

    def _begin_when_settled(self) -> None:
        if self._jobs.is_idle:
            self._lateness.begin()
            self._jobs.calculate("Loading PyTorch", load_torch, lambda _: self._end())
        else:
            self._jobs.loader.submit(lambda: time.sleep(_POLL_SECONDS)).result()
            self._jobs.load("", lambda: None, lambda _: self._begin_when_settled())

    def _end(self) -> None:
        late = self._lateness.end()
        self.seconds = float(late[late > PERIOD_MS].sum() / 1000)
        self._window.context.close()
        self._application.quit()
