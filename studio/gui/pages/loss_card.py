"""The loss curves of the page Train, with their choices."""

from collections.abc import Mapping, Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox

from studio.core.events import EpochRecord, RunId
from studio.core.history import Baseline
from studio.gui.desk import Look
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import Stroke
from studio.gui.viewstate.training import (
    Loss,
    LossCurve,
    XAxis,
    has_validation,
    loss_curves,
    run_lines,
    smoothed,
)
from studio.gui.widgets.basics import Card, Segments, label
from studio.gui.widgets.wrapping import WrappingRow

_LOSS_LABELS = {
    "cross-entropy": "cross-entropy, nats",
    "binary-cross-entropy": "cross-entropy of a step, nats",
    "mse": "squared error, scaled",
}
_X_LABELS = {"epoch": "epoch", "step": "training steps", "seconds": "training time, s"}


class LossCard(Card):
    """Mean over the seeds so far, with their range, and the best naive baseline as a line.

    Signals:
        changed: The user chose another loss or axis.
    """

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__("Loss")
        self.plot = Plot(look, "Loss", "epoch", "loss")
        self.loss = Segments((("validation", "validation"), ("training", "training")), "Loss")
        self.x_axis = Segments([(key, key) for key in _X_LABELS], "Horizontal axis")
        self.scale = Segments((("linear", "linear"), ("log", "log")), "Vertical axis")
        self.smooth = QCheckBox("smooth")
        self.smooth.setToolTip("A moving average over about five epochs, in place of the values.")
        self.each = QCheckBox("each run")
        self.each.setToolTip("The line of every run, in place of the range over the seeds.")
        self._line: pg.InfiniteLine | None = None
        row = WrappingRow(0.5)
        for part in (self.loss, self.x_axis, self.scale):
            row.add(part)
            part.chosen.connect(lambda _: self.changed.emit())
        for box in (self.smooth, self.each):
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
    ) -> None:
        """Draws a curve for each contender; `kind` is the loss as in Preparation."""
        validated = has_validation(epochs)
        self.loss.setVisible(validated)
        loss: Loss = "training" if self.loss.choice == "training" or not validated else "validation"
        x_axis: XAxis = self.x_axis.choice  # type: ignore[assignment]
        curves = loss_curves(epochs, loss, x_axis)
        seeds = max((curve.seeds for curve in curves.values()), default=0)
        spread = "lines" if self.each.isChecked() else "range"
        counted = "1 seed" if seeds == 1 else f"mean and {spread} of {seeds} seeds"
        part = f"{loss.capitalize()} loss"
        without = "" if validated else " (no validation part)"
        self.set_heading(f"{part}{without}, {counted}" if seeds else part)
        self.plot.setVisible(bool(curves))
        self.none.setVisible(not curves)
        self.plot.set_labels(_X_LABELS[x_axis], _LOSS_LABELS[kind])
        self.plot.set_logarithmic(y=self.scale.choice == "log")
        self.plot.show_curves(
            [
                self._drawn(name, curve, strokes[name])
                for name in strokes
                if (curve := curves.get(name)) is not None
            ]
        )
        lines = run_lines(epochs, loss, x_axis) if self.each.isChecked() else {}
        self.plot.show_bundles({name: (lines[name], strokes[name]) for name in lines})
        self._show_baseline(baselines, loss)

    def _drawn(self, name: str, curve: LossCurve, stroke: Stroke) -> Curve:
        parts = (curve.mean, curve.low, curve.high)
        mean, low, high = map(smoothed, parts) if self.smooth.isChecked() else parts
        if self.each.isChecked():
            return Curve(name, curve.x, mean, stroke)
        return Curve(name, curve.x, mean, stroke, low, high)

    def _show_baseline(self, baselines: Sequence[Baseline], loss: Loss) -> None:
        if self._line is not None:
            self.plot.item.removeItem(self._line)
            self._line = None
        known = [each for each in baselines if each.validation_loss is not None]
        if not known or loss != "validation":
            return
        best = min(known, key=lambda each: each.validation_loss or 0.0)
        self._line = self.plot.add_line(f"baseline: {best.name}", best.validation_loss or 0.0)
