"""A real window that trains the example comparison without end, for benchmarks of the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from studio.core.events import Event
from studio.core.experiment import read_experiment
from studio.gui.desk import Desk
from studio.gui.garbage import Collector
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.paths import Folders, experiments, user_folders
from studio.runs.kernels import start_kernels, wait_for_kernels

SIZE = (1440, 900)
POLL_MS = 50
ENDLESS = 1_000_000


class TrainingWindow:
    """Opens the example, trains it, and says when the first epoch has ended.

    Args:
        home: Folders of its own.
        then: Called once, after the first finished epoch of a contender.
    """

    def __init__(self, home: Path, then: Callable[[], None]) -> None:
        folders = Folders(home / "data", home / "config", home / "cache", home / "log")
        start_kernels(user_folders().cache)
        wait_for_kernels()
        self.window = MainWindow(Desk(folders), Settings(folders.config))
        self.window.resize(*SIZE)
        self.window.show()
        self.desk = self.window.desk
        work = self.desk.work
        self._collector = Collector(self.window, lambda: not work.is_training)  # as app.py does
        self._then = then
        spec = read_experiment(experiments()["forecasting"])
        training = spec.training.model_copy(update={"epochs": ENDLESS, "seeds": 1})
        self.desk.planner.open(spec.model_copy(update={"training": training}))
        self._poll = QTimer()
        self._poll.timeout.connect(self._start)
        self._poll.start(POLL_MS)

    def close(self) -> None:
        """Stops and ends everything."""
        self.window.hide()
        self.desk.close()
        self._collector.end()

    def _start(self) -> None:
        if self.window.tool_bar.train.isEnabled():
            self._poll.stop()
            self.desk.work.progressed.connect(self._take)
            self.window.tool_bar.start()

    def _take(self, _: list[Event]) -> None:
        progress = self.desk.work.progress
        if progress is not None and all(run.last is not None for run in progress.runs.values()):
            self.desk.work.progressed.disconnect(self._take)
            self._collector.keep()
            self._then()
