"""What the window costs while the example comparison trains, and how late it answers.

One process, one training; phases of a shown window (page Train, every plot on), a minimised one
and none (hidden, events left in their queue) alternate. For each phase: the median step time of
each contender, and the lateness of a 16 ms timer of the interface thread. Then the curves: 200
runs of 1,000 epochs are panned and zoomed on the page's own plot. Uses the display if there is
one, otherwise Qt's offscreen platform.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from lateness import Lateness
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from training_window import TrainingWindow

from studio.core import allocator, openmp
from studio.core.events import Event, StepsTimed
from studio.gui.app import make_application
from studio.gui.desk import Look
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import SOLID, Stroke

PHASES = ("shown", "minimised", "none")
CYCLES = 4
SETTLE_MS = 1000
PHASE_MS = 4000
RUNS, EPOCHS, FRAMES = 200, 1000, 120


class Phases:
    """Walks through the phases and keeps what was measured in each."""

    def __init__(self, application: QApplication, home: Path) -> None:
        self.application = application
        self.training = TrainingWindow(home, self.begin)
        self.window, self.work = self.training.window, self.training.desk.work
        self.lateness = Lateness()
        self.queue: SimpleQueue[Event] = SimpleQueue()
        self.steps: dict[str, dict[str, list[np.ndarray]]] = {phase: {} for phase in PHASES}
        self.late: dict[str, list[np.ndarray]] = {phase: [] for phase in PHASES}
        self.left = [phase for _ in range(CYCLES) for phase in PHASES]

    def begin(self) -> None:
        """Training is on its way."""
        if self.work.workspace is not None:
            self.queue = self.work.workspace.subscribe()
        self.next()

    def next(self) -> None:
        """The next phase, or the end."""
        if not self.left:
            self.training.close()
            self.application.quit()
            return
        self.phase = self.left.pop(0)
        self.enter()
        QTimer.singleShot(SETTLE_MS, self.measure)

    def enter(self) -> None:
        """Shows, minimises or hides the window."""
        pump = self.work._pump  # noqa: SLF001 - the benchmark takes the window away
        if self.phase == "none":
            self.window.hide()
            pump.disconnect_from_queue()
            return
        if self.work._events is not None:  # noqa: SLF001 - and gives it back
            pump.connect_to(self.work._events)  # noqa: SLF001
        if self.phase == "minimised":
            self.window.showMinimized()
        else:
            self.window.showNormal()

    def measure(self) -> None:
        """Collects for one phase."""
        self.drain()
        self.lateness.begin()
        QTimer.singleShot(PHASE_MS, self.end)

    def end(self) -> None:
        """Keeps what was collected."""
        self.late[self.phase].append(self.lateness.end())
        for event in self.drain():
            kept = self.steps[self.phase].setdefault(event.run.contender, [])
            kept.append(event.seconds[event.warmup :])
        self.next()

    def drain(self) -> list[StepsTimed]:
        """The step times since the last call."""
        found = []
        while True:
            try:
                event = self.queue.get_nowait()
            except Empty:
                return found
            if isinstance(event, StepsTimed):
                found.append(event)

    def report(self) -> None:
        """Prints the figures."""
        base = {name: np.median(np.concatenate(each)) for name, each in self.steps["none"].items()}
        for phase in PHASES:
            ratios = []
            for name, each in self.steps[phase].items():
                median = np.median(np.concatenate(each))
                ratios.append(median / base[name])
                print(f"{phase:10} {name:5} {median * 1e3:.3f} ms a step")
            late = np.concatenate(self.late[phase])
            slower = 100 * (np.exp(np.mean(np.log(ratios))) - 1)
            most = np.percentile(late, 99)
            print(f"{phase:10} {slower:+.1f} % time a step")
            print(f"{phase:10} late by {most:.1f} ms (99 %), {late.max():.1f} ms at worst")


def frames_per_second(act: Callable[[int], None], plot: Plot) -> float:
    """How often a plot can be changed and drawn in a second."""
    started = time.perf_counter()
    for frame in range(FRAMES):
        act(frame)
        plot.canvas.repaint()
    return FRAMES / (time.perf_counter() - started)


def curves() -> None:
    """Pans and zooms 200 runs of 1,000 epochs."""
    plot = Plot(Look(), "Losses", "epoch", "loss")
    plot.resize(900, 600)
    plot.show()
    random = np.random.default_rng(1)
    epochs = np.arange(1.0, EPOCHS + 1)
    drawn = []
    for run in range(RUNS):
        loss = np.exp(-epochs / 200) + 0.05 * random.standard_normal(EPOCHS)
        drawn.append(Curve(f"run {run}", epochs, loss, Stroke("#0067a3", SOLID, "o")))
    plot.legend.hide()
    plot.show_curves(drawn)
    QApplication.processEvents()
    view = plot.item.getViewBox()
    pan = frames_per_second(lambda frame: view.setXRange(frame, frame + 400, padding=0), plot)
    zoom = frames_per_second(lambda f: view.setXRange(f, EPOCHS - 3 * f, padding=0), plot)
    print(f"{RUNS} runs of {EPOCHS} epochs: pan {pan:.0f}, zoom {zoom:.0f} frames a second")


def main() -> None:
    """Prints what the window costs."""
    allocator.keep_freed_memory()
    openmp.wait_briefly()
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        phases = Phases(application, Path(home))
        application.exec()
        phases.report()
    curves()


if __name__ == "__main__":
    main()
