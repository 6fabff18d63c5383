"""Loads PyTorch behind a shown window and prints for how many seconds that held it up.

Only what a 16 ms timer came later than one period counts.
"""

import time

from lateness import PERIOD_MS, Lateness
from PySide6.QtWidgets import QApplication

from studio.gui.app import make_application
from studio.gui.desk import Desk
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.paths import user_folders
from studio.runs.loading import load_torch

POLL_SECONDS = 0.05


class Watch:
    """Waits until the window has settled, then loads and watches."""

    def __init__(self, application: QApplication) -> None:
        folders = user_folders()
        self.application = application
        self.window = MainWindow(Desk(folders), Settings(folders.config))
        self.window.show()
        self.lateness = Lateness()
        self.waiting = self.window.desk.waiting
        self.begin_when_settled()

    def begin_when_settled(self) -> None:
        """Asks again until nothing is being read."""
        if self.waiting.is_idle:
            self.lateness.begin()
            self.waiting.calculate("Loading PyTorch", load_torch, lambda _: self.end())
        else:
            self.waiting.loader.submit(lambda: time.sleep(POLL_SECONDS)).result()
            self.waiting.load("", lambda: None, lambda _: self.begin_when_settled())

    def end(self) -> None:
        """Prints the sum."""
        late = self.lateness.end()
        print(late[late > PERIOD_MS].sum() / 1000)
        self.window.desk.close()
        self.application.quit()


def main() -> None:
    """One measurement."""
    application = make_application()
    watch = Watch(application)
    application.exec()
    del watch


if __name__ == "__main__":
    main()
