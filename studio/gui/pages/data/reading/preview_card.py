"""The first rows of a dataset; a column's role is chosen from its header."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QTableView

from studio.data import Dataset, ExampleSet, Series
from studio.gui.pages.data.table_models import preview_of
from studio.gui.pages.data.view.columns import ROLE_WORDS, ColumnRow
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.plain_text import without_key
from studio.gui.widgets.table_style import fit_columns, style_table

_HEIGHT_EM = 17


class PreviewCard(Card):
    """A table of the first rows, missing cells marked.

    Signals:
        role_chosen: Name of a column, and the role that the user chose for it.
    """

    role_chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__("First rows")
        self.table = QTableView()
        self.table.setAccessibleName("First rows")
        self.table.setMinimumHeight(em(self, _HEIGHT_EM))
        style_table(self.table)
        self._names: tuple[str, ...] = ()
        self._rows: Callable[[], tuple[ColumnRow, ...]] = tuple
        self.menu: QMenu | None = None
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._open_menu)
        header.setToolTip("Click a heading to change the role of its column")
        open_here = QShortcut(QKeySequence("Ctrl+Return"), self.table)
        open_here.setContext(Qt.ShortcutContext.WidgetShortcut)
        open_here.activated.connect(lambda: self._open_menu(self.table.currentIndex().column()))
        self.hint = label(
            "Click a heading to change the role of its column.", tone="muted", size=0.92
        )
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.hint)

    def show_dataset(self, dataset: Dataset, theme: Theme) -> None:
        """Shows the first rows of a dataset."""
        self._names = _column_names(dataset)
        self.table.setModel(preview_of(dataset, theme))
        fit_columns(self.table)

    def use_rows(self, rows: Callable[[], tuple[ColumnRow, ...]]) -> None:
        """Takes the columns with their roles from a function, when a menu opens."""
        self._rows = rows

    def _open_menu(self, section: int) -> None:
        name = self._names[section] if 0 <= section < len(self._names) else ""
        row = next((row for row in self._rows() if row.name == name), None)
        if row is None or len(row.choices) < 2:  # noqa: PLR2004 - nothing to choose from
            return
        self.menu = QMenu(self)
        self.menu.addSection(without_key(name))
        for role in row.choices:
            action = self.menu.addAction(ROLE_WORDS[role])
            action.setCheckable(True)
            action.setChecked(role == row.role)
            action.triggered.connect(partial(self._choose, row, role))
        header = self.table.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(section), header.height())
        self.menu.popup(header.mapToGlobal(place))

    def _choose(self, row: ColumnRow, role: str, *_: object) -> None:
        if role != row.role:
            self.role_chosen.emit(row.name, role)


def _column_names(dataset: Dataset) -> tuple[str, ...]:
    """The column of each section of the table, "" where none stands there."""
    if isinstance(dataset, Series):
        times = [column.name for column in dataset.columns if column.role == "time"]
        return (times[0] if times else "", *(column.name for column in dataset.channels))
    targets = [column.name for column in dataset.targets]
    target = targets[0] if len(targets) == 1 else ""
    if isinstance(dataset, ExampleSet) and dataset.row_per_example:
        return ("", target, *(column.name for column in dataset.features))
    return ("", target, "", *(column.name for column in dataset.channels))
