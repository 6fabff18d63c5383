"""The tool bar: what is open, which comparison, how far it is; nothing is cut in silence."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo, QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from running import small_spec

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
SIZES = [(1440, 900), (1024, 640)]


def train(window: MainWindow, wait: Wait, qtbot: QtBot, spec: ComparisonSpec) -> None:
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.is_current and window.context.draft.spec == spec)
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    wait(lambda: window.context.session.is_training)


def train_to_the_end(window: MainWindow, wait: Wait, qtbot: QtBot, spec: ComparisonSpec) -> None:
    session = window.context.session  # it may be over before anybody looks
    number = len(session.comparisons) + 1
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.is_current and window.context.draft.spec == spec)
    qtbot.mouseClick(window.tool_bar.train, LEFT)
    wait(lambda: len(session.comparisons) == number and not session.is_training)
    wait(window.tool_bar.train.isVisible)


def is_whole(text: QLabel) -> bool:
    return text.width() >= text.sizeHint().width()


def test_comparisons_are_labelled_with_what_differs(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    spec = small_spec(epochs=1, seeds=1)
    gru, lstm = (contender.model_copy(update={"num_layers": 1}) for contender in spec.contenders)
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
    assert box.toolTip().startswith("Comparisons in this session")
    window.resize(800, 640)
    wait(lambda: box.width() < box.sizeHint().width())
    box.grab()
    assert box.toolTip().startswith(box.currentText())


def test_a_short_name_takes_no_more_room_than_it_needs(window: MainWindow, wait: Wait) -> None:
    window.context.planner.open(OpenData(small_spec()))
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
    window.context.session.stop()
    wait(lambda: not window.context.session.is_training)
    wait(bar.comparisons.isVisible)


def test_a_paused_comparison_says_so_and_offers_to_resume(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    train(window, wait, qtbot, small_spec(epochs=400, seeds=3))
    bar, session = window.tool_bar, window.context.session

    def icon() -> QImage:
        return bar.pause.icon().pixmap(QSize(24, 24)).toImage()

    pausing = icon()
    wait(lambda: "%" in bar.left.text())
    qtbot.mouseClick(bar.pause, LEFT)
    wait(lambda: session.is_paused)
    wait(lambda: bar.left.text().startswith("paused at "))
    assert bar.pause.text() == "Resume"
    assert icon() != pausing
    qtbot.mouseClick(bar.pause, LEFT)
    wait(lambda: not bar.left.text().startswith("paused"))
    assert icon() == pausing
    session.stop()
    wait(lambda: not session.is_training)


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
