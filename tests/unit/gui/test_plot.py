"""The plot that all others are made of."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

STROKE = Stroke("#ff0000", SOLID, "o")


@pytest.fixture
def plot(qtbot: QtBot) -> DatedPlot:
    made = DatedPlot(Appearance(), "Loss", "epoch", "loss")
    qtbot.addWidget(made)
    made.resize(400, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(plot: Plot, *x: float) -> tuple[float, float]:
    """Draws a curve over these places, and gives what is seen of the axis."""
    places = np.array(x)
    plot.show_curves([PlotCurve("GRU", places, np.linspace(1, 2, len(x)), STROKE)])
    plot.canvas.grab()
    low, high = plot.item.getViewBox().viewRange()[0]
    return float(low), float(high)


def test_around_a_single_epoch_one_more_is_seen_on_each_side(plot: DatedPlot) -> None:
    show(plot, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    assert show(plot, 1) == pytest.approx((0, 2))
    low, high = show(plot, 1, 2, 3)
    assert 0.5 < low < 1
    assert 3 < high < 3.5


def test_around_a_single_place_of_a_logarithmic_axis_there_is_a_decade(plot: DatedPlot) -> None:
    plot.set_logarithmic(x=True)
    assert show(plot, 100) == pytest.approx((1.5, 2.5))


def test_the_label_of_an_axis_stands_at_its_middle_whatever_it_says(plot: DatedPlot) -> None:
    plot.set_labels("epoch", "binary cross-entropy per step, nats")
    for side, place in (("left", 1), ("bottom", 0)):
        axis = plot.item.getAxis(side)
        label, whole = axis.label.sceneBoundingRect().center(), axis.sceneBoundingRect().center()
        middle = (label.x(), label.y())[place], (whole.x(), whole.y())[place]
        assert middle[0] == pytest.approx(middle[1], abs=2)


def test_axis_and_read_out_show_dates_of_steps(plot: DatedPlot, qtbot: QtBot) -> None:
    days = np.arange("1984-01-01", "1984-05-01", dtype="datetime64[D]").astype(str)
    plot.set_labels("time", "Temp")
    plot.show_times(days)
    show(plot, *np.arange(len(days), dtype=np.float64))
    axis = plot.item.getAxis("bottom")
    ticks = [at for _, level in axis.tickValues(0, 119, 300) for at in level]
    assert axis.tickStrings(ticks, 1, 1) == ["1984-02", "1984-03", "1984-04"]
    view = plot.item.getViewBox()
    plot.canvas.scene().sigMouseMoved.emit(view.mapViewToScene(QPointF(40, 1.5)))
    assert plot.read_out.startswith("time: 1984-02-10\n")
    del qtbot
