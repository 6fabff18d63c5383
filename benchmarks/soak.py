"""Uses the window at random for hours: trains, looks at every page, opens and closes sessions.

    python benchmarks/soak.py MINUTES [SEED]

The program starts as a user starts it, with folders of its own. Every few seconds something is
done: a page, another session, a dataset, training, stopping, a new session, another theme. Ends
with three lines: memory after the first fifth and at the end with its slope, how late the window
was at worst, and the exit status. Uses DISPLAY where there is one.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox

from studio.core.system import allocator, openmp
from studio.gui.app.app import Start, log_to_file, make_application
from studio.gui.shell.main_window import MainWindow
from studio.gui.style.theming import resolve_theme
from studio.paths import Folders, experiments, user_folders

TICK_MS, MINUTE_MS = 20, 60_000
LATE_SECONDS = 0.25
MEGA = 1e6
SESSIONS = (
    ("adding", "length=20"), ("reber", "examples=300"), ("mackey-glass", "noise=0.1"),
    ("promoters", "examples=120"),
)  # fmt: skip


def make_sessions(folder: Path) -> list[Path]:
    """Finished comparisons of several tasks, made in the terminal."""
    made = []
    for generator, option in SESSIONS:
        out = folder / f"{generator}.gates"
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "studio", "compare", generator, "--data-option", option,
             "--epochs", "4", "--seeds", "3", "--hidden-size", "8", "--out", str(out)],
            check=True, capture_output=True,
        )  # fmt: skip
        made.append(out)
    return made


class User:
    """Does something every few seconds, and notes how late the window is and what it takes."""

    def __init__(self, start: Start, sessions: list[Path], minutes: float, seed: int) -> None:
        self.start, self.sessions = start, sessions
        self.chance = random.Random(seed)  # noqa: S311 - random actions are no secrets
        self.ends = time.monotonic() + 60 * minutes
        self.process = psutil.Process()
        self.sizes: list[float] = []
        self.worst = (0.0, "")
        self.frozen: list[tuple[float, str]] = []
        self.doing = "starting"
        self.actions = 0
        self.last_tick = time.perf_counter()
        self.timers = [QTimer(), QTimer(), QTimer()]
        for timer, act in zip(self.timers, (self.tick, self.act, self.note), strict=True):
            timer.timeout.connect(act)
        self.timers[0].setTimerType(Qt.TimerType.PreciseTimer)
        self.timers[0].start(TICK_MS)
        self.timers[1].start(3000)
        self.timers[2].start(MINUTE_MS)

    def tick(self) -> None:
        """How late the interface thread was."""
        now = time.perf_counter()
        late = (now - self.last_tick - TICK_MS / 1000, self.doing)
        self.last_tick = now
        self.worst = max(self.worst, late)
        if late[0] > LATE_SECONDS:
            self.frozen.append(late)

    def note(self) -> None:
        """Notes the memory, and ends when it is time."""
        self.sizes.append(self.process.memory_info().rss / MEGA)
        worst, doing = self.worst
        self.worst = (0.0, "")
        print(
            f"minute {len(self.sizes)}: {self.sizes[-1]:.0f} MB, {self.actions} actions, "
            f"{worst * 1000:.0f} ms late at most ({doing})",
            flush=True,
        )
        if time.monotonic() > self.ends:
            for timer in self.timers:
                timer.stop()
            self.start.end()

    def act(self) -> None:
        """Does one thing that a user does."""
        window = self.start.frame.studio
        if not isinstance(window, MainWindow):
            return
        self.timers[1].setInterval(self.chance.randint(500, 6000))
        if self.answers_a_dialog():
            return
        self.actions += 1
        choices = (
            (self.show_page, 8), (self.open_session, 2), (self.open_example, 1),
            (self.train_or_stop, 3), (self.resize, 1), (self.change_theme, 1), (self.press, 3),
        )  # fmt: skip
        act = self.chance.choices(
            [act for act, _ in choices], weights=[weight for _, weight in choices]
        )[0]
        self.doing = act.__name__.replace("_", " ")
        act(window)

    def answers_a_dialog(self) -> bool:
        """Closes a question as a user does who wants nothing to be lost."""
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return False
        self.doing = f"answering {dialog.objectName() or dialog.windowTitle()}"
        if isinstance(dialog, QMessageBox):
            dialog.buttons()[self.chance.randrange(len(dialog.buttons()))].click()
        else:
            dialog.reject()
        return True

    def show_page(self, window: MainWindow) -> None:
        self.doing = f"showing {(name := self.chance.choice(list(window.pages)))}"
        window.show_page(name)

    def open_session(self, window: MainWindow) -> None:
        window.open_path(self.chance.choice(self.sessions))

    def open_example(self, window: MainWindow) -> None:
        window.open_path(self.chance.choice(list(experiments().values())))

    def train_or_stop(self, window: MainWindow) -> None:
        button = window.tool_bar.train
        if button.isEnabled():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def resize(self, window: MainWindow) -> None:
        width, height = self.chance.choice(((1440, 900), (1024, 640), (1280, 800)))
        window.window().resize(width, height)

    def change_theme(self, window: MainWindow) -> None:
        window.context.appearance.use(resolve_theme(self.chance.choice(("light", "dark"))))

    def press(self, window: MainWindow) -> None:
        """A key that moves the cursor of what has the focus."""
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused is not None:
            for _ in range(self.chance.randint(1, 10)):
                QTest.keyClick(focused, self.chance.choice(keys))


def main() -> int:
    minutes, seed = float(sys.argv[1]), int((*sys.argv[2:], "1")[0])
    allocator.keep_freed_memory()
    openmp.limit_spinning()
    with tempfile.TemporaryDirectory() as home:
        sessions = make_sessions(Path(home))
        application = make_application()
        folders = Folders(
            Path(home) / "data", Path(home) / "config", user_folders().cache, Path(home) / "log"
        )
        log_to_file(folders)
        start = Start(folders, None)
        user = User(start, sessions, minutes, seed)
        start.show()
        status = application.exec()
        start.loading.wait()
    later = np.array(user.sizes[len(user.sizes) // 5 :])
    slope = np.polyfit(np.arange(len(later)), later, 1)[0] * 60 if len(later) > 1 else np.nan
    print(f"memory from {later[0]:.0f} to {later[-1]:.0f} MB, {slope:+.1f} MB an hour")
    print(f"late by more than 250 ms {len(user.frozen)} times")
    for late, doing in sorted(user.frozen, reverse=True)[:20]:
        print(f"  {late * 1000:.0f} ms: {doing}")
    print(f"{user.actions} actions, exit status {status}")
    return status


if __name__ == "__main__":
    sys.exit(main())
