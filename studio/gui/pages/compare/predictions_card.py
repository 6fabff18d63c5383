"""Predictions on the test set: a confusion matrix, or values beside the truth."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from studio.core.results.events import PairId
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.compare.plots.confusion_plot import ConfusionPlot
from studio.gui.pages.compare.view.predictions import (
    confusion,
    error_by_horizon,
    forecast_track,
    pairs_with_predictions,
    predictions_of_pair,
)
from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.legend_room import leave_room_on_top
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, DOTS, SOLID, Stroke
from studio.gui.view.number_format import format_value, format_whole
from studio.gui.widgets.basics import Card, em, fill_combo_box, label
from studio.gui.widgets.plain_text import plain_label
from studio.gui.widgets.side_by_side import SideBySide
from studio.gui.widgets.small_table import SmallTable

_BASELINE_LINES = (DASH_DOT, DOTS)


class PredictionsCard(Card):
    """See the module; the user chooses the seed, and contender, target or step where they matter.

    Args:
        appearance: The theme.
        strokes: How each contender is drawn now.
        times: The time stamps of a comparison's steps, (time,), where they are at hand.

    Signals:
        cell_chosen: Contender, seed, true and predicted class of a cell of the confusion matrix.
    """

    cell_chosen = Signal(str, str, int, int)

    def __init__(
        self,
        appearance: Appearance,
        strokes: Callable[[], Mapping[str, Stroke]],
        times: Callable[[ComparisonHistory], NDArray[np.str_] | None],
    ) -> None:
        super().__init__("Predictions on the test set")
        self._appearance, self._strokes, self._times = appearance, strokes, times
        self._history: ComparisonHistory | None = None
        self._is_built = False

    def _build(self) -> None:
        """Built when first needed: three plots would slow the start of the program."""
        self._is_built = True
        appearance = self._appearance
        self.contender = _choice("Contender")
        self.seed = _choice("Seed")
        self.target = _choice("Target")
        self.step = QSpinBox()
        self.step.setAccessibleName("Step of the horizon")
        self.step.setPrefix("step ")
        self.step.setMinimum(1)
        self.confusion = ConfusionPlot(appearance)
        self.classes = SmallTable(("class", "precision", "recall", "F1", "examples"), "Per class")
        self.left_out = label("", tone="muted", size=0.9)
        self.values = DatedPlot(appearance, "Predictions and truth", "time step", "value")
        self.errors = Plot(appearance, "Error by horizon", "steps ahead", "RMSE")
        self.none = label("Available once a run has finished.", tone="muted")
        self._pairs: dict[str, PairId] = {}
        self._lay_out()
        for choice in (self.contender, self.seed, self.target):
            choice.currentIndexChanged.connect(lambda _: self._draw())
        self.step.valueChanged.connect(lambda _: self._draw())
        self.confusion.setToolTip("Click a cell to see its examples")
        self.confusion.cell_chosen.connect(self._choose_cell)

    def show_history(self, history: ComparisonHistory) -> None:
        """Shows the predictions of a comparison; choices stay where possible."""
        if not self._is_built:
            self._build()
        self._history = history
        preprocessing = history.preprocessing
        self._pairs = {str(pair): pair for pair in pairs_with_predictions(history)}
        seeds = list(self._pairs)
        _offer(self.seed, seeds)
        _offer(self.contender, [contender.name for contender in history.contenders])
        _offer(self.target, list(preprocessing.target_names))
        self.step.setMaximum(preprocessing.horizon)
        self.step.setSuffix(f" of {preprocessing.horizon}")
        is_classes = preprocessing.outcomes is not None
        has_predictions = preprocessing.kind != "next-step"
        self.setVisible(has_predictions)  # of piano rolls only the scores are stored
        if not has_predictions:
            return
        self.none.setVisible(not seeds)
        self._controls.setVisible(bool(seeds))
        self._classes_row.setVisible(bool(seeds) and is_classes)
        self._values_row.setVisible(bool(seeds) and not is_classes)
        self._show_pair(self.contender, shown=is_classes)
        self._show_pair(self.target, shown=not is_classes and len(preprocessing.target_names) > 1)
        self._show_pair(self.step, shown=not is_classes and preprocessing.horizon > 1)
        self.errors.setVisible(preprocessing.horizon > 1)
        self._draw()

    def _draw(self) -> None:
        pair = self._pairs.get(self.seed.currentText())
        if self._history is None or pair is None:
            return
        predictions = predictions_of_pair(self._history, pair)
        history = self._history.seen_on(pair.fold_id)
        if history.preprocessing.outcomes is not None:
            self._draw_classes(history, self.contender.currentText(), predictions)
        else:
            self._draw_values(history, predictions)

    def _choose_cell(self, true: int, predicted: int) -> None:
        contender, seed = self.contender.currentText(), self.seed.currentText()
        self.cell_chosen.emit(contender, seed, true, predicted)

    def _draw_classes(
        self, history: ComparisonHistory, name: str, predictions: Mapping[str, np.ndarray]
    ) -> None:
        has_predictions = name in predictions
        self._classes_row.setVisible(has_predictions)
        self.none.setVisible(not has_predictions)
        if not has_predictions:
            return
        matrix = confusion(history, predictions[name])
        self.confusion.show_confusion(matrix)
        self.classes.show_rows(
            [
                (
                    class_name,
                    format_value(precision),
                    format_value(recall),
                    format_value(f1),
                    format_whole(count),
                )
                for class_name, (precision, recall, f1, count) in zip(
                    matrix.names, matrix.scores, strict=True
                )
            ]
        )
        left = (
            f"{format_whole(matrix.left_out)} rarer classes are not shown."
            if matrix.left_out
            else ""
        )
        self.left_out.setText(left)

    def _draw_values(
        self, history: ComparisonHistory, predictions: Mapping[str, np.ndarray]
    ) -> None:
        preprocessing, strokes = history.preprocessing, self._strokes()
        target = max(self.target.currentIndex(), 0)
        track = forecast_track(history, dict(predictions), target, self.step.value() - 1)
        name = preprocessing.target_names[target]
        unit = preprocessing.target_units[target]
        named = f"{name}, {unit}" if unit else name
        is_forecast = preprocessing.kind == "forecast" or (
            preprocessing.kind == "track" and preprocessing.is_cut
        )
        self.values.show_times(self._times(history) if is_forecast else None)
        step = "time" if self.values.has_dates else "time step"
        counted = "scored step" if preprocessing.kind == "track" else "test example"
        self.values.set_labels(step if is_forecast else counted, named)
        x = track.x.astype(np.float64)
        truth = Stroke(self._appearance.theme.muted, SOLID, "o")
        curves = [PlotCurve("truth", x, track.targets_in_units.astype(np.float64), truth)]
        for name, values in track.predictions.items():
            band = [edge.astype(np.float64) for edge in track.intervals.get(name, ())]
            curves.append(PlotCurve(name, x, values.astype(np.float64), strokes[name], *band))
        self.values.show_curves(curves)
        leave_room_on_top(self.values)
        if preprocessing.horizon > 1:
            self._draw_errors(history, target, f"RMSE, {unit}" if unit else "RMSE")

    def _draw_errors(self, history: ComparisonHistory, target: int, words: str) -> None:
        strokes, curves = self._strokes(), []
        ahead = np.arange(1.0, history.preprocessing.horizon + 1)
        baselines = [baseline.name for baseline in history.baselines]
        for name, errors in error_by_horizon(history, target).items():
            if name in baselines:
                line = _BASELINE_LINES[baselines.index(name) % len(_BASELINE_LINES)]
                stroke = Stroke(self._appearance.theme.muted, line, "o")
            else:
                stroke = strokes[name]
            curves.append(PlotCurve(name, ahead, errors, stroke))
        self.errors.set_labels("steps ahead", words)
        self.errors.show_curves(curves)
        leave_room_on_top(self.errors)

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
            caption = plain_label(text)
            caption.setBuddy(widget)
            self._captions[widget] = caption
            row.addWidget(caption)
            row.addWidget(widget)
        row.addStretch(1)
        self.values.spread_legend(4)
        self.errors.spread_legend(2)
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


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def _offer(box: QComboBox, texts: Sequence[str]) -> None:
    fill_combo_box(box, [(text, text) for text in texts], box.currentData())
