"""The page Compare: the article's table, verdicts, differences, costs, curves, all runs."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.analysis.learning_curve import LearningCurve
from studio.core.events import RunId
from studio.core.history import ComparisonHistory
from studio.data.dataset import Series
from studio.gui.desk import Desk
from studio.gui.pages.answers_card import AnswersCard
from studio.gui.pages.compare_work import Found, find, save_remark
from studio.gui.pages.curves_card import CurvesCard
from studio.gui.pages.deciding_row import DecidingRow
from studio.gui.pages.learning_card import LearningCard
from studio.gui.pages.overlays import Overlays
from studio.gui.pages.page import Page, State
from studio.gui.pages.placing_card import PlacingCard
from studio.gui.pages.runs_card import RunsCard
from studio.gui.pages.seeds_card import SeedsCard
from studio.gui.pages.suite_card import SuiteCard
from studio.gui.pages.verdict_card import VerdictCard
from studio.gui.pages.writing_card import WritingCard
from studio.gui.plots.differences import DifferencesPlot
from studio.gui.theme import Stroke, strokes
from studio.gui.viewstate.compare import (
    Results,
    best_cells,
    differences,
    progress_words,
    verdict_cards,
    what_is_in_brackets,
)
from studio.gui.viewstate.runs import Remark, runs_table
from studio.gui.widgets.article_view import ArticleView
from studio.gui.widgets.basics import Card, EmptyPage, button, em, label
from studio.gui.widgets.side_by_side import SideBySide

_NOTHING = "Nothing was trained yet."


class ComparePage(Page):
    """Results of the shown comparison, partial ones while it trains."""

    name = "compare"
    icon = "mdi6.scale-balance"
    title = "Compare"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.results: Results | None = None
        self.remarks: dict[RunId, Remark] = {}
        self.empty = EmptyPage(_NOTHING, "Set up the models", lambda: self.go_to.emit("models"))
        self.table = ArticleView()
        self.progress = label("", tone="muted")
        self.brackets = label("", tone="muted", size=0.9)
        self.copy = button(
            "Copy as &Markdown", self.copy_markdown, tip="Copies the table for a text or a report."
        )
        self.pair = QComboBox()
        self.more_seeds = DecidingRow()
        self.verdicts = [VerdictCard() for _ in range(3)]
        self.differences = DifferencesPlot(desk.look)
        self.no_differences = label("Known once a seed has ended for both.", tone="muted")
        self.no_differences.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.placing = PlacingCard(desk.look, self._strokes)
        self.seeds = SeedsCard(desk.look)
        self.curves = CurvesCard(desk.look)
        self.overlays = Overlays(desk, self.curves, self._shown_history)
        self.answers = AnswersCard(desk.look, self._strokes, self._times)
        self.writing = WritingCard(desk)
        self.runs = RunsCard()
        self.suite = SuiteCard()
        self.learning = LearningCard(desk.look, self._strokes)
        self.curve: LearningCurve | None = None
        self.next = button("Next: export", lambda: self.go_to.emit("export"), primary=True)
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """See Page."""
        results = self.results
        is_read = self.desk.work.history is not None
        self.empty.action.setVisible(not is_read)
        self.empty.text.setText("Comparing …" if is_read else _NOTHING)
        self.empty.setVisible(results is None)
        self._body.setVisible(results is not None)
        if results is None:
            return
        history, theme = results.history, self.desk.look.theme
        self._table_card.set_heading(f"Which cell for {history.dataset_name}?")
        self.progress.setText(progress_words(history))
        self.brackets.setText(what_is_in_brackets(history))
        best = best_cells(results)
        self.table.show_table(results.table, len(history.contenders), theme, best)
        self._offer_pairs(results)
        why_not = self._why_no_training()
        self.learning.show_curve(history, self.curve, why_not)
        self._show_pair()
        self.more_seeds.show_results(results, why_not)
        self.placing.show_results(results)
        self._show_curves()
        self.answers.show_history(history)
        self.writing.show_history(history)
        read_only = self.desk.work.why_read_only
        why = f"Notes cannot be edited: {read_only}." if read_only else ""
        table = runs_table(history, self.remarks)
        self.runs.show_runs(history, table, editable=not read_only, why_not=why)

    def copy_markdown(self) -> None:
        """Copies the article's table."""
        if self.results is not None:
            QGuiApplication.clipboard().setText(self.results.table.as_markdown())

    def _strokes(self) -> dict[str, Stroke]:
        """How contenders are drawn; the desk may have the next comparison before its results."""
        shown = () if self.results is None else self.results.history.contenders
        return strokes(self.desk.look.theme, ((each.name, each.spec.cell) for each in shown))

    def _times(self, history: ComparisonHistory) -> NDArray[np.str_] | None:
        """Sessions keep no time stamps; the data on the desk has them where it is the same."""
        plan = self.desk.planner.plan
        if plan is None or plan.spec.dataset != history.spec.dataset:
            return None
        return plan.dataset.times if isinstance(plan.dataset, Series) else None

    def _why_no_training(self) -> str:
        work = self.desk.work
        if work.why_read_only:
            return work.why_read_only
        busy = work.is_training or work.is_starting or self.desk.claims.is_running
        return "something is under way" if busy else ""

    @property
    def _chosen_pair(self) -> tuple[str, str] | None:
        data = self.pair.currentData()
        return None if data is None else (data[0], data[1])

    def _offer_pairs(self, results: Results) -> None:
        pairs = list(results.pairs)
        known = [self.pair.itemData(row) for row in range(self.pair.count())]
        if [tuple(each) for each in known] != pairs:
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
        shown = (self._difference_card, *([self.seeds] if knows_seeds else []), self.placing)
        self._plots.choose(shown)
        if knows_seeds:
            self.seeds.show_pair(results, pair)
        found = differences(results, pair)
        kind = "seed" if found is None else found.kind
        self._difference_card.set_heading(f"{pair[0]} − {pair[1]}, {kind} by {kind}")
        self.differences.setVisible(found is not None)
        self.no_differences.setVisible(found is None)
        if found is not None:
            self.differences.show_differences(found)

    def _open_details(self, wanted: bool) -> None:  # noqa: FBT001 - Qt's signal
        """Of all verdicts at once: they stand side by side."""
        for card in self.verdicts:
            card.open(wanted=wanted)

    def _shown_history(self) -> ComparisonHistory | None:
        return None if self.results is None else self.results.history

    def _show_curves(self) -> None:
        if self.results is not None:
            self.curves.show_history(self.results.history)

    def _history_changed(self) -> None:
        work = self.desk.work
        history, workspace, comparison = work.history, work.workspace, work.comparison
        if history is None or workspace is None or comparison is None:
            self.results, self.curve = None, None
            self.set_state("")
            self.mark_stale()
            return

        others = [each.id for each in work.comparisons if each.id != comparison]
        self.desk.waiting.load(
            "Comparing", lambda: find(workspace, comparison, history, others), self._take
        )

    def _take(self, found: Found) -> None:
        if found.results.history is self.desk.work.history:
            self.results, self.remarks, self.curve = found.results, found.remarks, found.curve
            self.suite.show_suites(found.suites)
            self.set_state(_state(found.results.history))
            self.mark_stale()

    def _remark(self, run: RunId, note: str, tags: str) -> None:
        workspace, comparison = self.desk.work.workspace, self.desk.work.comparison
        if workspace is None or comparison is None:
            return

        def job() -> Remark:
            return save_remark(workspace, comparison, run, note, tags)

        def take(remark: Remark) -> None:
            self.remarks[run] = remark
            self.mark_stale()

        self.desk.waiting.load("Saving the note", job, take)

    def _connect(self) -> None:
        desk = self.desk
        desk.work.history_changed.connect(self._history_changed)
        desk.work.session_changed.connect(self.mark_stale)
        desk.look.changed.connect(self.mark_stale)
        self.pair.currentIndexChanged.connect(lambda _: self._show_pair())
        self.curves.changed.connect(self._show_curves)
        self.runs.remarked.connect(self._remark)
        for card in self.verdicts:
            card.opened.connect(self._open_details)
        self.more_seeds.wanted.connect(desk.deciding.begin)
        self.learning.wanted.connect(desk.growing.begin)

    def _lay_out(self) -> None:
        self._table_card = Card("Which cell?")
        self.progress.setWordWrap(False)
        self._table_card.header.addWidget(self.progress)
        self._table_card.header.addWidget(self.copy)
        self._table_card.body.addWidget(self.table)
        self._table_card.body.addWidget(self.brackets)
        self._pair_row = QWidget()
        row = QHBoxLayout(self._pair_row)
        row.setContentsMargins(0, 0, 0, 0)
        caption = QLabel("Verdict &on")
        caption.setBuddy(self.pair)
        self.pair.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.pair.setAccessibleName("The two contenders that are judged")
        self.pair.setToolTip(
            "Pairs of one metric are judged together: many looks find no more by chance (Holm)."
        )
        for part in (caption, self.pair):
            row.addWidget(part)
        row.addStretch(1)
        self._verdict_row = SideBySide(17, 3)
        self._verdict_row.set_widgets(self.verdicts)
        self._plots = SideBySide(27, 3)
        self._plots.set_widgets([self._make_difference_card(), self.seeds, self.placing])
        self.curves.plot.setMinimumHeight(em(self, 20))
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        for each in (
            self._table_card,
            self._pair_row,
            self._verdict_row,
            self.more_seeds,
            self._plots,
        ):
            body.addWidget(each)
        for each in (self.answers, self.writing, self.curves, self.learning, self.runs, self.suite):
            body.addWidget(each)
        self.suite.hide()
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.next)
        body.addLayout(last)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body)

    def _make_difference_card(self) -> Card:
        self._difference_card = Card("Seed by seed")
        self.differences.setMinimumHeight(em(self, 18))
        self._difference_card.body.addWidget(self.differences, 1)
        self._difference_card.body.addWidget(self.no_differences)
        return self._difference_card


def _state(history: ComparisonHistory) -> State:
    return "done" if history.is_complete else "waiting"
