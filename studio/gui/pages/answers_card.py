"""What the networks answered on the test part: a confusion matrix, or values beside the truth."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from studio.core.events import Pair
from studio.core.history import ComparisonHistory
from studio.gui.desk import Look
from studio.gui.plots.confusion_plot import ConfusionPlot
from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import DASH_DOT, DOTS, SOLID, Stroke
from studio.gui.viewstate.answers import (
    answers_of_pair,
    confusion,
    error_by_horizon,
    pairs_with_answers,
    tracked,
)
from studio.gui.viewstate.figures import figure, whole
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.small_table import SmallTable

_BASELINE_LINES = (DASH_DOT, DOTS)
_ROOM_ON_TOP = 0.32


class AnswersCard(Card):
    """See the module; the user chooses the seed, and contender, target or step where they matter.

    Args:
        look: The theme.
        strokes: How each contender is drawn now.
        times: The time stamps of a comparison's steps, (time,), where they are at hand.
    """

    def __init__(
        self,
        look: Look,
        strokes: Callable[[], Mapping[str, Stroke]],
        times: Callable[[ComparisonHistory], NDArray[np.str_] | None],
    ) -> None:
        super().__init__("Answers on the test part")
        self._look, self._strokes, self._times = look, strokes, times
        self._history: ComparisonHistory | None = None
        self._is_built = False

    def _build(self) -> None:
        """Made when there is something to show: at the program's start three plots take a while."""
        self._is_built = True
        look = self._look
        self.contender = _choice("Contender")
        self.seed = _choice("Seed")
        self.target = _choice("Target")
        self.step = QSpinBox()
        self.step.setAccessibleName("Step of the horizon")
        self.step.setPrefix("step ")
        self.step.setMinimum(1)
        self.confusion = ConfusionPlot(look)
        self.classes = SmallTable(("class", "precision", "recall", "F1", "examples"), "Per class")
        self.left_out = label("", tone="muted", size=0.9)
        self.values = DatedPlot(look, "Answers and truth", "time step", "value")
        self.errors = Plot(look, "Error by horizon", "steps ahead", "RMSE")
        self.none = label("Known once a run has ended.", tone="muted")
        self._pairs: dict[str, Pair] = {}
        self._lay_out()
        for choice in (self.contender, self.seed, self.target):
            choice.currentIndexChanged.connect(lambda _: self._draw())
        self.step.valueChanged.connect(lambda _: self._draw())

    def show_history(self, history: ComparisonHistory) -> None:
        """Shows the answers of a comparison; what is chosen stays so where it can."""
        if not self._is_built:
            self._build()
        self._history = history
        preparation = history.preparation
        self._pairs = {str(pair): pair for pair in pairs_with_answers(history)}
        seeds = list(self._pairs)
        _offer(self.seed, seeds)
        _offer(self.contender, [each.name for each in history.contenders])
        _offer(self.target, list(preparation.target_names))
        self.step.setMaximum(preparation.horizon)
        self.step.setSuffix(f" of {preparation.horizon}")
        is_classes = preparation.outcomes is not None
        has_answers = preparation.kind != "next-step"
        self.setVisible(has_answers)  # of keys the scores are kept, not every answer
        if not has_answers:
            return
        self.none.setVisible(not seeds)
        self._controls.setVisible(bool(seeds))
        self._classes_row.setVisible(bool(seeds) and is_classes)
        self._values_row.setVisible(bool(seeds) and not is_classes)
        self._show_pair(self.contender, shown=is_classes)
        self._show_pair(self.target, shown=not is_classes and len(preparation.target_names) > 1)
        self._show_pair(self.step, shown=not is_classes and preparation.horizon > 1)
        self.errors.setVisible(preparation.horizon > 1)
        self._draw()

    def _draw(self) -> None:
        pair = self._pairs.get(self.seed.currentText())
        if self._history is None or pair is None:
            return
        answers = answers_of_pair(self._history, pair)
        history = self._history.seen_on(pair.division)
        if history.preparation.outcomes is not None:
            self._draw_classes(history, self.contender.currentText(), answers)
        else:
            self._draw_values(history, answers)

    def _draw_classes(
        self, history: ComparisonHistory, name: str, answers: Mapping[str, np.ndarray]
    ) -> None:
        has_answers = name in answers
        self._classes_row.setVisible(has_answers)
        self.none.setVisible(not has_answers)
        if not has_answers:
            return
        found = confusion(history, answers[name])
        self.confusion.show_confusion(found)
        self.classes.show_rows(
            [
                (each, figure(precision), figure(recall), figure(f1), whole(count))
                for each, (precision, recall, f1, count) in zip(
                    found.names, found.scores, strict=True
                )
            ]
        )
        left = f"{whole(found.left_out)} rarer classes are not shown." if found.left_out else ""
        self.left_out.setText(left)

    def _draw_values(self, history: ComparisonHistory, answers: Mapping[str, np.ndarray]) -> None:
        preparation, strokes = history.preparation, self._strokes()
        target = max(self.target.currentIndex(), 0)
        found = tracked(history, dict(answers), target, self.step.value() - 1)
        name = preparation.target_names[target]
        unit = preparation.target_units[target]
        named = f"{name}, {unit}" if unit else name
        is_forecast = preparation.kind == "forecast"
        self.values.show_times(self._times(history) if is_forecast else None)
        step = "time" if self.values.has_dates else "time step"
        self.values.set_labels(step if is_forecast else "test example", named)
        x = found.x.astype(np.float64)
        truth = Stroke(self._look.theme.muted, SOLID, "o")
        curves = [Curve("truth", x, found.truth.astype(np.float64), truth)]
        for each, values in found.answers.items():
            curves.append(Curve(each, x, values.astype(np.float64), strokes[each]))
        self.values.show_curves(curves)
        _leave_room_on_top(self.values)
        if preparation.horizon > 1:
            self._draw_errors(history, target, f"RMSE, {unit}" if unit else "RMSE")

    def _draw_errors(self, history: ComparisonHistory, target: int, words: str) -> None:
        strokes, curves = self._strokes(), []
        ahead = np.arange(1.0, history.preparation.horizon + 1)
        baselines = [each.name for each in history.baselines]
        for name, errors in error_by_horizon(history, target).items():
            if name in baselines:
                line = _BASELINE_LINES[baselines.index(name) % len(_BASELINE_LINES)]
                stroke = Stroke(self._look.theme.muted, line, "o")
            else:
                stroke = strokes[name]
            curves.append(Curve(name, ahead, errors, stroke))
        self.errors.set_labels("steps ahead", words)
        self.errors.show_curves(curves)
        _leave_room_on_top(self.errors)

    def _show_pair(self, widget: QWidget, *, shown: bool) -> None:
        widget.setVisible(shown)
        self._captions[widget].setVisible(shown)

    def _lay_out(self) -> None:
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        self._captions: dict[QWidget, QLabel] = {}
        for text, widget in (
            ("contender", self.contender),
            ("seed", self.seed),
            ("target", self.target),
            ("steps ahead", self.step),
        ):
            caption = QLabel(text)
            caption.setBuddy(widget)
            self._captions[widget] = caption
            row.addWidget(caption)
            row.addWidget(widget)
        row.addStretch(1)
        self.values.legend.setColumnCount(4)
        self.errors.legend.setColumnCount(2)
        self.errors.legend.setOffset((8, 4))  # errors rise to the right
        for plot in (self.values, self.errors):
            plot.setMinimumHeight(em(self, 20))
        report = QWidget()
        column = QVBoxLayout(report)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.classes)
        column.addWidget(self.left_out)
        column.addStretch(1)
        self._classes_row, self._values_row = SideBySide(30, 2), SideBySide(30, 2)
        self._classes_row.set_widgets([self.confusion, report])
        self._values_row.set_widgets([self.values, self.errors])
        for part in (self._controls, self._classes_row, self._values_row, self.none):
            self.body.addWidget(part)


def _leave_room_on_top(plot: Plot) -> None:
    """For the legend."""
    together = np.concatenate([np.zeros(0), *(curve.y for curve in plot.curves)])
    shown = together[np.isfinite(together)]
    if len(shown):
        low, high = float(shown.min()), float(shown.max())
        room = (high - low) or abs(high) or 1.0
        plot.item.setYRange(low - 0.05 * room, high + _ROOM_ON_TOP * room, padding=0)


def _choice(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return made


def _offer(choice: QComboBox, texts: list[str]) -> None:
    """Offers these without a signal; the chosen one stays where it is among them."""
    if [choice.itemText(at) for at in range(choice.count())] == texts:
        return
    chosen = choice.currentText()
    choice.blockSignals(True)  # noqa: FBT003 - Qt's own
    choice.clear()
    choice.addItems(texts)
    choice.setCurrentIndex(texts.index(chosen) if chosen in texts else 0)
    choice.blockSignals(False)  # noqa: FBT003 - Qt's own
