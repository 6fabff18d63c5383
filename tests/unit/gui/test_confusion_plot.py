import numpy as np
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.gui.desk import Look
from studio.gui.plots.confusion_plot import ConfusionPlot
from studio.gui.viewstate.answers import Confusion

LANGUAGES = tuple(f"language {number}" for number in range(18))


def shown(qtbot: QtBot, width: int) -> ConfusionPlot:
    plot = ConfusionPlot(Look())
    qtbot.addWidget(plot)
    plot.resize(width, 400)
    with qtbot.waitExposed(plot):
        plot.show()
    counts = np.arange(len(LANGUAGES) ** 2).reshape(len(LANGUAGES), -1)
    plot.show_confusion(Confusion(LANGUAGES, counts, 0, ()))
    return plot


def names_below(plot: ConfusionPlot) -> list[tuple[int, str]]:
    ticks: list[tuple[int, str]] = plot.item.getAxis("bottom")._tickLevels[0]
    return ticks


def test_names_of_classes_never_lie_on_each_other(qtbot: QtBot) -> None:
    plot = shown(qtbot, 500)
    cell = plot.item.getViewBox().width() / len(LANGUAGES)
    places = [at * cell for at, _ in names_below(plot)]
    widest = max(plot.fontMetrics().horizontalAdvance(name) for name in LANGUAGES)
    assert len(places) > 1
    assert np.diff(places).min() > widest


def test_a_wider_plot_names_more_classes(qtbot: QtBot) -> None:
    plot = shown(qtbot, 500)
    before = len(names_below(plot))
    plot.resize(2400, 400)
    qtbot.waitUntil(lambda: len(names_below(plot)) > before)


def test_the_mouse_reads_which_class_was_taken_for_which(qtbot: QtBot) -> None:
    plot = shown(qtbot, 500)
    view = plot.item.getViewBox()
    plot.canvas.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(2, 1)))
    words = plot._read_out.textItem.toPlainText()
    assert words == "true language 1, answered language 2: 20"
