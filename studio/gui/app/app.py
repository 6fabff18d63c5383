"""Starts the window: the frame at once, the studio in it as soon as its parts are loaded."""

import gc
import logging
import os
import sys
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from studio.gui.app.end_by_signal import EndBySignal
from studio.gui.app.loading_frame import Loading, LoadingFrame
from studio.gui.context.settings import Settings
from studio.gui.style.theming import apply_theme, resolve_theme
from studio.paths import Folders, resources, user_folders
from studio.runs.execution.preload import load_torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studio.gui.app.gc_control import GarbageCollection
    from studio.gui.context.app_context import AppContext
    from studio.gui.pages.page import Page
    from studio.gui.shell.main_window import MainWindow

_LOG_BYTES = 500_000
_SWITCH_SECONDS = 0.0005
"""After so long a thread that computes lets the interface have the interpreter; Python's usual
five milliseconds would be waited for at every call of Qt's that lets go of it."""
_START_TIME = 19
"""Place of a process's start in /proc/PID/stat behind its name, in clock ticks; see proc(5)."""
_log = logging.getLogger(__name__)


def run(path: Path | None) -> int:
    """Opens the window, with a dataset, an experiment or a session; returns the exit status."""
    application = make_application()
    folders = user_folders()
    log_to_file(folders)
    start = Start(folders, path)
    ending = EndBySignal(start.end, start)
    start.show()
    status = application.exec()
    start.loading.wait()
    ending.release()
    return ending.status or (1 if start.has_failed else status)


def make_application() -> QApplication:
    """Qt's application under our name and style."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Gate Studio")
    application.setDesktopFileName("gate-studio")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "gate-studio.svg")))
    return application


class Start(QObject):
    """From the first picture to a studio that can be used; the log says how long it took."""

    def __init__(self, folders: Folders, path: Path | None) -> None:
        super().__init__()
        self._folders, self._path = folders, path
        self._settings = Settings(folders.config)
        self._context: AppContext | None = None
        self._window: MainWindow | None = None
        self._collector: GarbageCollection | None = None
        self.has_failed = False
        gc.disable()  # nothing that is loaded and built now becomes garbage
        apply_theme(resolve_theme(self._settings.theme))
        self.frame = LoadingFrame(QSize(*self._settings.window_size))
        self.loading = Loading("studio.gui.shell.main_window", self._loaded, self)
        self.frame.painted.connect(self._painted)

    def show(self) -> None:
        """Shows the frame as it was left."""
        if self._settings.is_maximised:
            self.frame.showMaximized()
        else:
            self.frame.show()

    def end(self) -> None:
        """Closes the window without a question; a session without a name is offered again."""
        if self._window is not None:
            self._window.asks_on_close = False
        self.frame.close()
        QApplication.quit()

    def _painted(self) -> None:
        _log.info("painted %.2f s after the start of the process", seconds_since_start())
        QTimer.singleShot(0, self.loading.start)

    def _loaded(self, error: BaseException | None) -> None:
        if error is not None:
            gc.enable()
            self._fail(error)
            return
        if not self.frame.isVisible():  # closed meanwhile
            return
        from studio.gui.app.error_reporting import ErrorReporting
        from studio.gui.context.app_context import AppContext
        from studio.gui.shell.main_window import build_pages

        ErrorReporting(self.frame)
        self._context = context = AppContext(self._folders)
        self._build(context, build_pages(context), [])

    def _build(self, context: "AppContext", pages: "Iterator[Page]", built: "list[Page]") -> None:
        """Builds one page, then lets the frame answer; after the last one, the window."""
        if not self.frame.isVisible():  # closed meanwhile
            context.close()
            return
        page = next(pages, None)
        if page is not None:
            built.append(page)
            QTimer.singleShot(0, lambda: self._build(context, pages, built))
            return
        from studio.gui.shell.main_window import MainWindow

        window = MainWindow(context, self._settings, self.frame, built)
        self._window = window
        self.frame.hold(window)
        self.frame.restored.connect(window.catch_up)
        if self._path is not None:
            window.open_path(self._path)
        QTimer.singleShot(0, self._ready)

    def _ready(self) -> None:
        gc.freeze()
        _log.info("usable %.2f s after the start of the process", seconds_since_start())
        if self._context is not None:
            from studio.gui.app.gc_control import GarbageCollection
            from studio.gui.app.kernels_watch import KernelsWatch

            session = self._context.session
            self._collector = GarbageCollection(self, lambda: not session.is_training)
            KernelsWatch(self._context.jobs, self._folders.cache, self)
            self._context.jobs.calculate("Loading PyTorch", load_torch, self._torch_loaded)

    def _torch_loaded(self, _: None) -> None:
        if self._collector is not None:
            self._collector.keep()
        _log.info("PyTorch loaded %.2f s after the start of the process", seconds_since_start())

    def _fail(self, error: BaseException) -> None:
        self.has_failed = True
        _log.error("the window cannot be loaded", exc_info=error)
        box = QMessageBox(
            QMessageBox.Icon.Critical,
            "Gate Studio",
            "A part of the program cannot be loaded.",
            parent=self.frame,
        )
        box.setInformativeText(f"{error}\n\nReinstall Gate Studio. The log has the details.")
        box.finished.connect(lambda _: self.frame.close())
        box.open()


def seconds_since_start() -> float:
    """Seconds since this process began, to about a hundredth."""
    if sys.platform == "linux":  # the wall clock may have been set since the machine started
        began = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[_START_TIME])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")
    import psutil  # not needed for the first picture

    return time.time() - float(psutil.Process().create_time())


def log_to_file(folders: Folders) -> None:
    """Sends the log to a file in the log folder; without one it goes to standard error."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        folders.log.mkdir(parents=True, exist_ok=True)
        file = folders.log / "gate-studio.log"
        handlers.append(RotatingFileHandler(file, maxBytes=_LOG_BYTES, backupCount=2))
    except OSError as error:
        print(f"no log file: {error}", file=sys.stderr)  # noqa: T201 - there is no log yet
    logging.basicConfig(level=logging.INFO, handlers=handlers, format="%(asctime)s %(message)s")
