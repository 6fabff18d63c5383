"""Widgets side by side where there is room, below each other where there is not."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from studio.gui.widgets.basics import em


class SideBySide(QWidget):
    """A grid with as many columns of equal width as fit.

    Args:
        least: Smallest width of a column, in em.
        most: Largest number of columns.
    """

    def __init__(self, least: float, most: int = 64) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._widgets: list[QWidget] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(em(self, 0.7))

    @property
    def columns(self) -> int:
        return self._columns

    def set_widgets(self, widgets: Sequence[QWidget]) -> None:
        """Shows these, and no other any more; those that leave are deleted."""
        gone = [widget for widget in self._widgets if widget not in widgets]
        self.choose(widgets)
        for widget in gone:
            widget.deleteLater()

    def choose(self, widgets: Sequence[QWidget]) -> None:
        """Shows these; those that leave are hidden and can come back."""
        for widget in self._widgets:
            if widget not in widgets:
                self._grid.removeWidget(widget)
                widget.hide()
        self._widgets = list(widgets)
        self._arrange(anew=True)

    def add(self, widgets: Sequence[QWidget]) -> None:
        """Shows these too, after the others."""
        self._widgets += widgets
        if self._columns != self._columns_for_room():
            self._arrange(anew=True)
            return
        for number in range(len(self._widgets) - len(widgets), len(self._widgets)):
            self._place(number)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(1, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, *, anew: bool = False) -> None:
        columns = self._columns_for_room()
        if columns == self._columns and not anew:
            return
        for at in range(self._columns):
            self._grid.setColumnStretch(at, 0)
        self._columns = columns
        for number in range(len(self._widgets)):
            self._grid.removeWidget(self._widgets[number])
            self._place(number)
        for at in range(columns):
            self._grid.setColumnStretch(at, 1)

    def _columns_for_room(self) -> int:
        room = self.width() // em(self, self._least)
        return max(1, min(self._most, len(self._widgets) or 1, room))

    def _place(self, number: int) -> None:
        widget = self._widgets[number]
        row, column = divmod(number, self._columns)
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, widget.sizePolicy().verticalPolicy())
        self._grid.addWidget(widget, row, column, Qt.AlignmentFlag(0))
        widget.show()
