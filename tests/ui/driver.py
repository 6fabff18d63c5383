"""A user at the real program, in a process of its own: trains what is opened, then may close.

python driver.py SESSION-OR-EXPERIMENT leave|close|look

With "look", nothing is trained: every page is shown once, and the window is closed.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton

from studio.core.results.events import EpochFinished, Event
from studio.gui.app.app import Start, make_application
from studio.gui.app.end_by_signal import EndBySignal
from studio.gui.shell.main_window import MainWindow
from studio.paths import user_folders

POLL_MS = 50
LOOK_MS = 1000


class User:
    """Presses Ctrl+R when the data is planned; after two epochs says so, and closes if asked to."""

    def __init__(self, start: Start, what: str) -> None:
        self.start = start
        self.closes = what == "close"
        self.looks = what == "look"
        self.epochs = 0
        self.closed_at = 0.0
        self.timer = QTimer()
        self.timer.timeout.connect(self.appearance)
        self.timer.start(POLL_MS)

    def appearance(self) -> None:
        """Starts the training once it can be started."""
        window = self.start.frame.studio
        if not isinstance(window, MainWindow):
            return
        if self.looks and window.context.session.history is not None:
            self.timer.stop()
            self.look(window)
        elif not self.looks and window.tool_bar.train.isEnabled():
            self.timer.stop()
            window.context.session.progressed.connect(self.take)
            QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)

    def look(self, window: MainWindow) -> None:
        """Shows every page long enough to be filled."""
        for number in range(1, len(window.pages) + 1):
            QTest.keyClick(
                window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier
            )
            QTest.qWait(LOOK_MS)
        self.start.frame.close()

    def take(self, events: list[Event]) -> None:
        """Counts epochs, which are in the session by now."""
        before = self.epochs
        self.epochs += sum(isinstance(event, EpochFinished) for event in events)
        if before < 2 <= self.epochs:
            print("two epochs", flush=True)
            if self.closes:
                QTimer.singleShot(0, self.close)

    def close(self) -> None:
        """Closes the window as its button does, and keeps work without a name as it is."""
        window = self.start.frame.studio
        assert isinstance(window, MainWindow)
        QTimer.singleShot(POLL_MS, lambda: answer_keep(window))
        self.closed_at = time.monotonic()
        self.start.frame.close()


def answer_keep(window: MainWindow) -> None:
    """Answers the question on closing."""
    box = window.findChild(QMessageBox, "nameOnClose")
    if box is not None:
        keep = next(push for push in box.findChildren(QPushButton) if "Close" in push.text())
        QTest.mouseClick(keep, Qt.MouseButton.LeftButton)


def main() -> int:
    """The program's own start."""
    application = make_application()
    start = Start(user_folders(), Path(sys.argv[1]))
    ending = EndBySignal(start.end, start)
    start.frame.show()
    user = User(start, sys.argv[2])
    status = application.exec()
    start.loading.wait()
    if user.closed_at:
        print(f"closed in {time.monotonic() - user.closed_at:.2f} s", flush=True)
    return ending.status or status


if __name__ == "__main__":
    sys.exit(main())
