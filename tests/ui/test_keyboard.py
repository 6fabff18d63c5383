"""The whole journey with the keyboard alone: real keys, sent to what has the focus."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QSpinBox, QWidget
from windows import series

from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.export import export_page
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.gates.heat_map import GateMaps
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.shell.help_window import CHAPTERS
from studio.gui.shell.main_window import MainWindow
from studio.paths import guide

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
    wait(lambda: page.is_drawn)
    maps = tab_to(lambda widget: isinstance(widget, GateMaps))
    assert isinstance(maps, GateMaps)
    before = maps.cursor_place
    assert before is not None
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Return)
    assert maps.cursor_place is not None
    assert maps.cursor_place.step == before.step + 1
    assert page.body.inspector.isVisible()
    press(Qt.Key.Key_Escape)


def test_the_whole_journey_needs_no_mouse(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = window.context
    window.activateWindow()
    wait(lambda: QApplication.activeWindow() is window)
    data, kept = series(tmp_path / "waves.csv"), tmp_path / "gru.onnx"
    # the system's own file dialogs cannot be driven; what they return is typed here
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(data), ""))
    monkeypatch.setattr(export_page, "ask_save_path", lambda *_: kept)

    press(Qt.Key.Key_O, CTRL)
    wait(lambda: context.planner.is_current and window.pages["data"].isVisible())

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
    wait(lambda: context.planner.is_current)
    spec = context.draft.spec
    assert spec is not None
    assert [contender.hidden_size for contender in spec.contenders] == [6, 32]
    assert (spec.training.epochs, spec.training.seeds) == (2, 2)

    press(Qt.Key.Key_R, CTRL)
    assert window.pages["train"].isVisible()
    wait(lambda: context.session.history is not None and context.session.history.is_complete)

    look_at_gates(window, wait)

    press(Qt.Key.Key_5, CTRL)
    compare = window.pages["compare"]
    assert isinstance(compare, ComparePage)
    wait(lambda: compare.results is not None)
    tab_to(lambda widget: widget is compare.copy)
    press(Qt.Key.Key_Space)
    assert QApplication.clipboard().text().startswith("| Model")

    press(Qt.Key.Key_8, CTRL)
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
    wait(lambda: window.context.planner.is_current)
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


def test_f1_opens_the_chapter_of_the_page_that_is_shown(window: MainWindow, wait: Wait) -> None:
    for name in window.pages:
        window.show_page(name)
        QTest.keyClick(window, Qt.Key.Key_F1)
        chapter = guide() / CHAPTERS[name]
        wait(lambda chapter=chapter: window.guide.browser.source().toLocalFile() == str(chapter))
        assert window.guide.isVisible()
        title = chapter.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        assert title in window.guide.browser.toPlainText()
    window.guide.close()


def test_links_of_the_guide_lead_to_other_chapters(window: MainWindow) -> None:
    window.show_guide()
    window.guide.browser.anchorClicked.emit(QUrl("gates.md"))
    assert window.guide.browser.source().fileName() == "gates.md"
    window.guide.browser.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert window.guide.browser.source().fileName() == "gates.md"
    window.guide.close()
