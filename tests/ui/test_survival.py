import gc
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.shell.main_window import MainWindow
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DARK, LIGHT, strokes
from studio.paths import Folders

REPAINTS = 5000
Wait = Callable[[Callable[[], bool]], None]


class Painted(QObject):
    """Counts what was really painted."""

    times = 0

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.times += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and bool are immortal from 3.12 on")
def test_five_thousand_repaints_of_a_live_plot_release_no_reference_too_many(qtbot: QtBot) -> None:
    appearance = Appearance()
    plot = Plot(appearance, "live", "epoch", "loss")
    qtbot.addWidget(plot)
    plot.resize(320, 240)
    with qtbot.waitExposed(plot):
        plot.show()
    painted = Painted()
    plot.canvas.viewport().installEventFilter(painted)
    stroke = strokes(LIGHT, [("GRU", "gru")])["GRU"]
    x = np.arange(50, dtype=np.float64)

    def repaint(number: int) -> None:
        plot.show_curves([PlotCurve("GRU", x, np.sin(x + number), stroke)])
        plot.canvas.viewport().repaint()

    for number in range(50):
        repaint(number)
    gc.collect()  # what other tests left holds references too
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for number in range(REPAINTS):
        repaint(number)
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert painted.times >= REPAINTS
    lost = [now - then for now, then in zip(after, before, strict=True)]
    assert min(lost) > -REPAINTS // 2, f"references to None, True, False changed by {lost}"


def test_a_plot_takes_the_colours_of_another_theme_at_once(qtbot: QtBot) -> None:
    appearance = Appearance()
    plot = Plot(appearance, "live", "epoch", "loss")
    qtbot.addWidget(plot)
    appearance.use(DARK)
    assert plot.canvas.backgroundBrush().color().name() == DARK.card


class Windows(QObject):
    """Notes every widget that is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        is_shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if is_shown and watched.isWindow() and not isinstance(watched, QMainWindow):
            self.shown.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


def test_no_part_of_a_page_ever_flashes_up_as_a_window_of_its_own(
    qapp: QApplication, context: AppContext, folders: Folders, trained: Path, wait: Wait
) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    window = MainWindow(context, Settings(folders.config))
    window.show()
    window.open_path(trained)
    wait(lambda: context.planner.plan is not None and context.jobs.is_idle)
    for size in ((1440, 900), (1000, 640)):
        window.resize(*size)
        for name in window.pages:
            window.show_page(name)
            wait(lambda: context.jobs.is_idle)
    qapp.removeEventFilter(windows)
    window.hide()
    window.deleteLater()
    assert windows.shown == []
