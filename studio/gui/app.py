"""Starts the window."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from studio.gui.desk import Desk
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.paths import Folders, user_folders

_LOG_BYTES = 500_000


def run(path: Path | None) -> int:
    """Opens the window, with a dataset, an experiment or a session; returns the exit status."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Gate Studio")
    application.setDesktopFileName("gate-studio")
    application.setStyle("Fusion")
    folders = user_folders()
    log_to_file(folders)
    window = MainWindow(Desk(folders), Settings(folders.config))
    window.show()
    if path is not None:
        QTimer.singleShot(0, lambda: window.open_path(path))
    return application.exec()


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
