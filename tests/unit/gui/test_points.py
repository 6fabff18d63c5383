"""Scatter plots show each point where its axes say."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_point_is_drawn_at_its_value_on_either_kind_of_axis(
    qtbot: QtBot, *, logarithmic: bool
) -> None:
    plot = PointsPlot(Appearance(), "Points", "x", "y")
    qtbot.addWidget(plot)
    plot.resize(400, 300)
    plot.legend.hide()
    plot.set_logarithmic(y=logarithmic)
    stroke = Stroke("#ff0000", SOLID, "o")
    plot.show_points(
        [Points("a", np.array([1.0, 2.0]), np.array([30.0, np.inf]), stroke)], big=True
    )
    plot.item.setXRange(0, 3)
    plot.item.setYRange(*((0, 3) if logarithmic else (0, 100)))
    with qtbot.waitExposed(plot):
        plot.show()
    picture = plot.canvas.grab().toImage()
    height = np.log10(30.0) if logarithmic else 30.0
    scene = plot.item.getViewBox().mapViewToScene(QPointF(1.0, float(height)))
    color = picture.pixelColor(plot.canvas.mapFromScene(scene))
    assert (color.red(), color.green(), color.blue()) == (255, 0, 0)
