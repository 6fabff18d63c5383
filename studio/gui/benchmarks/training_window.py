"""A real window that trains the example comparison without end, for benchmarks of the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer

from studio.core.results.events import Event
from studio.core.specs.experiment import read_experiment
from studio.gui.app.gc_control import GarbageCollection
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders, experiments, user_folders
from studio.runs.execution.kernels import start_kernels, wait_for_kernels

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
        self.window = MainWindow(AppContext(folders), Settings(folders.config))
        self.window.resize(*SIZE)
        self.window.show()
        self.context = self.window.context
        session = self.context.session
        self._collector = GarbageCollection(
            self.window, lambda: not session.is_training
        )  # as app.py does
        self._then = then
        spec = read_experiment(experiments()["forecasting"])
        training = spec.training.model_copy(update={"epochs": ENDLESS, "seeds": 1})
        self.context.planner.open(OpenData(spec.model_copy(update={"training": training})))
        self._poll = QTimer()
        self._poll.timeout.connect(self._start)
        self._poll.start(POLL_MS)

    def close(self) -> None:
        self.window.hide()
        self.context.close()
        self._collector.end()

    def _start(self) -> None:
        if self.window.tool_bar.train.isEnabled():
            self._poll.stop()
            self.context.session.progressed.connect(self._take)
            self.window.commands.train()

    def _take(self, _: list[Event]) -> None:
        progress = self.context.session.progress
        if progress is not None and all(run.last is not None for run in progress.runs.values()):
            self.context.session.progressed.disconnect(self._take)
            self._collector.keep()
            self._then()
