"""Drawing areas that leave the mouse wheel to the page, unless Ctrl is held to zoom."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent


class Rows(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Several plots below each other."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms with Ctrl, and scrolls the page without."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()
