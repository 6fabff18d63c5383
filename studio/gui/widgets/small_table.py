"""A table of a few rows that shows all of them."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from studio.gui.widgets.basics import em

_LEAST_WIDTH_EM = 8


class SmallTable(QTableWidget):
    """Read only; the first column is text, the others are figures.

    Args:
        headers: Of the columns.
        name: What the table shows, for screen readers.
    """

    def __init__(self, headers: Sequence[str], name: str) -> None:
        super().__init__(0, len(headers))
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setStyleSheet("QTableView::item { padding: 0 0.3em; }")
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(em(self, 3.8))
        for column in range(len(headers)):
            item = QTableWidgetItem(headers[column])
            item.setTextAlignment(_side(column))
            self.setHorizontalHeaderItem(column, item)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        self.setRowCount(len(rows))
        for row_index, row in enumerate(rows):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                item.setTextAlignment(_side(column))
                self.setItem(row_index, column, item)
            self.setRowHeight(row_index, em(self, 1.5))
        self.setFixedHeight(self._height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All rows, and as narrow as can be read."""
        return QSize(em(self, _LEAST_WIDTH_EM), self._height())

    def _height(self) -> int:
        return self.horizontalHeader().sizeHint().height() + self.rowCount() * em(self, 1.5) + 2


def _side(column: int) -> Qt.AlignmentFlag:
    sides = Qt.AlignmentFlag
    return (sides.AlignLeft if column == 0 else sides.AlignRight) | sides.AlignVCenter
