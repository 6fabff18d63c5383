"""The loss curves of a comparison, with their choices."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox

from studio.core.results.events import EpochRecord, RunId
from studio.core.results.history import Baseline
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.line_density import Line
from studio.gui.view.loss_curves import (
    CurveChoices,
    Loss,
    LossCurve,
    Spread,
    XAxis,
    has_validation,
    loss_curves,
    run_lines,
    smoothed,
)
from studio.gui.widgets.basics import Card, Segments, label
from studio.gui.widgets.flow_layout import FlowRow

_LOSS_LABELS = {
    "cross-entropy": "cross-entropy, nats",
    "binary-cross-entropy": "cross-entropy per step, nats",
    "mse": "squared error (scaled)",
    "mae": "absolute error (scaled)",
    "huber": "Huber loss (scaled)",
    "pinball": "pinball loss (scaled)",
    "label-smoothing": "cross-entropy with label smoothing, nats",
    "focal": "focal loss, nats",
}
_X_LABELS = {
    "epoch": "epoch",
    "step": "training steps",
    "examples": "training examples",
    "seconds": "training time, s",
}
_NONE_KNOWN: Mapping[str, int] = MappingProxyType({})
SPREADS: dict[Spread, str] = {
    "range": "range",
    "deviation": "standard deviation",
    "error": "standard error",
    "interval": "95 % interval",
    "none": "",
}


class LossCard(Card):
    """The middle of the runs so far with their spread, and the best baseline as a line.

    Signals:
        changed: The user chose another loss or axis.
    """

    changed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Loss")
        self.plot = Plot(appearance, "Loss", "epoch", "loss")
        self.loss = Segments((("validation", "validation"), ("training", "training")), "Loss")
        self.x_axis = Segments([(key, key) for key in _X_LABELS], "Horizontal axis")
        self.scale = Segments((("linear", "linear"), ("log", "log")), "Vertical axis")
        self.smooth = QCheckBox("smooth")
        self.smooth.setToolTip("Moving average over about five epochs, drawn over the raw values")
        self.every_run = QCheckBox("each run")
        self.every_run.setToolTip("A line for every run instead of the range over seeds")
        self._line: pg.InfiniteLine | None = None
        self.row = row = FlowRow(0.5)
        for part in (self.loss, self.x_axis, self.scale):
            row.add(part)
            part.chosen.connect(lambda _: self.changed.emit())
        for box in (self.smooth, self.every_run):
            row.add(box)
            box.toggled.connect(lambda _: self.changed.emit())
        self.body.addWidget(row)
        self.none = label("Curves appear after the first epoch.", tone="muted")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.none, 1)

    def show_runs(
        self,
        epochs: Mapping[RunId, Sequence[EpochRecord]],
        baselines: Sequence[Baseline],
        strokes: Mapping[str, Stroke],
        kind: str,
        examples: Mapping[str, int] = _NONE_KNOWN,
    ) -> None:
        """Draws a curve for each contender.

        Args:
            epochs: What is known of each run.
            baselines: The best is a line in the curves of the validation loss.
            strokes: By contender.
            kind: The loss as in Preprocessing.
            examples: Training examples of an epoch by contender.
        """
        validated = has_validation(epochs) or not any(epochs.values())  # not known before the first
        self.loss.setVisible(validated)
        loss: Loss = "training" if self.loss.choice == "training" or not validated else "validation"
        seen = self.seen(loss, examples)
        curves = loss_curves(epochs, seen)
        counted = self._counted(max((curve.seeds for curve in curves.values()), default=0), seen)
        part = f"{loss.capitalize()} loss"
        without = "" if validated else " (no validation set)"
        self.set_heading(f"{part}{without}, {counted}" if curves else part)
        self.plot.setVisible(bool(curves))
        self.none.setVisible(not curves)
        self.plot.set_labels(_X_LABELS[seen.x_axis], _LOSS_LABELS[kind])
        self.plot.set_logarithmic(x=self.has_logarithmic_x, y=self.scale.choice == "log")
        self.plot.show_curves(
            [
                self._drawn(name, curve, strokes[name])
                for name in strokes
                if (curve := curves.get(name)) is not None
            ]
        )
        lines = self._lines_behind(epochs, curves, seen)
        self.plot.show_bundles({name: (lines[name], strokes[name]) for name in lines})
        self._show_baseline(baselines, loss)

    def _drawn(self, name: str, curve: LossCurve, stroke: Stroke) -> PlotCurve:
        parts = (curve.center, curve.low, curve.high)
        center, low, high = map(smoothed, parts) if self.smooth.isChecked() else parts
        if self.every_run.isChecked():
            return PlotCurve(name, curve.x, center, stroke)
        return PlotCurve(name, curve.x, center, stroke, low, high)

    def _lines_behind(
        self,
        epochs: Mapping[RunId, Sequence[EpochRecord]],
        curves: Mapping[str, LossCurve],
        seen: CurveChoices,
    ) -> dict[str, list[Line]]:
        """Every run, or what was smoothed."""
        if self.every_run.isChecked():
            return run_lines(epochs, seen)
        if self.smooth.isChecked():
            return {name: [(curve.x, curve.center)] for name, curve in curves.items()}
        return {}

    def _counted(self, runs: int, seen: CurveChoices) -> str:
        if runs == 1:
            return "1 run"
        spread = "lines" if self.every_run.isChecked() else SPREADS[seen.spread]
        return (
            f"{seen.center} and {spread} of {runs} runs"
            if spread
            else f"{seen.center} of {runs} runs"
        )

    def seen(self, loss: Loss, examples: Mapping[str, int]) -> CurveChoices:
        x_axis: XAxis = self.x_axis.choice  # type: ignore[assignment]
        return CurveChoices(loss, x_axis, examples)

    @property
    def has_logarithmic_x(self) -> bool:
        return False

    def _show_baseline(self, baselines: Sequence[Baseline], loss: Loss) -> None:
        if self._line is not None:
            self.plot.item.removeItem(self._line)
            self._line = None
        validated = [baseline for baseline in baselines if baseline.validation_loss is not None]
        if not validated or loss != "validation":
            return
        best = min(validated, key=lambda baseline: baseline.validation_loss or 0.0)
        self._line = self.plot.add_line(f"baseline: {best.name}", best.validation_loss or 0.0)
