"""The page Gates."""

from studio.gui.desk import Desk
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage


class GatesPage(Page):
    """See the module."""

    name = "gates"
    icon = "mdi6.grid"
    title = "Gates"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        empty = EmptyPage(
            "There is nothing to look into yet.", "Open data", lambda: self.go_to.emit("data")
        )
        self.content.addWidget(empty)
