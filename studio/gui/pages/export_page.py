"""The page Export."""

from studio.gui.desk import Desk
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage


class ExportPage(Page):
    """See the module."""

    name = "export"
    icon = "mdi6.export-variant"
    title = "Export"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        empty = EmptyPage(
            "There is no trained model yet.", "Train", lambda: self.go_to.emit("train")
        )
        self.content.addWidget(empty)
