"""For how long PyTorch's import holds the interface up, behind a shown window."""

import time

from PySide6.QtWidgets import QApplication

from studio.gui.app import make_application
from studio.gui.desk import Desk
from studio.gui.main_window import MainWindow
from studio.gui.measures.lateness import PERIOD_MS, Lateness
from studio.gui.settings import Settings
from studio.paths import user_folders
from studio.runs.loading import load_torch

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
        self._window = MainWindow(Desk(folders), Settings(folders.config))
        self._window.show()
        self._lateness = Lateness()
        self._waiting = self._window.desk.waiting
        self._begin_when_settled()

    def _begin_when_settled(self) -> None:
        if self._waiting.is_idle:
            self._lateness.begin()
            self._waiting.calculate("Loading PyTorch", load_torch, lambda _: self._end())
        else:
            self._waiting.loader.submit(lambda: time.sleep(_POLL_SECONDS)).result()
            self._waiting.load("", lambda: None, lambda _: self._begin_when_settled())

    def _end(self) -> None:
        late = self._lateness.end()
        self.seconds = float(late[late > PERIOD_MS].sum() / 1000)
        self._window.desk.close()
        self._application.quit()
