"""A table of columns of numbers and texts; its cells are made when they are looked at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTableView

from studio.gui.view.number_format import format_value
from studio.gui.widgets.basics import em
from studio.gui.widgets.table_style import fit_columns, style_table

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_HEIGHT_EM = 16


class _Columns(QAbstractTableModel):
    """Sorted by any column; what is missing comes last."""

    def __init__(self, columns: Mapping[str, NDArray[Any]], rows: int) -> None:
        super().__init__()
        self._names, self._values = list(columns), list(columns.values())
        self._rows = rows
        self.order = np.arange(rows)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self.order = np.arange(self._rows)
        if 0 <= column < len(self._values):
            values = self._values[column]
            is_down = order == Qt.SortOrder.DescendingOrder
            if values.dtype.kind in "fi":
                keys = -values if is_down else values
                self.order = np.argsort(keys, kind="stable")
            else:
                ranked = np.argsort(values, kind="stable")
                self.order = ranked[::-1] if is_down else ranked
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
        values = self._values[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            value = values[self.order[index.row()]]
            if values.dtype.kind != "f":
                return str(value)
            return format_value(float(value)) if np.isfinite(value) else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            sides = Qt.AlignmentFlag
            is_number = values.dtype.kind in "fi"
            return (sides.AlignRight if is_number else sides.AlignLeft) | sides.AlignVCenter
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt
        is_shown = orientation == Qt.Orientation.Horizontal
        return self._names[section] if is_shown and role == Qt.ItemDataRole.DisplayRole else None


class ColumnTable(QTableView):
    """Read only; a click on a heading sorts.

    Args:
        name: What it shows, for screen readers.

    Signals:
        row_chosen: The user went to a row; its number before any sorting.
    """

    row_chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumHeight(em(self, _HEIGHT_EM))
        style_table(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSortingEnabled(True)

    def show_columns(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Shows columns of equal length by name."""
        rows = len(next(iter(columns.values()), ()))
        model = _Columns(columns, rows)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setModel(model)
        self.selectionModel().currentRowChanged.connect(
            lambda now, _: (
                self.row_chosen.emit(int(model.order[now.row()])) if now.isValid() else None
            )
        )
        fit_columns(self)
