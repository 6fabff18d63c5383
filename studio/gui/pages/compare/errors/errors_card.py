"""A browser over predictions: the worst first, by classes, groups and time."""

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTableView, QVBoxLayout, QWidget

from studio.analysis.intervals import mean_over_seeds
from studio.analysis.predictions.error_rows import ErrorRows
from studio.analysis.wording import format_figure, with_brackets
from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.pages.compare.errors.errors_controls import PARTS, ErrorsControls
from studio.gui.pages.compare.errors.errors_model import ErrorsModel
from studio.gui.pages.compare.errors.errors_work import ErrorsWork, ShownErrors, Wanted
from studio.gui.pages.compare.errors.example_panel import ExamplePanel
from studio.gui.pages.compare.errors.reliability_plot import ReliabilityPlot
from studio.gui.pages.compare.view.error_filter import (
    GroupTable,
    chosen_examples,
    groupings,
    summary_text,
)
from studio.gui.pages.compare.view.predictions import pairs_with_predictions
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import Card, em, fill_combo_box, label
from studio.gui.widgets.fitting_table import FittingTable
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.table_style import ROW_EM, fit_columns, style_table
from studio.runs.stored.gate_inspection import Example

_ROWS = 12
_COLUMN_EM = 30
_CALIBRATION = (
    "Bands: 95 % intervals of the share that is right. With few examples in a bin the expected "
    "calibration error (ECE) is above 0 even where probabilities are right."
)


