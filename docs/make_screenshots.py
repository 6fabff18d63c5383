"""Makes the README's pictures from a real run: python docs/make_screenshots.py SESSION.gates.

Opens the session in the real window, light and dark, and saves every page to docs/images.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from studio.claims.registry import find_claims
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.session.session_state import Ready, SessionState
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders, user_folders
from studio.runs.execution.kernels import start_kernels, wait_for_kernels

IMAGES = Path(__file__).parent / "images"
SIZE = (1440, 900)
SETTLE_MS = 1500


class Tour:
    """Shows one page after the other and takes its picture."""

    def __init__(self, application: QApplication, home: Path, session: Path, theme: str) -> None:
        folders = Folders(home / "data", home / "config", home / "cache", home / "log")
        settings = Settings(folders.config)
        settings.theme = "dark" if theme == "dark" else "light"
        self.application = application
        self.theme = theme
        self.window = MainWindow(AppContext(folders), settings)
        self.window.resize(*SIZE)
        self.window.show()
        self.left = list(self.window.pages)
        self.window.context.session.transitioned.connect(self.begin)
        self.window.open_path(session)
        self.window.context.claims.start(find_claims(["C1", "C2", "C3", "C4"]))

    def begin(self, _: SessionState, after: SessionState) -> None:
        """The session is open, and its page came to the front."""
        if isinstance(after, Ready):
            QTimer.singleShot(SETTLE_MS, self.next)

    def next(self) -> None:
        """The next page, or the end."""
        if not self.left:
            self.window.context.close()
            self.window.hide()
            self.application.exit()
            return
        name = self.left.pop(0)
        self.window.show_page(name)
        QTimer.singleShot(SETTLE_MS, lambda: self.take_when_idle(name))

    def take_when_idle(self, name: str) -> None:
        """Waits for what is being computed, then takes the picture."""
        if self.window.context.jobs.is_idle and not self.window.context.claims.is_running:
            QTimer.singleShot(SETTLE_MS, lambda: self.take(name))
        else:
            QTimer.singleShot(SETTLE_MS, lambda: self.take_when_idle(name))

    def take(self, name: str) -> None:
        """Saves the picture of the page that is shown."""
        self.window.grab().save(str(IMAGES / f"{name}-{self.theme}.png"))
        self.next()


def main() -> None:
    """Takes all pictures."""
    session = Path(sys.argv[1]).absolute()
    IMAGES.mkdir(exist_ok=True)
    start_kernels(user_folders().cache)
    wait_for_kernels()
    application = QApplication([])
    application.setStyle("Fusion")
    for theme in ("light", "dark"):
        with tempfile.TemporaryDirectory() as home:
            tour = Tour(application, Path(home), session, theme)
            application.exec()
            del tour


if __name__ == "__main__":
    main()
