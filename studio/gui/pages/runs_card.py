"""All runs in a table: sort, filter, hide what does not differ, notes and tags, copy."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
)

from studio.gui.viewstate.runs import RunsTable, as_csv
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.runs_model import RunsFilter, RunsModel

_MOST_ROWS = 14


class RunsCard(Card):
    """See the module.

    Signals:
        remarked: A run, its note and its tags (with commas) as the user wrote them.
    """

    remarked = Signal(object, str, str)

    def __init__(self) -> None:
        super().__init__("Runs")
        self.model = RunsModel()
        self.rows = RunsFilter()
        self.rows.setSourceModel(self.model)
        self.view = QTableView()
        self.filter = QLineEdit()
        self.only_differing = QCheckBox("hide columns that do not differ")
        self.copy = button("Copy as CSV", self.copy_csv, tip="Copies the rows that are shown.")
        self.hint = label("", tone="muted", size=0.9)
        self._set_up_view()
        self._lay_out()
        self.model.remarked.connect(self.remarked)
        self.filter.textChanged.connect(self.rows.set_words)
        self.filter.textChanged.connect(self._fit)
        self.only_differing.toggled.connect(self._hide_columns)

    def show_runs(self, table: RunsTable, *, editable: bool, why_not: str) -> None:
        """Shows all runs; what is sorted and filtered stays so."""
        self.model.is_editable = editable
        self.model.show_table(table)
        hint = "Notes and tags can be edited: double-click, or press F2." if editable else why_not
        self.hint.setText(hint)
        self._hide_columns()
        self._fit()

    def as_csv(self) -> str:
        """What is shown, in its order."""
        shown = [
            column
            for column in range(self.model.columnCount())
            if not self.view.isColumnHidden(column)
        ]
        rows = [
            [str(self.rows.index(row, column).data() or "") for column in shown]
            for row in range(self.rows.rowCount())
        ]
        return as_csv([self.model.table.columns[column] for column in shown], rows)

    def copy_csv(self) -> None:
        """Copies what is shown."""
        QGuiApplication.clipboard().setText(self.as_csv())

    def _hide_columns(self) -> None:
        hides = self.only_differing.isChecked()
        for column, differs in enumerate(self.model.table.differing):
            self.view.setColumnHidden(column, hides and not differs)

    def _fit(self) -> None:
        """As high as its rows, up to a limit."""
        self.view.resizeColumnsToContents()
        rows = min(max(self.rows.rowCount(), 1), _MOST_ROWS)
        height = self.view.verticalHeader().defaultSectionSize()
        head = self.view.horizontalHeader().sizeHint().height()
        bar = self.view.horizontalScrollBar().sizeHint().height()
        self.view.setFixedHeight(rows * height + head + bar + 4)

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.rows)
        view.setAccessibleName("All runs")
        view.setSortingEnabled(True)
        view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(em(view, 1.8))
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), view)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.copy_csv)

    def _lay_out(self) -> None:
        self.filter.setPlaceholderText("filter, such as: lstm finished")
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setToolTip("Shows the runs in which all these words occur.")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(em(self, 18))
        self.only_differing.setChecked(True)
        self.only_differing.setToolTip("Shows only what tells the runs apart.")
        row = QHBoxLayout()
        for part in (self.filter, self.only_differing):
            row.addWidget(part)
        row.addStretch(1)
        self.header.addWidget(self.copy)
        self.body.addLayout(row)
        self.body.addWidget(self.view)
        self.body.addWidget(self.hint)
