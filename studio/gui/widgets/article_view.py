"""The article's table with the user's numbers."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from studio.analysis import ArticleTable
from studio.gui.theme import Theme
from studio.gui.widgets.basics import em

_NAME_EM = 8


class ArticleView(QTableWidget):
    """Contenders, then baselines, which are marked as such; as high as its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Model, parameters, training time, training memory, performance")
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

    def show_table(
        self,
        table: ArticleTable,
        contenders: int,
        theme: Theme,
        best: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        """Shows the table.

        Args:
            table: The article's table.
            contenders: How many of its first rows are contenders.
            theme: Colours.
            best: The cells, (contender, column), that the verdicts call the best.
        """
        words = table.as_words()
        self.setColumnCount(len(table.headings))
        self.setRowCount(len(words))
        for column, heading in enumerate(table.headings):
            item = QTableWidgetItem(
                heading.replace(" ", "\n", 1) if "(" in heading else heading
            )  # units below: columns stay narrow
            item.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, item)
        for row, cells in enumerate(words):
            is_baseline = row >= contenders
            for column, text in enumerate(cells):
                marked = f"{text} (baseline)" if is_baseline and column == 0 else text
                item = _cell(marked, column, theme, is_baseline=is_baseline)
                if not is_baseline and (cells[0], column) in best:
                    _mark_best(item)
                self.setItem(row, column, item)
        self._spread()
        self.updateGeometry()
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All rows."""
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
        self._break_before("[", in_two_lines=False)
        needed = self._needed()
        if sum(needed[1:]) + em(self, _NAME_EM) > room:  # intervals go below their figures
            self._break_before("[", in_two_lines=True)
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
        return [self.columnWidth(at) + em(self, 0.8) for at in range(self.columnCount())]

    def _break_before(self, mark: str, *, in_two_lines: bool) -> None:
        old, new = (" ", "\n") if in_two_lines else ("\n", " ")
        for row in range(self.rowCount()):
            for column in range(1, self.columnCount()):
                item = self.item(row, column)
                if item is not None:
                    item.setText(item.text().replace(f"{old}{mark}", f"{new}{mark}"))


def _cell(text: str, column: int, theme: Theme, *, is_baseline: bool) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setTextAlignment(_alignment(column))
    if is_baseline:
        font = item.font()
        font.setItalic(True)
        item.setFont(font)
        item.setForeground(QColor(theme.muted))
    return item


def _mark_best(item: QTableWidgetItem) -> None:
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    item.setToolTip("The best, as the verdicts on it and each other contender say.")
    item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, item.toolTip())


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
