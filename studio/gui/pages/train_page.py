"""The page Train."""

from studio.gui.desk import Desk
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage


class TrainPage(Page):
    """See the module."""

    name = "train"
    icon = "mdi6.chart-line"
    title = "Train"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        empty = EmptyPage(
            "Nothing was trained yet.", "Set up models", lambda: self.go_to.emit("models")
        )
        self.content.addWidget(empty)
