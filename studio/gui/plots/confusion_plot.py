"""A confusion matrix: how often each class was taken for which."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor

from studio.gui.desk import Look
from studio.gui.plots.canvas import ColumnAxis
from studio.gui.plots.plot import Plot
from studio.gui.viewstate.answers import Confusion
from studio.gui.widgets.basics import em

_MOST_WRITTEN = 12
_LONGEST_NAME = 12
_DARK_FROM = 0.55
_LEAST_EM = 20


class ConfusionPlot(Plot):
    """True classes by row, answered classes by column; shares of the true class as colour."""

    def __init__(self, look: Look) -> None:
        self.columns = ColumnAxis()
        super().__init__(
            look, "Confusion matrix", "answered class", "true class", bottom=self.columns
        )
        self.legend.hide()
        self.item.invertY()
        self.item.setMouseEnabled(x=False, y=False)
        self._image = pg.ImageItem(levels=(0, 1))
        self.item.addItem(self._image)
        self._words: list[pg.TextItem] = []
        self._shown: Confusion | None = None
        self.item.getViewBox().sigResized.connect(self._name_classes)

    def show_confusion(self, shown: Confusion) -> None:
        """Draws counts; the colour is the share of the true class."""
        self._shown = shown
        totals = np.maximum(shown.counts.sum(axis=1, keepdims=True), 1)
        shares = shown.counts / totals
        size = len(shown.names)
        theme = self.look.theme
        colors = [pg.mkColor(theme.card), pg.mkColor(theme.accent)]
        self._image.setColorMap(pg.ColorMap(np.array([0.0, 1.0]), colors))
        self._image.setImage(shares.T, autoLevels=False, rect=QRectF(-0.5, -0.5, size, size))
        self._write(shown, shares)
        self._name_classes()
        rows = size * self.fontMetrics().height() + round(self.columns.minimumHeight())
        self.setMinimumHeight(max(em(self, _LEAST_EM), rows + em(self, 1)))
        self.item.setXRange(-0.5, size - 0.5, padding=0)
        self.item.setYRange(-0.5, size - 0.5, padding=0)
        self.read_again()

    def table(self) -> list[list[str]]:
        """The counts with a header row."""
        if self._shown is None:
            return [["true class"]]
        rows = [["true class", *self._shown.names]]
        counted = zip(self._shown.names, self._shown.counts, strict=True)
        return rows + [[name, *(str(count) for count in row)] for name, row in counted]

    def draw_in_theme(self) -> None:
        """Takes the colours of the theme in force."""
        super().draw_in_theme()
        if getattr(self, "_shown", None) is not None:
            self.show_confusion(self._shown)  # type: ignore[arg-type]  # it is there

    def _name_classes(self) -> None:
        """Names as many classes as there is room for."""
        if self._shown is None:
            return
        names = [_shortened(name) for name in self._shown.names]
        metrics, box = self.fontMetrics(), self.item.getViewBox().size()
        self.columns.show_names(names, metrics, box.width())
        every = max(1, math.ceil(metrics.height() * len(names) / max(box.height(), 1.0)))
        rows = [(at, name) for at, name in enumerate(names) if at % every == 0]
        self.item.getAxis("left").setTicks([rows])

    def _hover(self, where: QPointF) -> None:
        """Says which class was taken for which, and how often."""
        view, shown = self.item.getViewBox(), self._shown
        at = view.mapSceneToView(where)
        row, column = round(at.y()), round(at.x())
        size = 0 if shown is None else len(shown.names)
        is_inside = view.sceneBoundingRect().contains(where)
        if shown is None or not is_inside or not (0 <= row < size and 0 <= column < size):
            self._read_out.hide()
            return
        count, names = int(shown.counts[row, column]), shown.names
        self._read_out.setText(f"true {names[row]}, answered {names[column]}: {count:,}")
        self._read_out.setAnchor((1 if column > size / 2 else 0, 0 if row < size / 2 else 1))
        self._read_out.setPos(at)
        self._read_out.show()

    def _write(self, shown: Confusion, shares: np.ndarray) -> None:
        for word in self._words:
            self.item.removeItem(word)
        self._words = []
        if len(shown.names) > _MOST_WRITTEN:
            return
        theme = self.look.theme
        for (row, column), count in np.ndenumerate(shown.counts):
            color = theme.on_accent if shares[row, column] > _DARK_FROM else theme.text
            word = pg.TextItem(f"{count:,}", color=QColor(color), anchor=(0.5, 0.5))
            word.setPos(column, row)
            self.item.addItem(word, ignoreBounds=True)
            self._words.append(word)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
