"""The table model of the browser over errors."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from studio.analysis.predictions.error_rows import ErrorRows
from studio.core.arrays import Integers
from studio.gui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ErrorsModel(QAbstractTableModel):
    """Rows are examples in the order that they are sorted by; texts are made when shown.

    Attributes:
        examples: The examples shown, from the top, (rows,).
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: ErrorRows | None = None
        self.examples: Integers = np.zeros(0, dtype=np.int64)

    def show_examples(self, rows: ErrorRows, examples: Integers) -> None:
        """Shows these examples in this order."""
        self.beginResetModel()
        self._rows, self.examples = rows, examples
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.examples)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() or self._rows is None else len(self._rows.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own
        if orientation != Qt.Orientation.Horizontal or self._rows is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows.columns[section].name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        if self._rows is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        text = self._rows.columns[index.column()].text(int(self.examples[index.row()]))
        return text if role == Qt.ItemDataRole.DisplayRole else plain_tip(text) or None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; what has no value comes last."""
        if self._rows is None or not 0 <= column < len(self._rows.columns):
            return
        keys = self._rows.columns[column].keys[self.examples]
        rising = order == Qt.SortOrder.AscendingOrder
        self.layoutAboutToBeChanged.emit()
        self.examples = self.examples[np.argsort(keys if rising else -keys, kind="stable")]
        self.layoutChanged.emit()

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self._rows is not None and self._rows.columns[column].is_number
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
