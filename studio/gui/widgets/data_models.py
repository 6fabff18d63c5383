"""Table models over a dataset's values and its columns; cells are made when they are looked at."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from studio.data import Column, Dataset, ExampleSet, Series
from studio.gui.viewstate.columns import ROLE_WORDS, ColumnRow
from studio.gui.viewstate.figures import whole

MOST_ROWS = 5000
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Rows(QAbstractTableModel):
    """Text cells; subclasses say how many rows, which headers, and what stands in a cell."""

    headers: tuple[str, ...] = ()
    text_columns = 1

    def rows(self) -> int:
        raise NotImplementedError

    def text(self, row: int, column: int) -> str:
        raise NotImplementedError

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else self.rows()

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        """See QAbstractTableModel."""
        return 0 if parent.isValid() else len(self.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
        """See QAbstractTableModel."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() < self.text_columns else _RIGHT
        return None

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt
        """See QAbstractTableModel."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section < self.text_columns else _RIGHT
        return None


class SeriesModel(_Rows):
    """The first rows of a series."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self._series = series
        self.headers = (
            "time" if series.times is not None else "step",
            *map(titled, series.channels),
        )

    def rows(self) -> int:
        """See _Rows."""
        return min(MOST_ROWS, len(self._series))

    def text(self, row: int, column: int) -> str:
        """See _Rows."""
        if column:
            return value_text(self._series.values[row, column - 1])
        return str(row) if self._series.times is None else str(self._series.times[row])


class StepsModel(_Rows):
    """The first steps of a set of examples, one example after the other."""

    text_columns = 2

    def __init__(self, examples: ExampleSet) -> None:
        super().__init__()
        self._examples = examples
        names = ", ".join(map(titled, examples.targets))
        self.headers = ("example", names, "step", *map(titled, examples.channels))
        self._ends = np.cumsum(examples.lengths[:MOST_ROWS])

    def rows(self) -> int:
        """See _Rows."""
        return min(MOST_ROWS, len(self._examples.values))

    def text(self, row: int, column: int) -> str:
        """See _Rows."""
        if column > 2:  # noqa: PLR2004 - the columns before the channels
            return value_text(self._examples.values[row, column - 3])
        at = int(np.searchsorted(self._ends, row, side="right"))
        if column == 1:
            return label_text(self._examples, at)
        start = self._ends[at] - self._examples.lengths[at]
        return str(at + 1) if column == 0 else str(row - start + 1)


class ExamplesModel(_Rows):
    """The first examples of a table whose columns are the steps."""

    text_columns = 2

    def __init__(self, examples: ExampleSet) -> None:
        super().__init__()
        self._examples = examples
        names = ", ".join(map(titled, examples.targets))
        self.headers = ("example", names, *map(titled, examples.features))

    def rows(self) -> int:
        """See _Rows."""
        return min(MOST_ROWS, len(self._examples))

    def text(self, row: int, column: int) -> str:
        """See _Rows."""
        if column == 0:
            return str(row + 1)
        if column == 1:
            return label_text(self._examples, row)
        start = int(self._examples.starts[row])
        return value_text(self._examples.values[start + column - 2, 0])


def preview_of(dataset: Dataset) -> QAbstractTableModel:
    """The model that shows a dataset's rows."""
    if isinstance(dataset, Series):
        return SeriesModel(dataset)
    return ExamplesModel(dataset) if dataset.row_per_example else StepsModel(dataset)


class ColumnsModel(_Rows):
    """The columns with their roles; the last column can be edited.

    Signals:
        role_chosen: Name of a column, and the role that the user chose for it.
    """

    role_chosen = Signal(str, str)

    headers = ("column", "unit", "holds", "missing", "used as")
    role_column = 4
    text_columns = 3

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ColumnRow, ...] = ()

    def show_rows(self, rows: tuple[ColumnRow, ...]) -> None:
        """Shows these columns."""
        if len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.role_column))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, at: int) -> ColumnRow:
        """A column."""
        return self._rows[at]

    def rows(self) -> int:
        """See _Rows."""
        return len(self._rows)

    def text(self, row: int, column: int) -> str:
        """See _Rows."""
        each = self._rows[row]
        if column == self.role_column:
            mark = "  ▾" if len(each.choices) > 1 else ""
            return ROLE_WORDS[each.role] + mark
        missing = whole(each.missing) if each.missing else "none"
        return (each.name, each.unit, f"{each.kind}s" if each.kind == "number" else each.kind,
                missing)[column]  # fmt: skip

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt
        """See QAbstractTableModel."""
        if role == Qt.ItemDataRole.TextAlignmentRole and section == self.role_column:
            return _LEFT
        return super().headerData(section, orientation, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See QAbstractTableModel."""
        usual = super().flags(index)
        is_free = index.column() == self.role_column and len(self._rows[index.row()].choices) > 1
        return usual | Qt.ItemFlag.ItemIsEditable if is_free else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
        """See QAbstractTableModel."""
        if role == Qt.ItemDataRole.EditRole and index.column() == self.role_column:
            return self._rows[index.row()].role
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == self.role_column:
            return _LEFT
        return super().data(index, role)

    def setData(  # noqa: N802 - Qt's name
        self,
        index: Index,
        value: Any,  # noqa: ANN401 - Qt
        role: int = Qt.ItemDataRole.EditRole,
    ) -> bool:
        """See QAbstractTableModel."""
        if role != Qt.ItemDataRole.EditRole or value == self._rows[index.row()].role:
            return False
        self.role_chosen.emit(self._rows[index.row()].name, str(value))
        return True


def titled(column: Column) -> str:
    """A column's name with its unit."""
    return f"{column.name}, {column.unit}" if column.unit else column.name


def value_text(value: float) -> str:
    """A value as a cell shows it."""
    return f"{value:.6g}".replace("-", "−") if np.isfinite(value) else "missing"


def label_text(examples: ExampleSet, at: int) -> str:
    """The class of an example, or its numbers."""
    label = examples.labels[at]
    if np.ndim(label) and not len(label):
        return ""  # every step has a label, or none
    if examples.class_names is None:
        return ", ".join(value_text(value) for value in np.atleast_1d(label))
    return examples.class_names[int(label)] if label >= 0 else "missing"
