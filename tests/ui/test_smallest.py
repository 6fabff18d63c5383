"""The search for the smallest sizes, from the page Compare."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from running import small_spec, whole_history

from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def page_of(window: MainWindow, wait: Wait) -> ComparePage:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.show_page("compare")
    wait(lambda: page.results is not None and window.context.jobs.is_idle)
    return page


def test_the_search_trains_halves_until_the_answer_stands_side_by_side(
    opened: MainWindow, wait: Wait
) -> None:
    page, session = page_of(opened, wait), opened.context.session
    told: list[str] = []
    opened.context.smallest.told.connect(told.append)
    before = session.comparison
    wait(page.smallest.search.isEnabled)
    QTest.mouseClick(page.smallest.search, Qt.MouseButton.LeftButton)
    wait(lambda: "The smallest sizes are known" in told)
    wait(lambda: page.smallest.sentence.isVisible() and not session.is_busy)
    assert session.comparison == before
    table = page.smallest.table
    assert table.rowCount() >= 3
    assert {table.item(row, 0).text() for row in range(table.rowCount())} == {"GRU", "LSTM", "RNN"}
    assert len(told) == 1 + len({row.id for row in session.comparisons} - {before})


def test_a_comparison_with_one_seed_says_why_sizes_cannot_be_searched(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "one.gates", small_spec(epochs=1, seeds=1))
    window.open_path(tmp_path / "one.gates")
    wait(lambda: window.context.session.history is not None)
    page = page_of(window, wait)
    assert not page.smallest.search.isEnabled()
    assert "needs several seeds" in page.smallest.why_not.text().lower()
