"""All runs in a table: sort, filter, group, pin, hide what does not differ, notes, copy."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
)

from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.compare.runs.runs_model import RunsFilter, RunsModel
from studio.gui.pages.compare.view.runs_table import (
    GROUPED_BY,
    RunsTable,
    as_csv,
    grouped,
    settings_that_differ,
)
from studio.gui.widgets.basics import Card, button, em, label
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.pinned_table import PinnedTable
from studio.gui.widgets.plain_text import without_key
from studio.gui.widgets.small_table import SmallTable

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
        self.table = PinnedTable(self.rows, "All runs")
        self.view = self.table.view
        self.filter = QLineEdit()
        self.filter.setAcceptDrops(False)  # the window opens what is dropped
        self.group = QComboBox()
        self.only_differing = QCheckBox("hide identical columns")
        self.pin = QPushButton("Pinned")
        self.differ = button("Di&fferences", self._show_differences)
        self.copy = button("Copy as CSV", self.copy_csv, tip="Copies the rows shown")
        self.hint = label("", tone="muted", size=0.9)
        self._history: ComparisonHistory | None = None
        self._all = RunsTable((), (), ())
        self._is_editable = False
        self._pinned = {"contender"}
        self._set_up_view()
        self._lay_out()
        self.model.remarked.connect(self.remarked)
        self.filter.textChanged.connect(self.rows.set_words)
        self.filter.textChanged.connect(self._fit)
        self.only_differing.toggled.connect(self._choose_columns)
        self.group.currentIndexChanged.connect(lambda _: self._show())
        self.view.selectionModel().selectionChanged.connect(self._offer_difference)

    def show_runs(
        self, history: ComparisonHistory, table: RunsTable, *, editable: bool, why_not: str
    ) -> None:
        """Shows all runs; what is sorted, grouped and filtered stays so."""
        self._history, self._all, self._is_editable = history, table, editable
        hint = "Notes and tags can be edited: double-click, or press F2." if editable else why_not
        self.hint.setText(hint)
        self._show()

    def _show(self) -> None:
        by = self.group.currentData()
        table = grouped(self._all, by) if by and self._all.rows else self._all
        self.model.is_editable = self._is_editable and not by
        self.model.show_table(table)
        self._choose_columns()
        self._offer_difference()
        self._fit()

    def as_csv(self) -> str:
        shown = self.table.shown
        rows = [
            [str(self.rows.index(row, column).data() or "") for column in shown]
            for row in range(self.rows.rowCount())
        ]
        return as_csv([self.model.table.columns[column] for column in shown], rows)

    def copy_csv(self) -> None:
        QGuiApplication.clipboard().setText(self.as_csv())

    def _choose_columns(self) -> None:
        table = self.model.table
        pinned = {c for c, name in enumerate(table.columns) if name in self._pinned}
        hidden = {c for c, differs in enumerate(table.differing) if not differs}
        self.table.show_columns(pinned, hidden if self.only_differing.isChecked() else ())

    def _offer_pins(self, menu: QMenu) -> None:
        menu.clear()
        for name in self.model.table.columns:
            action = menu.addAction(without_key(name))
            action.setCheckable(True)
            action.setChecked(name in self._pinned)
            action.toggled.connect(lambda on, name=name: self._pin(name, on=on))

    def _pin(self, name: str, *, on: bool) -> None:
        self._pinned = self._pinned | {name} if on else self._pinned - {name}
        self._choose_columns()

    @property
    def selected(self) -> tuple[RunId, ...]:
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        sources = [self.rows.mapToSource(self.rows.index(row, 0)).row() for row in rows]
        return tuple(self.model.table.runs[row] for row in sources if self.model.table.runs)

    def _offer_difference(self) -> None:
        is_possible = len(self.selected) == 2  # noqa: PLR2004 - two are compared
        self.differ.setEnabled(is_possible)
        tip = "Lists the settings in which the two runs differ"
        self.differ.setToolTip(tip if is_possible else "Select two runs first (Ctrl+click)")

    def _show_differences(self) -> None:
        if self._history is None:
            return
        first, second = self.selected
        rows = settings_that_differ(self._history, first, second)
        dialog = QDialog(self)
        dialog.setObjectName("differences")
        dialog.setWindowTitle("Differences")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        table = SmallTable(("setting", str(first), str(second)), "Differences")
        table.show_rows(rows)
        table.setMinimumWidth(em(self, 34))
        layout = QVBoxLayout(dialog)
        layout.addWidget(table)
        layout.addWidget(label("All other settings are the same.", tone="muted"))
        layout.addWidget(button("Close", dialog.accept), 0, Qt.AlignmentFlag.AlignRight)
        dialog.open()

    def _fit(self) -> None:
        """As high as its rows, up to a limit."""
        self.table.fit()
        self.table.set_height(min(max(self.rows.rowCount(), 1), _MOST_ROWS))

    def _set_up_view(self) -> None:
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.copy_csv)

    def _lay_out(self) -> None:
        self.filter.setPlaceholderText("filter, e.g. lstm finished")
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setToolTip("Shows the runs that contain all these words")
        self.filter.setClearButtonEnabled(True)
        self.filter.setFixedWidth(em(self, 18))
        self.only_differing.setChecked(True)
        self.only_differing.setToolTip("Shows only the columns in which runs differ")
        self.group.setAccessibleName("Group the runs")
        self.group.setToolTip("One row per group: means with standard deviations")
        self.group.addItem("each run", "")
        for name in GROUPED_BY:
            self.group.addItem(f"by {name}", name)
        menu = QMenu(self.pin)
        menu.aboutToShow.connect(lambda: self._offer_pins(menu))
        self.pin.setMenu(menu)
        self.pin.setToolTip("Columns that stay visible while scrolling")
        row = FlowRow(0.5)
        for part in (self.filter, self.group, self.only_differing, self.pin, self.differ):
            row.add(part)
        self.header.addWidget(self.copy)
        self.body.addWidget(row)
        self.body.addWidget(self.table)
        self.body.addWidget(self.hint)
