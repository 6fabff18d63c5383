"""The read-out of a plot under the mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

EPOCHS = np.arange(1.0, 6.0)


class Page(QWidget):
    """A plot with something else below it."""

    def __init__(self) -> None:
        super().__init__()
        self.plot = Plot(Appearance(), "Loss", "epoch", "loss")
        self.other = QPushButton("elsewhere")
        layout = QVBoxLayout(self)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.other)
        self.resize(400, 340)
        self.show_losses(0.5)

    def show_losses(self, loss: float) -> None:
        stroke = Stroke("#ff0000", SOLID, "o")
        self.plot.show_curves([PlotCurve("GRU", EPOCHS, np.full(5, loss), stroke)])

    @property
    def place(self) -> QPoint:
        """Where epoch 3 stands."""
        view = self.plot.item.getViewBox()
        scene = view.mapViewToScene(QPointF(3.0, view.viewRect().center().y()))
        place: QPoint = self.plot.canvas.mapFromScene(scene)
        return place


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    made = Page()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.plot.canvas.grab()
    for place in (QPoint(1, 1), made.place):
        QTest.mouseMove(made.plot.canvas.viewport(), place)
        qtbot.wait(50)  # pyqtgraph takes a hundred moves a second
    qtbot.waitUntil(lambda: made.plot.read_out == "epoch: 3\nGRU: 0.5")
    return made


def test_the_read_out_hides_when_the_mouse_leaves(page: Page, qtbot: QtBot) -> None:
    QTest.mouseMove(page.other, page.other.rect().center())
    qtbot.waitUntil(lambda: page.plot.read_out == "")


@pytest.mark.qt_log_ignore("raise", "grabbing the keyboard", "propagateSizeHints")
def test_the_read_out_hides_while_a_menu_is_open_and_afterwards(page: Page, qtbot: QtBot) -> None:
    during: list[str] = []

    def close() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        during.append(page.plot.read_out)
        QTest.keyClick(menu, Qt.Key.Key_Escape)

    QTimer.singleShot(200, close)
    viewport = page.plot.canvas.viewport()
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, page.place, viewport.mapToGlobal(page.place)
    )
    QApplication.sendEvent(viewport, asked)
    qtbot.waitUntil(lambda: during == [""])
    assert page.plot.read_out == ""
    page.show_losses(0.25)
    assert page.plot.read_out == ""


def test_the_read_out_follows_new_data_under_the_mouse(page: Page) -> None:
    page.show_losses(0.25)
    assert page.plot.read_out == "epoch: 3\nGRU: 0.25"


def test_the_read_out_hides_when_its_data_is_removed(page: Page) -> None:
    page.plot.show_curves([])
    assert page.plot.read_out == ""


def test_the_read_out_is_hidden_when_the_page_returns(page: Page) -> None:
    page.hide()
    page.show()
    assert page.plot.read_out == ""
