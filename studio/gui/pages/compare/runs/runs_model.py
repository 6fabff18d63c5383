"""The table of runs as Qt models: values, sorting, filter, remarks that can be edited."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from studio.core.results.events import RunId
from studio.gui.pages.compare.view.runs_table import RunsTable
from studio.gui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
EDITABLE = ("note", "tags")
_NOWHERE = QModelIndex()


class RunsModel(QAbstractTableModel):
    """One row for each run.

    Signals:
        remarked: A run, its note and its tags as the user wrote them.
    """

    remarked = Signal(object, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.table = RunsTable((), (), ())
        self.is_editable = False

    def show_table(self, table: RunsTable) -> None:
        if table == self.table:
            return
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's own
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.table.columns[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        value = self.table.rows[index.row()][index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole}:
            return value.text
        if role == Qt.ItemDataRole.UserRole:
            return value.key
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(value.text) or None
        return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self.table.rows and isinstance(self.table.rows[0][column].key, float)
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Remarks can be edited where the session can be written."""
        flags = super().flags(index)
        if self.is_editable and self.table.columns[index.column()] in EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: ANN401, N802 - Qt's own
        """Emits what the user wrote; the session shows it once it is saved."""
        text = str(value).strip()
        row = self.table.rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or text == row[index.column()].text:
            return False
        cells = {name: row[self.table.columns.index(name)].text for name in EDITABLE}
        cells[self.table.columns[index.column()]] = text
        run: RunId = self.table.runs[index.row()]
        self.remarked.emit(run, cells["note"], cells["tags"])
        return True


class RunsFilter(QSortFilterProxyModel):
    """Sorts by values; shows rows in which every word of the filter occurs."""

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()
        self.setSortRole(Qt.ItemDataRole.UserRole)

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._words = tuple(text.lower().split())
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether all words occur somewhere in the row."""
        del parent
        model = self.sourceModel()
        if not isinstance(model, RunsModel):
            return True
        text = " ".join(value.text.lower() for value in model.table.rows[row])
        return all(word in text for word in self._words)
