"""A table of which some columns stay where they are while the others are scrolled."""

from collections.abc import Collection

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QTableView, QWidget

from studio.gui.widgets.basics import em
from studio.gui.widgets.table_style import style_table

_HEAD_EM = 2


class PinnedTable(QWidget):
    """Two views of one model: the pinned columns, and the others, which scroll.

    Attributes:
        fixed: The view of the pinned columns.
        view: The view of the others.
    """

    def __init__(self, model: QAbstractItemModel, name: str) -> None:
        super().__init__()
        self.fixed, self.view = QTableView(), QTableView()
        self._pinned: set[int] = set()
        self._hidden: set[int] = set()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for view, accessible_name in ((self.fixed, f"{name}, pinned columns"), (self.view, name)):
            style_table(view)
            view.setModel(model)
            view.setAccessibleName(accessible_name)
            view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.horizontalHeader().setFixedHeight(em(view, _HEAD_EM))
            row.addWidget(view)
        row.setStretch(1, 1)
        row.setAlignment(self.fixed, Qt.AlignmentFlag.AlignTop)  # it has no scroll bar below
        self.fixed.setSelectionModel(self.view.selectionModel())
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.fixed.setVerticalScrollBarPolicy(off)
        self.fixed.setHorizontalScrollBarPolicy(off)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.view.verticalScrollBar().valueChanged.connect(self.fixed.verticalScrollBar().setValue)
        self.fixed.verticalScrollBar().valueChanged.connect(self.view.verticalScrollBar().setValue)
        self._sort_by_either()

    def show_columns(self, pinned: Collection[int], hidden: Collection[int]) -> None:
        """Pins some columns and hides some; pinned ones are shown whatever is hidden."""
        self._pinned, self._hidden = set(pinned), set(hidden) - set(pinned)
        model = self.view.model()
        for column in range(0 if model is None else model.columnCount()):
            is_pinned = column in self._pinned
            self.fixed.setColumnHidden(column, not is_pinned)
            self.view.setColumnHidden(column, is_pinned or column in self._hidden)
        self.fit()

    @property
    def shown(self) -> list[int]:
        """The columns that are shown, from the left."""
        model = self.view.model()
        count = 0 if model is None else model.columnCount()
        rest = (c for c in range(count) if c not in self._pinned | self._hidden)
        return [*sorted(self._pinned), *rest]

    def fit(self) -> None:
        """Columns as wide as what is in them; the pinned part as wide as its columns, or half."""
        self.view.resizeColumnsToContents()
        self._fit_pinned()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_pinned()

    def _fit_pinned(self) -> None:
        for column in self._pinned:
            self.fixed.resizeColumnToContents(column)
        widths = {column: self.fixed.columnWidth(column) for column in self._pinned}
        most = self.width() // 2
        if sum(widths.values()) > most:
            widths = {column: min(width, most // len(widths)) for column, width in widths.items()}
            for column, width in widths.items():
                self.fixed.setColumnWidth(column, width)
        self.fixed.setFixedWidth(sum(widths.values()) + 2)
        self.fixed.setVisible(bool(self._pinned))

    def set_height(self, rows: int) -> None:
        """As high as so many rows."""
        height = self.view.verticalHeader().defaultSectionSize()
        head = self.view.horizontalHeader().height()
        bar = self.view.horizontalScrollBar().sizeHint().height()
        self.view.setFixedHeight(rows * height + head + bar + 4)
        self.fixed.setFixedHeight(rows * height + head + 4)

    def _sort_by_either(self) -> None:
        """Both views sort the one model; the arrow stands where it was clicked."""
        for view, other in ((self.fixed, self.view), (self.view, self.fixed)):
            view.setSortingEnabled(True)
            header = view.horizontalHeader()
            header.sortIndicatorChanged.connect(
                lambda column, _, other=other: self._forget_arrow(other, column)
            )
            view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def _forget_arrow(self, view: QTableView, column: int) -> None:
        header = view.horizontalHeader()
        if column >= 0 and header.sortIndicatorSection() >= 0:
            header.blockSignals(True)  # noqa: FBT003 - Qt's own
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            header.blockSignals(False)  # noqa: FBT003 - Qt's own