class ErrorsCard(Card):
    """See the module.

    Attributes:
        rows: The examples that are browsed, or None before they are there.

    Signals:
        gates_wanted: The part, example, contender, seed and epoch whose gates the user wants.
    """

    gates_wanted = Signal(str, int, str, int, int)

    def __init__(self, context: AppContext, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__("Where it goes wrong")
        self._context, self._strokes = context, strokes
        self._work = ErrorsWork(context)
        self._history: ComparisonHistory | None = None
        self._pairs: dict[str, PairId] = {}
        self._asked: object = None
        self._asked_groups: object = None
        self._is_built = False
        self._shown: ShownErrors | None = None
        self._example = -1
        self.hide()

    @property
    def rows(self) -> ErrorRows | None:
        return None if self._shown is None else self._shown.rows

    def show_history(self, history: ComparisonHistory) -> None:
        """Browses the predictions of a comparison; choices stay where possible."""
        pairs = {str(pair): pair for pair in pairs_with_predictions(history)}
        self.setVisible(bool(pairs) and history.preprocessing.kind != "next-step")
        if self.isHidden():
            return
        if not self._is_built:
            self._build()
        self._history, self._pairs = history, pairs
        sizes = history.part_sizes
        self.controls.offer_runs(
            [part for part in PARTS if sizes.get(part)],
            [contender.name for contender in history.contenders],
            list(pairs),
            history.preprocessing.target_names if history.preprocessing.target_scaler else (),
        )
        self._ask()
        if self._shown is not None:
            self._draw()  # in other colours, perhaps
            self.panel.redraw()

    def choose_pair(self, contender: str, seed: str, true: int, predicted: int) -> None:
        """Shows the test examples of one cell of a confusion matrix."""
        if self._is_built:
            self.controls.choose(contender, seed, true, predicted)

    def _ask(self) -> None:
        """Asks for the rows, unless they are there."""
        history, pair = self._history, self._pairs.get(self.controls.seed.currentText())
        if history is None or pair is None:
            return
        wanted = Wanted(self.controls.part.choice, pair, self.controls.target.currentData())
        asked = (id(history), wanted, id(self._work.dataset(history)))
        if asked == self._asked:
            return
        self._asked = asked

        def take(shown: ShownErrors) -> None:
            if asked == self._asked:
                self._take(shown)

        def refuse(error: BaseException) -> None:
            if asked == self._asked:
                self._tell(explained(error))

        if wanted.part != "test":
            self.status.setText("Predicting the validation set …")
        self._work.rows(history, wanted, take, refuse)

    def _tell(self, why: str) -> None:
        """Says why there are no rows."""
        self._shown = None
        self.status.setText(why)
        for part in (self._browser, self._below):
            part.hide()

    def _take(self, shown: ShownErrors) -> None:
        stays = self._shown is not None and self._shown.wanted == shown.wanted
        self._shown = shown
        names = list(shown.rows.predictions)
        chosen = self.controls.contender.currentData()
        fill_combo_box(self.controls.contender, [(name, name) for name in names], chosen)
        self.controls.offer_filters(shown.rows)
        self._below.show()
        offered = groupings(shown.rows)
        fill_combo_box(self.by, [(name, name) for name in offered], self.by.currentData())
        together = [self._groups] * bool(offered) + [self._calibration] * bool(shown.reliability)
        self._below.choose(together)
        self._show_rows(self._example if stays else -1)
        self._ask_groups()
        self._draw()

    def _show_rows(self, selected: int = -1) -> None:
        """The wanted examples, the worst first; selects that one if it is among them."""
        rows, contender = self.rows, self.controls.contender.currentText()
        if rows is None or contender not in rows.errors:
            return
        shown = chosen_examples(rows, contender, self.controls.filter)
        self.model.show_examples(rows, shown)
        headings = list(rows.headings)
        column = headings.index(rows.error_column(contender).name)
        header = self.table.horizontalHeader()
        header.blockSignals(True)  # noqa: FBT003 - they are sorted so
        header.setSortIndicator(column, Qt.SortOrder.DescendingOrder)
        header.blockSignals(False)  # noqa: FBT003 - as before
        fit_columns(self.table)
        room = em(self, 0.6)  # for the arrow beside a heading
        for at in range(len(headings)):
            self.table.setColumnWidth(at, self.table.columnWidth(at) + room)
        self.status.setText(f"{summary_text(rows, contender, shown)} {rows.explanation}")
        self._browser.setVisible(bool(len(shown)))
        if len(shown):
            self._select_row(int(np.argmax(shown == selected)))  # else the first

    def _select_row(self, row: int) -> None:
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(
            index, flags.ClearAndSelect | flags.Rows | flags.Current
        )

    def _show_example(self) -> None:
        rows, history = self.rows, self._history
        row = self.table.currentIndex().row()
        if rows is None or history is None or not 0 <= row < len(self.model.examples):
            return
        example = int(self.model.examples[row])
        self._example = example
        self.panel.show_example(rows, example)
        pair = self._pairs[self.controls.seed.currentText()]
        self._offer_gates(pair)

        def is_newest() -> bool:
            return rows is self.rows and example == self._example

        def take(read: Example) -> None:
            if is_newest():
                self.panel.show_inputs(read)

        def refuse(error: BaseException) -> None:
            if is_newest():
                self.panel.tell(f"Without its input: {explained(error)}")

        self._work.example(history, pair.fold_id, rows.part.part, example, take, refuse)

    def _offer_gates(self, pair: PairId) -> None:
        assert self._history is not None  # noqa: S101 - an example is shown
        is_first = pair.fold_id == self._history.first_fold
        self.panel.gates.setEnabled(is_first)
        tip = "Opens this example on the page Gates"
        self.panel.gates.setToolTip(tip if is_first else "The page Gates shows the first fold only")

    def _show_gates(self) -> None:
        history, rows = self._history, self.rows
        if history is None or rows is None:
            return
        name = self.controls.contender.currentText()
        pair = self._pairs[self.controls.seed.currentText()]
        result = history.contender(name).run(*pair).result
        epoch = 0 if result is None else result.kept_epoch
        self.gates_wanted.emit(rows.part.part, self._example, name, pair.seed, epoch)

    def _ask_groups(self) -> None:
        rows, by = self.rows, self.by.currentData()
        if rows is None or by is None:
            return
        asked = self._asked_groups = (id(rows), by)

        def take(table: GroupTable) -> None:
            if asked == self._asked_groups:
                self._show_groups(table)

        self._work.groups(rows, by, take)

    def _show_groups(self, table: GroupTable) -> None:
        theme = self._context.appearance.theme
        self.groups.show_cells(table.headings, table.rows, theme)
        self.groups_note.setText(table.note)

    def _draw(self) -> None:
        """What depends on colours."""
        shown = self._shown
        if shown is None or not shown.reliability:
            return
        seed = shown.rows.seed
        known = {name: own[seed] for name, own in shown.reliability.items() if seed in own}
        self.reliability.show_reliability(known, self._strokes())
        every = {
            name: [found.expected_error for found in own.values()]
            for name, own in shown.reliability.items()
        }
        own = (f"ECE, seed {seed}", *(_figure(known[name].expected_error) for name in known))
        intervals = [mean_over_seeds(np.array(every[name])).within(0.0, 1.0) for name in known]
        means = ("ECE, mean over seeds", *map(with_brackets, intervals))
        several = max(map(len, every.values())) > 1
        self.ece.show_cells(
            ("", *known), (own, means) if several else (own,), self._context.appearance.theme
        )

    def _build(self) -> None:
        """Built when first needed: three plots would slow the start of the program."""
        self._is_built = True
        appearance = self._context.appearance
        self.controls = ErrorsControls()
        self.status = label("", tone="muted")
        self.model, self.table = ErrorsModel(), QTableView()
        self.panel = ExamplePanel(appearance, self._strokes)
        self.by = QComboBox()
        self.by.setAccessibleName("Scores by")
        self.by.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.groups = FittingTable("Scores by group")
        self.groups_note = label("", tone="muted", size=0.9)
        self.reliability = ReliabilityPlot(appearance)
        self.ece = FittingTable("Expected calibration error")
        self._lay_out_table()
        self._lay_out()
        self.controls.asked.connect(self._ask)
        self.controls.filtered.connect(self._show_rows)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_example())
        self.by.currentIndexChanged.connect(lambda _: self._ask_groups())
        self.panel.gates_wanted.connect(self._show_gates)

    def _lay_out_table(self) -> None:
        style_table(self.table)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Examples, worst first")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setSortingEnabled(True)
        self.table.setMinimumHeight(round(em(self, ROW_EM) * (_ROWS + 2)))

    def _lay_out(self) -> None:
        self._browser = SideBySide(_COLUMN_EM, 2)
        self._browser.set_widgets([self.table, self.panel])
        self._groups, self._calibration = QWidget(), QWidget()
        choice = FlowRow(0.4)
        choice.add(self.by, caption="Scores by")
        title = label("Reliability of the probabilities", bold=True)
        notes = label(_CALIBRATION, tone="muted", size=0.9)
        self.reliability.setMinimumHeight(em(self, 18))
        for box, parts in (
            (self._groups, (choice, self.groups, self.groups_note)),
            (self._calibration, (title, self.reliability, self.ece, notes)),
        ):
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
        self._below = SideBySide(_COLUMN_EM, 2)
        self._below.choose([self._groups, self._calibration])
        for widget in (self.controls, self.status, self._browser, self._below):
            self.body.addWidget(widget)


def _figure(value: float) -> str:
    return format_figure(value, value / 10)
