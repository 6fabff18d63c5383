"""The page Compare: results table, verdicts, differences, costs, curves, all runs."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.analysis.summaries.learning_curve import LearningCurve
from studio.analysis.summaries.smallest_size import SmallestSize
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.data.dataset import Series
from studio.gui.context.app_context import AppContext
from studio.gui.pages.compare.answer_card import AnswerCard
from studio.gui.pages.compare.compare_work import ComparisonResults, analyse_comparison, save_remark
from studio.gui.pages.compare.curves_card import CurvesCard
from studio.gui.pages.compare.errors.errors_card import ErrorsCard
from studio.gui.pages.compare.follow_up.longer_training_row import LongerTrainingRow
from studio.gui.pages.compare.follow_up.more_seeds_row import MoreSeedsRow
from studio.gui.pages.compare.follow_up.smallest_card import SmallestCard
from studio.gui.pages.compare.learning_curve_card import LearningCurveCard
from studio.gui.pages.compare.overlays import Overlays
from studio.gui.pages.compare.pareto_card import ParetoCard
from studio.gui.pages.compare.plots.differences_plot import DifferencesPlot
from studio.gui.pages.compare.predictions_card import PredictionsCard
from studio.gui.pages.compare.results_table_view import ResultsTableView
from studio.gui.pages.compare.runs.runs_card import RunsCard
from studio.gui.pages.compare.sampling_card import SamplingCard
from studio.gui.pages.compare.seeds_card import SeedsCard
from studio.gui.pages.compare.suite_card import SuiteCard
from studio.gui.pages.compare.verdict_card import VerdictCard
from studio.gui.pages.compare.view.runs_table import RunNote, runs_table
from studio.gui.pages.device.device_card import DeviceCard
from studio.gui.pages.page import Page, State
from studio.gui.style.theme import Stroke, strokes
from studio.gui.view.results_view import (
    Results,
    best_cells,
    differences,
    progress_text,
    verdict_cards,
    what_is_in_brackets,
)
from studio.gui.widgets.basics import Card, EmptyPage, button, em, label, one_line
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.plain_text import plain_label
from studio.gui.widgets.side_by_side import SideBySide

_NOTHING = "Nothing has been trained yet."


class ComparePage(Page):
    """Results of the shown comparison, partial ones while it trains."""

    name = "compare"
    icon = "mdi6.scale-balance"
    title = "Compare"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.results: Results | None = None
        self.remarks: dict[RunId, RunNote] = {}
        self.empty = EmptyPage(_NOTHING, "Set up the models", lambda: self.go_to.emit("models"))
        self.answer = AnswerCard()
        self.table = ResultsTableView()
        self.progress = one_line(tone="muted")
        self.brackets = label("", tone="muted", size=0.9)
        self.copy = button(
            "Copy as &Markdown", self.copy_markdown, tip="Copies the table for use in a document"
        )
        self.pair = ElidedComboBox(
            "Pairs are judged together (Holm-corrected): many pairs find no winner by chance"
        )
        self.longer = LongerTrainingRow()
        self.more_seeds = MoreSeedsRow()
        self.verdicts = [VerdictCard() for _ in range(3)]
        self.differences = DifferencesPlot(context.appearance)
        self.no_differences = label("Available once both have finished a seed.", tone="muted")
        self.no_differences.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pareto = ParetoCard(context.appearance, self._strokes)
        self.seeds = SeedsCard(context.appearance)
        self.curves = CurvesCard(context.appearance)
        self.overlays = Overlays(context, self.curves, self._shown_history)
        self.predictions = PredictionsCard(context.appearance, self._strokes, self._times)
        self.errors = ErrorsCard(context, self._strokes)
        self.sampling = SamplingCard(context)
        self.runs = RunsCard()
        self.suite = SuiteCard(context.appearance)
        self.learning = LearningCurveCard(context.appearance, self._strokes)
        self.curve: LearningCurve | None = None
        self.smallest = SmallestCard()
        self.device = DeviceCard(context)
        self._sizes: tuple[SmallestSize, ...] = ()
        self.next = button("Next: export", lambda: self.go_to.emit("export"), primary=True)
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        results = self.results
        is_read = self.context.session.history is not None
        self.empty.action.setVisible(not is_read)
        self.empty.text.setText("Analysing the results …" if is_read else _NOTHING)
        self.empty.setVisible(results is None)
        self._body.setVisible(results is not None)
        if results is None:
            self.draw_in_turn(())
            return
        history, theme = results.history, self.context.appearance.theme
        self._table_card.set_heading(f"Results for {history.dataset_name}")
        self.progress.setText(progress_text(history))
        self.brackets.setText(what_is_in_brackets(history))
        self.answer.show_results(results)
        best = best_cells(results)
        self.table.show_table(results.table, len(history.contenders), theme, best)
        self._offer_pairs(results)
        why_not = self._why_no_training()
        self.learning.show_curve(history, self.curve, why_not)
        self.smallest.show_sizes(history, self._sizes, why_not or self.context.smallest.why_not())
        self._show_pair()
        self.longer.show_results(results, why_not)
        self.more_seeds.show_results(results, why_not)
        self.sampling.show_history(history)
        parts: list[Callable[[], None]] = [
            partial(self.pareto.show_results, results),
            self._show_curves,
            partial(self._show_runs, history),
            partial(self.device.refresh, history),
            *(partial(card.show_history, history) for card in (self.predictions, self.errors)),
        ]
        self.draw_in_turn([partial(self._draw_part, results, part) for part in parts])

    def _draw_part(self, results: Results, draw: Callable[[], None]) -> None:
        """Draws a part of results that are still the latest."""
        if self.results is results:
            draw()

    def _show_runs(self, history: ComparisonHistory) -> None:
        read_only = self.context.session.why_read_only
        why = f"Notes cannot be edited: {read_only}." if read_only else ""
        table = runs_table(history, self.remarks)
        self.runs.show_runs(history, table, editable=not read_only, why_not=why)

    def copy_markdown(self) -> None:
        if self.results is not None:
            QGuiApplication.clipboard().setText(self.results.table.as_markdown())

    def _strokes(self) -> dict[str, Stroke]:
        """How contenders are drawn; the session may show the next comparison before its results."""
        contenders = () if self.results is None else self.results.history.contenders
        return strokes(
            self.context.appearance.theme,
            ((contender.name, contender.spec.cell) for contender in contenders),
        )

    def _times(self, history: ComparisonHistory) -> NDArray[np.str_] | None:
        """Sessions store no time stamps; the open dataset has them if it is the same."""
        plan = self.context.planner.plan
        if plan is None or plan.spec.dataset != history.spec.dataset:
            return None
        return plan.dataset.times if isinstance(plan.dataset, Series) else None

    def _why_no_training(self) -> str:
        session = self.context.session
        if session.why_read_only:
            return session.why_read_only
        busy = session.is_training or session.is_starting or self.context.claims.is_running
        return "training or a measurement is in progress" if busy else ""

    @property
    def _chosen_pair(self) -> tuple[str, str] | None:
        data = self.pair.currentData()
        return None if data is None else (data[0], data[1])

    def _offer_pairs(self, results: Results) -> None:
        pairs = list(results.pairs)
        offered = [self.pair.itemData(row) for row in range(self.pair.count())]
        if [tuple(pair) for pair in offered] != pairs:
            self.pair.blockSignals(True)  # noqa: FBT003 - Qt's own
            self.pair.clear()
            for first, second in pairs:
                self.pair.addItem(f"{first} and {second}", (first, second))
            self.pair.blockSignals(False)  # noqa: FBT003 - Qt's own
        self._pair_row.setVisible(len(pairs) > 1)
        self._verdict_row.setVisible(bool(pairs))
        self._difference_card.setVisible(bool(pairs))

    def _show_pair(self) -> None:
        results, pair = self.results, self._chosen_pair
        self.learning.show_pair(pair)
        if results is None or pair is None:
            return
        for card, words in zip(self.verdicts, verdict_cards(results, pair), strict=True):
            card.show_words(words)
        knows_seeds = pair in results.seeds
        cards = (self._difference_card, *([self.seeds] if knows_seeds else []), self.pareto)
        self._plots.choose(cards)
        if knows_seeds:
            self.seeds.show_pair(results, pair)
        by_seed = differences(results, pair)
        kind = "seed" if by_seed is None else by_seed.kind
        self._difference_card.set_heading(f"{pair[0]} − {pair[1]}, by {kind}")
        self.differences.setVisible(by_seed is not None)
        self.no_differences.setVisible(by_seed is None)
        if by_seed is not None:
            self.differences.show_differences(by_seed)

    def _open_details(self, wanted: bool) -> None:  # noqa: FBT001 - Qt's signal
        """Opens all verdicts at once, as they stand side by side."""
        for card in self.verdicts:
            card.open(wanted=wanted)

    def _shown_history(self) -> ComparisonHistory | None:
        return None if self.results is None else self.results.history

    def _show_curves(self) -> None:
        if self.results is not None:
            self.curves.show_history(self.results.history)

    def _show_cell(self, contender: str, seed: str, true: int, predicted: int) -> None:
        """Browses the examples of a cell of the confusion matrix."""
        self.errors.choose_pair(contender, seed, true, predicted)
        self.ensureWidgetVisible(self.errors.controls, 0, self.viewport().height() // 2)

    def _history_changed(self) -> None:
        session = self.context.session
        history, workspace, comparison = session.history, session.workspace, session.comparison
        if history is None or workspace is None or comparison is None:
            self.results, self.curve, self._sizes = None, None, ()
            self.set_state("")
            self.mark_stale()
            return

        others = [summary.id for summary in session.comparisons if summary.id != comparison]
        self.context.jobs.load(
            "Analysing the results",
            lambda: analyse_comparison(workspace, comparison, history, others),
            self._take,
        )

    def _take(self, analysed: ComparisonResults) -> None:
        if analysed.results.history is self.context.session.history:
            self.results, self.remarks, self.curve = (
                analysed.results,
                analysed.remarks,
                analysed.curve,
            )
            self._sizes = analysed.smallest
            self.suite.show_suites(analysed.suites, analysed.ranks)
            self.set_state(_state(analysed.results.history))
            self.mark_stale()

    def _remark(self, run: RunId, note: str, tags: str) -> None:
        workspace, comparison = self.context.session.workspace, self.context.session.comparison
        if workspace is None or comparison is None:
            return

        def job() -> RunNote:
            return save_remark(workspace, comparison, run, note, tags)

        def take(remark: RunNote) -> None:
            self.remarks[run] = remark
            self.mark_stale()

        self.context.jobs.load("Saving the note", job, take)

    def _connect(self) -> None:
        context = self.context
        context.session.history_changed.connect(self._history_changed)
        context.session.transitioned.connect(self.mark_stale)
        context.appearance.changed.connect(self.mark_stale)
        self.pair.currentIndexChanged.connect(lambda _: self._show_pair())
        self.curves.changed.connect(self._show_curves)
        self.predictions.cell_chosen.connect(self._show_cell)
        context.planner.plan_changed.connect(self.mark_stale)
        self.runs.remarked.connect(self._remark)
        for card in self.verdicts:
            card.opened.connect(self._open_details)
        self.longer.requested.connect(context.follow_up.train_longer)
        self.more_seeds.requested.connect(context.follow_up.add_seeds)
        self.learning.requested.connect(context.follow_up.train_sizes)
        self.smallest.requested.connect(context.smallest.begin)

    def _lay_out(self) -> None:
        self._table_card = Card("Results")
        self._table_card.header.addWidget(self.progress)
        self._table_card.header.addWidget(self.copy)
        self._table_card.body.addWidget(self.table)
        self._table_card.body.addWidget(self.brackets)
        self._pair_row = QWidget()
        row = QHBoxLayout(self._pair_row)
        row.setContentsMargins(0, 0, 0, 0)
        caption = plain_label("Verdict &on")
        caption.setBuddy(self.pair)
        self.pair.setAccessibleName("Pair of contenders")
        for part in (caption, self.pair):
            row.addWidget(part)
        row.addStretch(1)
        self._verdict_row = SideBySide(17, 3)
        self._verdict_row.set_widgets(self.verdicts)
        self._plots = SideBySide(27, 3)
        self._plots.set_widgets([self._make_difference_card(), self.seeds, self.pareto])
        self.curves.plot.setMinimumHeight(em(self, 20))
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        for card in (
            self.answer,
            self._table_card,
            self._pair_row,
            self._verdict_row,
            self.longer,
            self.more_seeds,
            self._plots,
        ):
            body.addWidget(card)
        for card in (
            self.predictions,
            self.errors,
            self.sampling,
            self.curves,
            self.learning,
            self.smallest,
            self.device,
            self.runs,
            self.suite,
        ):
            body.addWidget(card)
        self.suite.hide()
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.next)
        body.addLayout(last)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)

    def _make_difference_card(self) -> Card:
        self._difference_card = Card("Differences by seed")
        self.differences.setMinimumHeight(em(self, 18))
        self._difference_card.body.addWidget(self.differences, 1)
        self._difference_card.body.addWidget(self.no_differences)
        return self._difference_card


def _state(history: ComparisonHistory) -> State:
    return "done" if history.is_complete else "waiting"
