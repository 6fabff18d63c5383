"""The loss curves of the page Train, with their choices."""

from collections.abc import Mapping, Sequence

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from studio.core.events import EpochRecord, RunId
from studio.core.history import Baseline
from studio.gui.desk import Look
from studio.gui.plots.plot import Curve, Plot
from studio.gui.theme import Stroke
from studio.gui.viewstate.training import Loss, XAxis, has_validation, loss_curves
from studio.gui.widgets.basics import Card, Segments

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
        self._line: pg.InfiniteLine | None = None
        row = QHBoxLayout()
        for part in (self.loss, self.x_axis, self.scale):
            row.addWidget(part)
            part.chosen.connect(lambda _: self.changed.emit())
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.plot, 1)

    def show_runs(
        self,
        epochs: Mapping[RunId, Sequence[EpochRecord]],
        baselines: Sequence[Baseline],
        strokes: Mapping[str, Stroke],
    ) -> None:
        """Draws a curve for each contender."""
        validated = has_validation(epochs)
        self.loss.setVisible(validated)
        loss: Loss = "training" if self.loss.choice == "training" or not validated else "validation"
        x_axis: XAxis = self.x_axis.choice  # type: ignore[assignment]
        curves = loss_curves(epochs, loss, x_axis)
        seeds = max((curve.seeds for curve in curves.values()), default=0)
        counted = "1 seed" if seeds == 1 else f"mean and range of {seeds} seeds so far"
        part = f"{loss.capitalize()} loss"
        without = "" if validated else " (no validation part)"
        self.set_heading(f"{part}{without}, {counted}" if seeds else part)
        self.plot.set_labels(_X_LABELS[x_axis], f"{loss} loss, scaled units")
        self.plot.set_logarithmic(y=self.scale.choice == "log")
        self.plot.show_curves(
            [
                Curve(name, curve.x, curve.mean, strokes[name], curve.low, curve.high)
                for name in strokes
                if (curve := curves.get(name)) is not None
            ]
        )
        self._show_baseline(baselines, loss)

    def _show_baseline(self, baselines: Sequence[Baseline], loss: Loss) -> None:
        if self._line is not None:
            self.plot.item.removeItem(self._line)
            self._line = None
        known = [each for each in baselines if each.validation_loss is not None]
        if not known or loss != "validation":
            return
        best = min(known, key=lambda each: each.validation_loss or 0.0)
        self._line = self.plot.add_line(f"baseline: {best.name}", best.validation_loss or 0.0)
