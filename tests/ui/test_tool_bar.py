"""The tool bar: what is open, which comparison, how far it is; nothing is cut in silence."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo, QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from running import small_spec

from studio.core.spec import ComparisonSpec
from studio.gui.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
SIZES = [(1440, 900), (1024, 640)]


def train(window: MainWindow, wait: Wait, qtbot: QtBot, spec: ComparisonSpec) -> None:
    window.desk.planner.open(spec)
    wait(lambda: window.desk.planner.is_current and window.desk.draft.spec == spec)
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    wait(lambda: window.desk.work.is_training)


def train_to_the_end(window: MainWindow, wait: Wait, qtbot: QtBot, spec: ComparisonSpec) -> None:
    work = window.desk.work  # it may be over before anybody looks
    number = len(work.comparisons) + 1
    window.desk.planner.open(spec)
    wait(lambda: window.desk.planner.is_current and window.desk.draft.spec == spec)
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    wait(lambda: len(work.comparisons) == number and not work.is_training)
    wait(window.tool_bar.train.isVisible)


def is_whole(text: QLabel) -> bool:
    return text.width() >= text.sizeHint().width()


def test_comparisons_are_told_apart_by_what_differs(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    spec = small_spec(epochs=1, seeds=1)
    gru, lstm = (each.model_copy(update={"num_layers": 1}) for each in spec.contenders)
    spec = spec.model_copy(update={"contenders": (gru, lstm)})
    larger = (gru.model_copy(update={"hidden_size": 48, "num_layers": 2}), lstm)
    train_to_the_end(window, wait, qtbot, spec)
    train_to_the_end(window, wait, qtbot, spec.model_copy(update={"contenders": larger}))
    box = window.tool_bar.comparisons
    wait(lambda: box.count() == 2)
    small = f"GRU {gru.hidden_size}, LSTM {lstm.hidden_size}"
    assert box.itemText(0).startswith(f"1: {small}, ")
    assert box.itemText(1).startswith(f"2: GRU 48 × 2 layers, LSTM {lstm.hidden_size}, ")
    window.resize(1440, 900)
    wait(lambda: box.width() >= box.sizeHint().width())
    assert box.toolTip().startswith("The comparisons in this session")
    window.resize(800, 640)
    wait(lambda: box.width() < box.sizeHint().width())
    box.grab()
    assert box.toolTip().startswith(box.currentText())


def test_a_short_name_takes_no_more_room_than_it_needs(window: MainWindow, wait: Wait) -> None:
    window.desk.planner.open(small_spec())
    name = window.tool_bar.name
    wait(lambda: name.text() not in {"", "Gate Studio"})
    wait(lambda: name.width() <= name.fontMetrics().horizontalAdvance(name.text()) + 4)
    assert is_whole(name)


@pytest.mark.parametrize("size", SIZES)
def test_name_and_progress_have_room_while_training(
    window: MainWindow, wait: Wait, qtbot: QtBot, size: tuple[int, int]
) -> None:
    train_to_the_end(window, wait, qtbot, small_spec(epochs=1, seeds=1))
    train(window, wait, qtbot, small_spec(epochs=400, seeds=3))
    window.resize(*size)
    bar = window.tool_bar
    wait(lambda: "left" in bar.left.text())
    QTest.qWait(100)
    assert is_whole(bar.name)
    assert is_whole(bar.left)
    assert not bar.comparisons.isVisible()  # none can be chosen now
    assert bar.width() == window.width()
    window.desk.work.stop()
    wait(lambda: not window.desk.work.is_training)
    wait(bar.comparisons.isVisible)


def test_what_is_paused_says_so_and_offers_to_go_on(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    train(window, wait, qtbot, small_spec(epochs=400, seeds=3))
    bar, work = window.tool_bar, window.desk.work

    def icon() -> QImage:
        return bar.pause.icon().pixmap(QSize(24, 24)).toImage()

    pausing = icon()
    wait(lambda: "%" in bar.left.text())
    qtbot.mouseClick(bar.pause, LEFT)
    wait(lambda: work.is_paused)
    wait(lambda: bar.left.text().startswith("paused at "))
    assert bar.pause.text() == "Go on"
    assert icon() != pausing
    qtbot.mouseClick(bar.pause, LEFT)
    wait(lambda: not bar.left.text().startswith("paused"))
    assert icon() == pausing
    work.stop()
    wait(lambda: not work.is_training)


def test_every_title_of_the_side_bar_has_room_for_its_mark(window: MainWindow) -> None:
    for page in window.pages.values():
        page.set_state("waiting")
        made = window.side_bar._buttons[page.name]
        bold = made.font()
        bold.setBold(True)  # as the chosen one is
        text = QFontMetrics(bold).horizontalAdvance(made.text())
        padding = 1.6 * QFontInfo(bold).pixelSize()
        assert made.text().endswith("…")
        assert made.width() >= made.iconSize().width() + 4 + text + padding + 2
