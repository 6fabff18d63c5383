"""Trains the example with every plot on for as many minutes as are given, and watches the memory.

python benchmarks/endurance.py MINUTES. Every 20 seconds another page is shown. Prints the resident
memory every minute, and at the end by how much it grew after the first tenth of the time.
"""

import os
import sys
import tempfile
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from studio.core.system import allocator, openmp
from studio.gui.app.app import make_application
from studio.gui.benchmarks.training_window import TrainingWindow

PAGES = ("train", "gates", "train", "compare", "train", "models", "train", "data")
PAGE_MS = 20_000
MINUTE_MS = 60_000
MEGA = 1e6


class Watch:
    """Changes pages and notes the memory until the time is over."""

    def __init__(self, application: QApplication, home: Path, minutes: int) -> None:
        self.application, self.minutes = application, minutes
        self.process = psutil.Process()
        self.sizes: list[float] = []
        self.turn = 0
        self.timers = [QTimer(), QTimer()]
        self.training = TrainingWindow(home, self.begin)

    def begin(self) -> None:
        """Training is on its way."""
        for timer, period, act in zip(
            self.timers, (PAGE_MS, MINUTE_MS), (self.turn_page, self.note), strict=True
        ):
            timer.timeout.connect(act)
            timer.start(period)
        self.note()

    def turn_page(self) -> None:
        """Shows the next page."""
        self.turn += 1
        self.training.window.show_page(PAGES[self.turn % len(PAGES)])

    def note(self) -> None:
        """Notes the memory, and ends when it is time."""
        self.sizes.append(self.process.memory_info().rss / MEGA)
        progress = self.training.context.work.progress
        runs = [] if progress is None else list(progress.runs.values())
        epochs = [run.last.epoch if run.last else 0 for run in runs]
        print(f"minute {len(self.sizes) - 1}: {self.sizes[-1]:.0f} MB, epochs {epochs}", flush=True)
        if len(self.sizes) > self.minutes:
            self.training.close()
            self.application.quit()


def main() -> None:
    """Prints memory by the minute."""
    allocator.keep_freed_memory()
    openmp.limit_spinning()
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        watch = Watch(application, Path(home), int(sys.argv[1]))
        application.exec()
        later = np.array(watch.sizes[len(watch.sizes) // 10 :])
        slope = np.polyfit(np.arange(len(later)), later, 1)[0] * 60
        print(f"from {later[0]:.0f} to {later[-1]:.0f} MB, {slope:+.1f} MB an hour")


if __name__ == "__main__":
    main()
