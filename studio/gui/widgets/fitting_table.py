"""A table of text that is as high as its rows and fits its columns to its width."""

from collections.abc import Container, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import em

_NAME_EM = 8


class FittingTable(QTableWidget):
    """Read only; where columns have no room, intervals in brackets go below their figures.

    Args:
        name: What the table shows, for screen readers.
        breaks: Beginnings of what goes into a line of its own where there is no room.
    """

    def __init__(self, name: str, breaks: Sequence[str] = ("[",)) -> None:
        super().__init__()
        self._breaks = tuple(breaks)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setDefaultSectionSize(em(self, 1.8))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setHighlightSections(False)

    def show_cells(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        theme: Theme,
        muted: Container[int] = (),
    ) -> None:
        """Shows these rows; those in `muted` are set back.

        Args:
            headings: Of the columns; the first is text, the others are figures.
            rows: A text for each column.
            theme: The theme in force.
            muted: Numbers of rows.
        """
        self.setColumnCount(len(headings))
        self.setRowCount(len(rows))
        for column, heading in enumerate(headings):
            item = QTableWidgetItem(heading)
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.setItem(row, column, _cell(text, column, theme, is_muted=row in muted))
        self._spread()
        self.updateGeometry()
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        wide = sum(self.columnWidth(column) for column in range(self.columnCount()))
        is_cut = wide > self.viewport().width()
        extra = self.horizontalScrollBar().sizeHint().height() if is_cut else 0
        height = self.horizontalHeader().sizeHint().height() + rows + extra + 4
        return QSize(super().sizeHint().width(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leaves room for the scroll bar where columns do not fit."""
        super().resizeEvent(event)
        self._spread()
        self.setFixedHeight(self.sizeHint().height())

    def _spread(self) -> None:
        """Columns as wide as their contents need, and what is left shared out alike."""
        count, room = self.columnCount(), self.viewport().width()
        self._break_lines(in_two_lines=False)
        needed = self._needed()
        if sum(needed[1:]) + em(self, _NAME_EM) > room:  # intervals go below their figures
            self._break_lines(in_two_lines=True)
            needed = self._needed()
        if needed:  # names go on in a second line before figures are cut
            needed[0] = max(
                min(needed[0], em(self, _NAME_EM)), min(needed[0], room - sum(needed[1:]))
            )
        spare = max(0, room - sum(needed)) // max(1, count)
        for column, width in enumerate(needed):
            self.setColumnWidth(column, width + spare)
        self.resizeRowsToContents()
        for row in range(self.rowCount()):
            self.setRowHeight(row, max(self.rowHeight(row) + em(self, 0.3), em(self, 1.8)))

    def _needed(self) -> list[int]:
        self.resizeColumnsToContents()
        return [self.columnWidth(column) + em(self, 0.8) for column in range(self.columnCount())]

    def _break_lines(self, *, in_two_lines: bool) -> None:
        old, new = (" ", "\n") if in_two_lines else ("\n", " ")
        for row in range(self.rowCount()):
            for column in range(1, self.columnCount()):
                item = self.item(row, column)
                if item is not None:
                    for mark in self._breaks:
                        item.setText(item.text().replace(f"{old}{mark}", f"{new}{mark}"))


def _cell(text: str, column: int, theme: Theme, *, is_muted: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setTextAlignment(_alignment(column))
    if is_muted:
        font = item.font()
        font.setItalic(True)
        item.setFont(font)
        item.setForeground(QColor(theme.muted))
    return item


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
