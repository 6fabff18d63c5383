"""How long the page Gates needs to follow its cursor, and an edit, in a window of its own.

python benchmarks/cell_inspector.py [UNITS STEPS]

Four contenders with one layer each, untrained, on the built-in adding problem. Every move is a
key press; its time ends when all that it changed is painted. Then a unit is silenced a few times,
from the click until the maps are painted, and the longest time within which the window did not
answer is told.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.specs.experiment import parse_comparison
from studio.gui.app.app import make_application
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders

CELLS = ("gru", "lstm", "rnn", "coupled-lstm")
MOVES = 200
EDITS = 5
SIZE = 2560, 1440
KEYS = Qt.Key


def wait(is_true: Callable[[], object], seconds: float = 120.0) -> None:
    """Lets other threads work, unlike QTest.qWait."""
    end = time.monotonic() + seconds
    while not is_true():
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()
        if time.monotonic() > end:
            raise TimeoutError


def settle() -> None:
    """Lays out and paints what is due."""
    for _ in range(3):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def milliseconds(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    settle()
    return 1000 * (time.perf_counter() - start)


class Lateness:
    """The longest time between two beats of a 5 ms timer."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, 1000 * (now - self._last) - 5)
        self._last = now

    def end(self) -> float:
        self._timer.stop()
        return self.longest


def opened(folder: Path, units: int, steps: int) -> Iterator[GatesPage]:
    """The page with the inspector closed, then with it open."""
    spec = parse_comparison(
        {
            "dataset": {
                "source": "generated",
                "generator": "adding",
                "parameters": {"length": steps, "examples": 60},
            },
            "contenders": [{"cell": cell, "hidden_size": units} for cell in CELLS],
            "machine": {"device": "cpu", "threads": 1},
        },
        "benchmark",
    )
    home = folder / "home"
    folders = Folders(home / "data", home / "config", home / "cache", home / "log")
    window = MainWindow(AppContext(folders), Settings(folders.config))
    window.resize(*SIZE)
    window.show()
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.plan is not None)
    window.show_page("gates")
    page = window.pages["gates"]
    if not isinstance(page, GatesPage):
        raise TypeError
    columns = page.body.columns
    wait(lambda: len(columns) == len(CELLS) and all(c.maps.shown for c in columns.values()))
    columns = page.body.columns
    print(f"{sum(column.isVisible() for column in columns.values())} contenders in sight")
    wait(lambda: window.context.jobs.is_idle)
    settle()
    yield page
    QTest.keyClick(columns["GRU"].maps, KEYS.Key_Return)
    wait(lambda: page.inspector.work.cells)
    page.body.inspector.panes["GRU"].rows[0].unfold.click()
    page.body.inspector.panes["LSTM"].rows[0].unfold.click()
    settle()
    yield page


def measure_moves(page: GatesPage, name: str, keys: tuple[KEYS, ...]) -> None:
    maps = page.body.columns["GRU"].maps
    maps.setFocus()
    for _ in range(10):
        QTest.keyClick(maps, keys[0])
    settle()
    times = [
        milliseconds(lambda at=at: QTest.keyClick(maps, keys[at % len(keys)]))
        for at in range(MOVES)
    ]
    half, most, worst = np.percentile(times, (50, 95, 100))
    print(f"{name}: median {half:.1f} ms, 95th percentile {most:.1f} ms, worst {worst:.1f} ms")


def measure_edits(page: GatesPage) -> None:
    work, push = page.inspector.work, page.body.inspector.panes["GRU"].silence
    times, late = [], []
    for _ in range(EDITS):
        before, lateness, start = work.courses["GRU"], Lateness(), time.perf_counter()
        QTest.mouseClick(push, Qt.MouseButton.LeftButton)
        wait(lambda before=before: work.courses["GRU"] is not before)
        settle()
        times.append(1000 * (time.perf_counter() - start))
        late.append(lateness.end())
    print(f"edit: median {np.median(times):.0f} ms, window late by up to {max(late):.0f} ms")


def main() -> None:
    units, steps = (int(text) for text in sys.argv[1:3] or ("512", "1000"))
    make_application().setStyle("Fusion")
    with tempfile.TemporaryDirectory() as folder:
        print(f"{units} units, {steps} steps")
        for page, state in zip(opened(Path(folder), units, steps), ("closed", "open"), strict=True):
            across, down = (KEYS.Key_Right, KEYS.Key_Right, KEYS.Key_Left), (KEYS.Key_Down,)
            measure_moves(page, f"step, inspector {state}", across)
            measure_moves(page, f"unit, inspector {state}", down)
            if state == "open":
                measure_edits(page)
        sys.stdout.flush()
        os._exit(0)  # threads of the program wait for work


if __name__ == "__main__":
    main()
