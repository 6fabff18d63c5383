"""The theme in force, and a signal when another takes its place."""

from PySide6.QtCore import QObject, Signal

from studio.gui.style.theme import LIGHT, Theme


class Appearance(QObject):
    """The theme in force.

    Signals:
        changed: Another theme is in force.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT

    def use(self, theme: Theme) -> None:
        self.theme = theme
        self.changed.emit()
