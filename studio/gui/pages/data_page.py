"""The page Data."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from studio.gui.desk import Desk
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage


class DataPage(Page):
    """See the module.

    Signals:
        open_file: The user wants to choose a data file.
        open_session: The user wants to choose a session.
        open_example: The path of an example experiment to run at once.
    """

    name = "data"
    icon = "mdi6.table"
    title = "Data"

    open_file = Signal()
    open_session = Signal()
    open_example = Signal(object)
    open_path = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.recent_paths: Callable[[], list[Path]] = list
        empty = EmptyPage("Drop a file or a folder anywhere.", "Open a file…", self.open_file.emit)
        self.content.addWidget(empty)

    def show_drop_place(self, *, over: bool) -> None:
        """Marks the place to drop while something is dragged over the window."""
