"""Table models over a dataset's values and its columns; cells are made when they are looked at."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from studio.data import Column, Dataset, ExampleSet, Series
from studio.data.dataset import Tags
from studio.gui.pages.data.view.columns import ROLE_WORDS, ColumnRow
from studio.gui.style.theme import Theme
from studio.gui.view.number_format import format_whole

MOST_ROWS = 5000
MISSING = "missing"
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Rows(QAbstractTableModel):
    """Text cells; subclasses say how many rows, which headers, and what stands in a cell."""

    headers: tuple[str, ...] = ()
    text_columns = 1
    missing_colour = ""

    def rows(self) -> int:
        raise NotImplementedError

    def text(self, row: int, column: int) -> str:
        raise NotImplementedError

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self.rows()

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() < self.text_columns else _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and self.missing_colour:
            is_missing = self.text(index.row(), index.column()) == MISSING
            return QColor(self.missing_colour) if is_missing else None
        return None

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section < self.text_columns else _RIGHT
        return None


class SeriesModel(_Rows):
    """The first rows of a series, with the class of each where it has one."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self._series = series
        tagged = () if series.tags is None else tuple(map(titled, _label_columns(series)))
        self.text_columns = 1 + len(tagged)
        self.headers = (
            "time" if series.times is not None else "step",
            *tagged,
            *map(titled, series.channels),
        )

    def rows(self) -> int:
        return min(MOST_ROWS, len(self._series))

    def text(self, row: int, column: int) -> str:
        if column >= self.text_columns:
            return value_text(self._series.values[row, column - self.text_columns])
        if column and self._series.tags is not None:
            return tag_text(self._series.tags, row)
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
        return min(MOST_ROWS, len(self._examples.values))

    def text(self, row: int, column: int) -> str:
        if column > 2:  # noqa: PLR2004 - the columns before the channels
            return value_text(self._examples.values[row, column - 3])
        example = int(np.searchsorted(self._ends, row, side="right"))
        if column == 1 and self._examples.tags is not None:
            return tag_text(self._examples.tags, row)
        if column == 1:
            return label_text(self._examples, example)
        start = self._ends[example] - self._examples.lengths[example]
        return str(example + 1) if column == 0 else str(row - start + 1)


class ExamplesModel(_Rows):
    """The first examples of a table whose columns are the steps."""

    text_columns = 2

    def __init__(self, examples: ExampleSet) -> None:
        super().__init__()
        self._examples = examples
        names = ", ".join(map(titled, examples.targets))
        self.headers = ("example", names, *map(titled, examples.features))

    def rows(self) -> int:
        return min(MOST_ROWS, len(self._examples))

    def text(self, row: int, column: int) -> str:
        if column == 0:
            return str(row + 1)
        if column == 1:
            return label_text(self._examples, row)
        start = int(self._examples.starts[row])
        return value_text(self._examples.values[start + column - 2, 0])


def preview_of(dataset: Dataset, theme: Theme) -> QAbstractTableModel:
    """The model that shows a dataset's rows, missing cells in the theme's warning colour."""
    model: _Rows
    if isinstance(dataset, Series):
        model = SeriesModel(dataset)
    else:
        model = ExamplesModel(dataset) if dataset.row_per_example else StepsModel(dataset)
    model.missing_colour = theme.warning
    return model


class ColumnsModel(_Rows):
    """The columns with their roles; the last column can be edited.

    Signals:
        role_chosen: Name of a column, and the role that the user chose for it.
    """

    role_chosen = Signal(str, str)

    headers = ("column", "unit", "type", "missing", "role")
    role_column = 4
    text_columns = 3

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ColumnRow, ...] = ()

    def show_rows(self, rows: tuple[ColumnRow, ...]) -> None:
        if len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, self.role_column))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, index: int) -> ColumnRow:
        return self._rows[index]

    def rows(self) -> int:
        return len(self._rows)

    def text(self, row: int, column: int) -> str:
        column_row = self._rows[row]
        if column == self.role_column:
            mark = "  ▾" if len(column_row.choices) > 1 else ""
            return ROLE_WORDS[column_row.role] + mark
        missing = format_whole(column_row.missing) if column_row.missing else "none"
        return (column_row.name, column_row.unit, column_row.kind, missing)[column]

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - Qt
        if role == Qt.ItemDataRole.TextAlignmentRole and section == self.role_column:
            return _LEFT
        return super().headerData(section, orientation, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = super().flags(index)
        is_free = index.column() == self.role_column and len(self._rows[index.row()].choices) > 1
        return usual | Qt.ItemFlag.ItemIsEditable if is_free else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt
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
        if role != Qt.ItemDataRole.EditRole or value == self._rows[index.row()].role:
            return False
        self.role_chosen.emit(self._rows[index.row()].name, str(value))
        return True


def titled(column: Column) -> str:
    """A column's name with its unit."""
    return f"{column.name}, {column.unit}" if column.unit else column.name


def value_text(value: float) -> str:
    """A value as a cell shows it."""
    return f"{value:.6g}".replace("-", "−") if np.isfinite(value) else MISSING


def _label_columns(series: Series) -> tuple[Column, ...]:
    return tuple(column for column in series.columns if column.role == "label")[:1]


def tag_text(tags: Tags, step: int) -> str:
    """The class of a step."""
    code = int(tags.codes[step])
    return tags.names[code] if code >= 0 else "missing"


def label_text(examples: ExampleSet, index: int) -> str:
    """The class of an example, or its numbers."""
    label = examples.labels[index]
    if np.ndim(label) and not len(label):
        return ""  # every step has a label, or none
    if examples.class_names is None:
        return ", ".join(value_text(value) for value in np.atleast_1d(label))
    return examples.class_names[int(label)] if label >= 0 else "missing"
