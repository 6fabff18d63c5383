"""The page Models."""

from studio.gui.desk import Desk
from studio.gui.pages.page import Page
from studio.gui.widgets.basics import EmptyPage


class ModelsPage(Page):
    """See the module."""

    name = "models"
    icon = "mdi6.vector-polyline"
    title = "Models"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        empty = EmptyPage("There is no dataset yet.", "Open data", lambda: self.go_to.emit("data"))
        self.content.addWidget(empty)
