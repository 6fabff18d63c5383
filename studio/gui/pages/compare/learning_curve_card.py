"""Score and training time over the size of the training set, and how to add sizes."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.analysis.summaries.learning_curve import LearningCurve
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.compare.plots.learning_curve_plot import LearningCurvePlot
from studio.gui.pages.compare.view.learning_rows import (
    USUAL,
    RequestedSizes,
    column_headings,
    findings,
    missing_text,
    requested_sizes,
    rows,
)
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import Card, button, em, label, set_tone
from studio.gui.widgets.fitting_table import FittingTable
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.side_by_side import SideBySide

_BREAKS = ("[", "the same", "is better")


class LearningCurveCard(Card):
    """The learning curve that the shown comparison is part of.

    Signals:
        requested: Numbers of training examples that the user wants to train at, a tuple.
    """

    requested = Signal(object)

    def __init__(self, appearance: Appearance, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__("Learning curve")
        self._appearance, self._strokes = appearance, strokes
        self._history: ComparisonHistory | None = None
        self._curve: LearningCurve | None = None
        self._pair: tuple[str, str] | None = None
        self._why_not = ""
        self.missing = label("", tone="muted")
        self.sentence = label("", bold=True)
        self.score = LearningCurvePlot(appearance, "Score by training examples", "score")
        self.time = LearningCurvePlot(
            appearance,
            "Training time by training examples",
            "training time per run, s",
            logarithmic=True,
        )
        self.table = FittingTable("Scores by training examples", _BREAKS)
        self.findings = label("")
        self.budget = label("", tone="muted", size=0.9)
        self.sizes = QLineEdit(USUAL)
        self.sizes.setAcceptDrops(False)  # the window opens what is dropped
        self.sizes.setAccessibleName("Training set sizes")
        self.sizes.setToolTip(
            "Training examples, or percentages of the training set, separated by commas"
        )
        self.train = button(
            "Train at more si&zes",
            self._want,
            tip="Trains the missing sizes with the same seeds and settings",
        )
        self.cost = label("", tone="muted", size=0.95)
        self.sizes.textChanged.connect(lambda _: self._show_cost())
        self.sizes.returnPressed.connect(self._want)
        self._lay_out()

    def show_curve(
        self, history: ComparisonHistory, curve: LearningCurve | None, why_not: str
    ) -> None:
        """Shows a curve.

        Args:
            history: The comparison that is shown.
            curve: The curve that it is part of, or None.
            why_not: Why nothing can be trained now, or "".
        """
        self._history, self._curve, self._why_not = history, curve, why_not
        self._show()
        self._show_cost()

    def show_pair(self, pair: tuple[str, str] | None) -> None:
        """Shows the findings on two contenders."""
        self._pair = pair
        self._show()

    def _show(self) -> None:
        curve = self._curve
        self.missing.setText(missing_text(curve))
        self.missing.setVisible(bool(self.missing.text()))
        is_there = curve is not None and len(curve.points) > 1
        self._drawn.setVisible(is_there)
        if curve is None or not is_there:
            return
        pair = self._pair if self._pair and set(self._pair) <= set(curve.contenders) else None
        self.sentence.setText(curve.sentence(*pair) if pair else "")
        self.sentence.setVisible(pair is not None)
        self._draw(curve)
        self.table.show_cells(
            column_headings(curve, pair), rows(curve, pair), self._appearance.theme
        )
        self.findings.setText("\n".join(findings(curve, pair)))
        self.budget.setText(" ".join((curve.budget, *curve.remarks)))

    def _draw(self, curve: LearningCurve) -> None:
        strokes, points = self._strokes(), curve.points
        sizes = [point.examples for point in points]
        positions = dict(enumerate(curve.contenders))
        scores = {
            name: [point.contenders[n].score for point in points] for n, name in positions.items()
        }
        times = {
            name: [point.contenders[n].seconds for point in points] for n, name in positions.items()
        }
        rule = [point.baseline[1] for point in points if point.baseline is not None]
        baseline = rule if len(rule) == len(points) else None
        self.score.set_labels("training examples", curve.score_label)
        self.score.show_values(sizes, scores, strokes, baseline)
        self.time.show_values(sizes, times, strokes)

    def _show_cost(self) -> None:
        requested = self._requested
        self.train.setEnabled(bool(requested.sizes) and not self._why_not)
        why_not = f"{self._why_not[:1].upper()}{self._why_not[1:]}."
        self.cost.setText(why_not if self._why_not else requested.words)
        set_tone(self.cost, "warning" if requested.is_problem and not self._why_not else "muted")

    @property
    def _requested(self) -> RequestedSizes:
        if self._history is None:
            return RequestedSizes((), "")
        return requested_sizes(self._history, self._curve, self.sizes.text())

    def _want(self) -> None:
        sizes = self._requested.sizes
        if sizes and not self._why_not:
            self.requested.emit(sizes)

    def _lay_out(self) -> None:
        self._drawn = QWidget()
        inside = QVBoxLayout(self._drawn)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(em(self, 0.5))
        plots = SideBySide(28, 2)
        for plot in (self.score, self.time):
            plot.setMinimumHeight(em(self, 17))
        plots.set_widgets([self.score, self.time])
        for part in (self.sentence, plots, self.table, self.findings, self.budget):
            inside.addWidget(part)
        row = FlowRow(0.5)
        row.add(self.sizes, caption="S&izes")
        row.add(self.train)
        for below in (self.missing, self._drawn, row, self.cost):
            self.body.addWidget(below)
