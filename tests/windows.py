"""What tests of the whole window share."""

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMessageBox

from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.shell.main_window import MainWindow


def series(path: Path, rows: int = 300) -> Path:
    """A CSV file with one column, a wave."""
    lines = (f"{math.sin(step / 7):.5f}" for step in range(rows))
    path.write_text("\n".join(["level", *lines, ""]), encoding="utf-8")
    return path


def problem(window: MainWindow) -> QMessageBox | None:
    """The dialog that tells a problem, if it is open."""
    return window.findChild(QMessageBox, "problem")


def compared(window: MainWindow, wait: Callable[[Callable[[], bool]], None]) -> ComparePage:
    """The page Compare with its results."""
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0 and page.is_drawn)
    return page
