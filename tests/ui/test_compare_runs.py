"""The table of runs on the page Compare."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit
from windows import compared

from studio.core.results.events import RunId
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.shell.main_window import MainWindow
from studio.gui.widgets.small_table import SmallTable

Wait = Callable[[Callable[[], bool]], None]


def column(page: ComparePage, name: str) -> int:
    return page.runs.model.table.columns.index(name)


def test_runs_are_filtered_by_words_and_sorted_by_values(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    QTest.keyClicks(page.runs.filter, "lstm")
    assert page.runs.rows.rowCount() == 2
    page.runs.filter.clear()
    assert page.runs.rows.rowCount() == 6
    page.runs.view.sortByColumn(column(page, "parameters"), Qt.SortOrder.DescendingOrder)
    assert page.runs.rows.index(0, 0).data() == "LSTM"


def test_columns_that_do_not_differ_can_be_hidden(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    engine = column(page, "engine")
    assert page.runs.view.isColumnHidden(engine)
    QTest.mouseClick(page.runs.only_differing, Qt.MouseButton.LeftButton)
    assert not page.runs.view.isColumnHidden(engine)
    page.runs.copy_csv()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("contender,seed,status")
    assert len(copied) == 7


def test_a_note_is_written_into_the_session(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    view, note = page.runs.view, column(page, "note")
    index = page.runs.rows.index(1, note)
    view.setCurrentIndex(index)
    view.edit(index)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "a strange run")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait(lambda: page.runs.rows.index(1, note).data() == "a strange run")
    workspace = opened.context.session.workspace
    assert workspace is not None
    notes = workspace.ask(lambda session: session.notes(1)).result()
    assert [(note.run, note.text) for note in notes] == [(RunId("GRU", 2), "a strange run")]


def chosen_rows(page: ComparePage, *rows: int) -> None:
    """Clicks rows of the table, all but the first with Ctrl held."""
    view = page.runs.view
    page.ensureWidgetVisible(view)
    for number, row in enumerate(rows):
        keys = Qt.KeyboardModifier.ControlModifier if number else Qt.KeyboardModifier.NoModifier
        place = view.visualRect(page.runs.rows.index(row, column(page, "test RMSE"))).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)


def test_runs_are_grouped_with_their_means_and_deviations(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    page.runs.group.setFocus()
    QTest.keyClick(page.runs.group, Qt.Key.Key_Down)
    assert page.runs.group.currentText() == "by contender"
    assert page.runs.rows.rowCount() == 3
    cells = [page.runs.rows.index(0, c).data() for c in range(page.runs.rows.columnCount())]
    assert cells[:2] == ["GRU", "2"]
    assert " ± " in cells[column(page, "test RMSE")]
    QTest.keyClick(page.runs.group, Qt.Key.Key_Up)
    assert page.runs.rows.rowCount() == 6


def test_two_runs_that_are_selected_show_what_differs(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    assert not page.runs.differ.isEnabled()
    chosen_rows(page, 0, 4)
    assert [run.contender for run in page.runs.selected] == ["GRU", "RNN"]
    QTest.mouseClick(page.runs.differ, Qt.MouseButton.LeftButton)
    dialog = page.runs.findChild(QDialog, "differences")
    assert dialog is not None
    table = dialog.findChild(SmallTable)
    assert table is not None
    rows = {table.item(r, 0).text(): table.item(r, 2).text() for r in range(table.rowCount())}
    assert rows["Cell"] == "rnn"
    assert "Pooling" not in rows
    dialog.accept()


def test_a_pinned_column_stays_beside_the_others(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    fixed, score = page.runs.table.fixed, column(page, "test RMSE")
    assert not fixed.isColumnHidden(column(page, "contender"))
    assert fixed.isColumnHidden(score)
    places = [each.viewport().mapToGlobal(QPoint(0, 0)).y() for each in (fixed, page.runs.view)]
    assert places[0] == places[1]  # rows stand beside their names
    menu = page.runs.pin.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "test RMSE").trigger()
    assert not fixed.isColumnHidden(score)
    assert page.runs.view.isColumnHidden(score)
    assert page.runs.as_csv().splitlines()[0].startswith("contender,test RMSE,seed")
