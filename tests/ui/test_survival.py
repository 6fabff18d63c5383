import sys

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from studio.gui.desk import Look
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import DARK, LIGHT, strokes

REPAINTS = 5000


class Painted(QObject):
    """Counts what was really painted."""

    times = 0

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.times += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and bool are immortal from 3.12 on")
def test_five_thousand_repaints_of_a_live_plot_release_no_reference_too_many(qtbot: QtBot) -> None:
    look = Look()
    plot = Plot(look, "live", "epoch", "loss")
    qtbot.addWidget(plot)
    plot.resize(320, 240)
    with qtbot.waitExposed(plot):
        plot.show()
    painted = Painted()
    plot.canvas.viewport().installEventFilter(painted)
    stroke = strokes(LIGHT, [("GRU", "gru")])["GRU"]
    x = np.arange(50, dtype=np.float64)

    def repaint(number: int) -> None:
        plot.show_curves([Curve("GRU", x, np.sin(x + number), stroke)])
        plot.canvas.viewport().repaint()

    for number in range(50):
        repaint(number)
    before = [sys.getrefcount(value) for value in (None, True, False)]
    for number in range(REPAINTS):
        repaint(number)
    after = [sys.getrefcount(value) for value in (None, True, False)]
    assert painted.times >= REPAINTS
    lost = [now - then for now, then in zip(after, before, strict=True)]
    assert min(lost) > -REPAINTS // 10, f"references to None, True, False changed by {lost}"


def test_a_plot_takes_the_colours_of_another_theme_at_once(qtbot: QtBot) -> None:
    look = Look()
    plot = Plot(look, "live", "epoch", "loss")
    qtbot.addWidget(plot)
    look.use(DARK)
    assert plot.canvas.backgroundBrush().color().name() == DARK.card
