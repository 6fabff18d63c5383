"""A table of columns of numbers and texts; its cells are made when they are looked at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from studio.gui.view.number_format import format_value
from studio.gui.widgets.basics import em
from studio.gui.widgets.table_style import fit_columns, style_table

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_HEIGHT_EM = 16


class _Columns(QAbstractTableModel):
    def __init__(self, columns: Mapping[str, NDArray[Any]], rows: int) -> None:
        super().__init__()
        self._names, self._values = list(columns), list(columns.values())
        self._rows = rows

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
        values = self._values[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            value = values[index.row()]
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
    """Read only.

    Args:
        name: What it shows, for screen readers.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumHeight(em(self, _HEIGHT_EM))
        style_table(self)

    def show_columns(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Shows columns of equal length by name."""
        rows = len(next(iter(columns.values()), ()))
        self.setModel(_Columns(columns, rows))
        fit_columns(self)
