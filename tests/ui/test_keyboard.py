"""The whole journey with the keyboard alone: real keys, sent to what has the focus."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QSpinBox, QWidget
from windows import series

from studio.gui.main_window import MainWindow
from studio.gui.pages import export_page
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.export_page import ExportPage
from studio.gui.pages.gates_page import GatesPage
from studio.gui.pages.models_page import ModelsPage
from studio.gui.plots.heat_map import GateMaps

Wait = Callable[[Callable[[], bool]], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
MOST_TABS = 150


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None, "nothing has the focus"
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.activeWindow() if modifier == CTRL else focused(), key, modifier)


def tab_to(is_it: Callable[[QWidget], bool]) -> QWidget:
    for _ in range(MOST_TABS):
        if is_it(focused()):
            return focused()
        press(Qt.Key.Key_Tab)
    pytest.fail(f"not reached by Tab; the focus is on {focused()}")


def named(name: str) -> Callable[[QWidget], bool]:
    return lambda widget: name in (widget.accessibleName(), getattr(widget, "text", str)())


def type_number(number: int) -> None:
    box = focused()
    assert isinstance(box, QSpinBox | QLineEdit)
    box.selectAll()
    QTest.keyClicks(box, str(number))
    QTest.keyClick(box, Qt.Key.Key_Return)


def look_at_gates(window: MainWindow, wait: Wait) -> None:
    press(Qt.Key.Key_4, CTRL)
    page = window.pages["gates"]
    assert isinstance(page, GatesPage)
    wait(lambda: any(column.maps.shown is not None for column in page.body.columns.values()))
    maps = tab_to(lambda widget: isinstance(widget, GateMaps))
    assert isinstance(maps, GateMaps)
    before = maps.cursor_place
    assert before is not None
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Return)
    assert maps.cursor_place is not None
    assert maps.cursor_place.step == before.step + 1
    assert page.body.unit.isVisible()
    press(Qt.Key.Key_Escape)


def test_the_whole_journey_needs_no_mouse(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = window.desk
    window.activateWindow()
    wait(lambda: QApplication.activeWindow() is window)
    data, kept = series(tmp_path / "waves.csv"), tmp_path / "gru.onnx"
    # the system's own file dialogs cannot be driven; what they return is typed here
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(data), ""))
    monkeypatch.setattr(export_page, "ask_where", lambda *_: kept)

    press(Qt.Key.Key_O, CTRL)
    wait(lambda: desk.planner.is_current and window.pages["data"].isVisible())

    press(Qt.Key.Key_2, CTRL)
    models = window.pages["models"]
    assert isinstance(models, ModelsPage)
    wait(lambda: models.training is not None and models.training.main.editor("epochs").isVisible())
    tab_to(named("Hidden size"))
    type_number(6)
    tab_to(named("Epochs"))
    type_number(2)
    tab_to(named("Seeds"))
    type_number(2)
    wait(lambda: desk.planner.is_current)
    spec = desk.draft.spec
    assert spec is not None
    assert [each.hidden_size for each in spec.contenders] == [6, 32]
    assert (spec.training.epochs, spec.training.seeds) == (2, 2)

    press(Qt.Key.Key_R, CTRL)
    assert window.pages["train"].isVisible()
    wait(lambda: desk.work.history is not None and desk.work.history.is_complete)

    look_at_gates(window, wait)

    press(Qt.Key.Key_5, CTRL)
    compare = window.pages["compare"]
    assert isinstance(compare, ComparePage)
    wait(lambda: compare.results is not None)
    tab_to(lambda widget: widget is compare.copy)
    press(Qt.Key.Key_Space)
    assert QApplication.clipboard().text().startswith("| Model")

    press(Qt.Key.Key_7, CTRL)
    export = window.pages["export"]
    assert isinstance(export, ExportPage)
    tab_to(lambda widget: widget is export.cards["onnx"].button)
    press(Qt.Key.Key_Space)
    wait(lambda: kept.exists() and not export.cards["onnx"].is_waiting)
    assert focused() is export.cards["onnx"].button, "the focus stays where the user was"


def test_tab_goes_through_a_page_from_top_to_bottom(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    window.activateWindow()
    wait(lambda: QApplication.activeWindow() is window)
    window.open_path(series(tmp_path / "waves.csv"))
    wait(lambda: window.desk.planner.is_current)
    window.show_page("models")
    page = window.pages["models"].widget()
    tab_to(page.isAncestorOf)
    heights = []
    while page.isAncestorOf(focused()):
        top = focused().mapTo(page, QPoint(0, 0)).y()
        heights.append(top)
        press(Qt.Key.Key_Tab)
        assert len(heights) < MOST_TABS
    falls = sum(later < earlier - 40 for earlier, later in pairwise(heights))
    assert falls <= 1, f"the focus jumps upwards {falls} times: {heights}"  # to the second card
