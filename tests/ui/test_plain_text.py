"""Names of users and files are shown as they are written, on every page and in every message."""

from collections.abc import Callable
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as QtGuiNames
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from running import small_spec

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.gui.widgets.message_boxes import show_problem

Wait = Callable[[Callable[[], bool]], None]
HOSTILE = "<img src=none><b>x</b> & y"
MARK = "x</b>"


@pytest.fixture
def trained(window: MainWindow, tmp_path: Path, wait: Wait) -> MainWindow:
    """A comparison in which dataset, column, classes and contenders have names like HTML."""
    path = tmp_path / "a <b>x<b> & y.csv"
    rows = "".join(
        f"{row % 7}.5,{row % 5}.25,{row % 3}.5,{HOSTILE if row % 2 else 'plain'}\n"
        for row in range(80)
    )
    path.write_text(f"{HOSTILE} 1,{HOSTILE} 2,c,label\n{rows}")
    spec = small_spec(epochs=1, seeds=2)
    names = (f"{HOSTILE} A", f"{HOSTILE} B")
    contenders = tuple(
        contender.model_copy(update={"name": name})
        for contender, name in zip(spec.contenders, names, strict=True)
    )
    update = {
        "dataset": FileDataset(path=str(path)),
        "task": TaskSpec(),
        "contenders": contenders,
        "name": HOSTILE,
    }
    window.context.planner.open(OpenData(spec.model_copy(update=update)))
    wait(window.tool_bar.train.isEnabled)
    window.tool_bar.train.click()
    session = window.context.session
    wait(lambda: session.history is not None and session.history.is_complete)
    wait(lambda: not session.is_training)
    return window


def is_ours(part: QWidget) -> bool:
    """Whether a part stands in the window: the menus of plots are pyqtgraph's, of fixed texts."""
    return isinstance(part.window(), MainWindow)


@pytest.mark.parametrize("page", ["data", "models", "train", "gates", "compare", "export"])
def test_no_page_reads_a_name_as_html_or_as_the_mark_of_a_key(
    trained: MainWindow, wait: Wait, qtbot: QtBot, page: str
) -> None:
    trained.show_page(page)
    wait(trained.pages[page].isVisible)
    qtbot.wait(1500)  # what the page shows is loaded
    wrong = [
        f"{type(part).__name__} of {type(part.parent()).__name__}: {part.text()[:80]}"
        for part in trained.findChildren(QLabel)
        if (part.textFormat() == Qt.TextFormat.AutoText and is_ours(part))
        or (MARK in part.text() and part.textFormat() != Qt.TextFormat.PlainText)
    ]
    wrong += [
        f"{type(part).__name__} & {part.text()[:80]}"
        for part in trained.findChildren(QAbstractButton)
        if MARK in part.text() and "&& y" not in part.text()
    ]
    wrong += [
        f"action & {action.text()[:80]}"
        for action in trained.findChildren(QAction)
        if MARK in action.text() and "&& y" not in action.text()
    ]
    wrong += [
        f"tooltip of {type(part).__name__}: {part.toolTip()[:80]}"
        for part in trained.findChildren(QWidget)
        if "<img" in part.toolTip() and QtGuiNames.mightBeRichText(part.toolTip())
    ]
    for view in trained.findChildren(pg.GraphicsView):
        for item in view.scene().items():
            if isinstance(item, pg.LabelItem) and "<img" in item.item.toHtml():
                wrong.append(f"label of a plot: {item.text[:80]}")
            if isinstance(item, pg.AxisItem) and "<img" in item.labelString():
                wrong.append(f"axis: {item.labelText[:80]}")
    assert not wrong


def test_no_message_reads_a_name_as_html(window: MainWindow) -> None:
    error = DatasetError(f"the column {HOSTILE} is missing", where=HOSTILE, remedy=HOSTILE)
    show_problem(window, HOSTILE, error)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    shown = [part for part in box.findChildren(QLabel) if "<img" in part.text()]
    assert shown
    assert all(part.textFormat() == Qt.TextFormat.PlainText for part in shown)
    box.accept()
