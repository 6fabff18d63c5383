import numpy as np
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.gui.pages.compare.plots.confusion_plot import ConfusionPlot
from studio.gui.pages.compare.view.predictions import Confusion
from studio.gui.style.appearance import Appearance

LANGUAGES = tuple(f"language {number}" for number in range(18))


def shown(qtbot: QtBot, width: int) -> ConfusionPlot:
    plot = ConfusionPlot(Appearance())
    qtbot.addWidget(plot)
    plot.resize(width, 400)
    with qtbot.waitExposed(plot):
        plot.show()
    counts = np.arange(len(LANGUAGES) ** 2).reshape(len(LANGUAGES), -1)
    plot.show_confusion(Confusion(LANGUAGES, counts, 0, ()))
    return plot


def names_below(plot: ConfusionPlot) -> list[str]:
    return [name for name in plot.columns.names if name]


def column_width(plot: ConfusionPlot) -> float:
    width: float = plot.item.getViewBox().width() / len(LANGUAGES)
    return width


def test_every_column_has_its_name_upright_where_they_do_not_fit_side_by_side(
    qtbot: QtBot,
) -> None:
    plot = shown(qtbot, 600)
    assert plot.columns.is_upright
    assert names_below(plot) == list(LANGUAGES)
    assert column_width(plot) >= plot.fontMetrics().height()


def test_names_side_by_side_are_not_upright(qtbot: QtBot) -> None:
    plot = shown(qtbot, 2400)
    assert not plot.columns.is_upright
    widest = max(plot.fontMetrics().horizontalAdvance(name) for name in LANGUAGES)
    assert column_width(plot) > widest


def test_names_of_columns_never_lie_on_each_other(qtbot: QtBot) -> None:
    plot = shown(qtbot, 300)
    named = [at for at, name in enumerate(plot.columns.names) if name]
    assert 1 < len(named) < len(LANGUAGES)
    assert np.diff(named).min() * column_width(plot) >= plot.fontMetrics().height()


def test_upright_names_are_seen_whole_below_their_columns(qtbot: QtBot) -> None:
    plot = shown(qtbot, 600)
    qtbot.wait(50)
    plot.canvas.grab()
    area = plot.columns.sceneBoundingRect()
    picture = plot.canvas.grab().toImage()
    inked = [
        y
        for y in range(int(area.top()) + 2, int(area.bottom()))
        if any(picture.pixelColor(x, y).lightness() < 200 for x in range(int(area.left()), 590))
    ]
    longest = max(plot.fontMetrics().horizontalAdvance(name) for name in LANGUAGES)
    gaps = np.diff(inked)
    assert gaps.max() > 2  # between the names and the axis label
    assert longest * 0.9 < inked[int(gaps.argmax())] - area.top()


def test_every_row_has_room_for_its_name(qtbot: QtBot) -> None:
    plot = shown(qtbot, 600)
    plot.resize(600, plot.minimumHeight())
    qtbot.wait(50)
    rows = plot.item.getAxis("left")._tickLevels[0]
    assert [name for _, name in rows] == list(LANGUAGES)


def test_the_read_out_names_true_and_predicted_class(qtbot: QtBot) -> None:
    plot = shown(qtbot, 500)
    view = plot.item.getViewBox()
    plot.canvas.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(2, 1)))
    words = plot._read_out.textItem.toPlainText()
    assert words == "true language 1, predicted language 2: 20"
