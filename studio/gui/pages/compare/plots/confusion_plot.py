"""A confusion matrix."""

import math

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor

from studio.gui.pages.compare.view.predictions import Confusion
from studio.gui.plots.canvas import ColumnAxis
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import em

_MOST_WRITTEN = 12
_LONGEST_NAME = 12
_DARK_FROM = 0.55
_LEAST_EM = 20


class ConfusionPlot(Plot):
    """True classes by row, predicted classes by column; shares of the true class as colour.

    Signals:
        cell_chosen: The true and the predicted class of a cell that was clicked.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, appearance: Appearance) -> None:
        self.columns = ColumnAxis()
        super().__init__(
            appearance, "Confusion matrix", "predicted class", "true class", bottom=self.columns
        )
        self.legend.hide()
        self.item.invertY()
        self.item.setMouseEnabled(x=False, y=False)
        self._image = pg.ImageItem(levels=(0, 1))
        self.item.addItem(self._image)
        self._words: list[pg.TextItem] = []
        self._shown: Confusion | None = None
        self.item.getViewBox().sigResized.connect(self._name_classes)
        self.canvas.scene().sigMouseClicked.connect(self._click)

    def show_confusion(self, confusion: Confusion) -> None:
        """Draws counts; the colour is the share of the true class."""
        self._shown = confusion
        totals = np.maximum(confusion.counts.sum(axis=1, keepdims=True), 1)
        shares = confusion.counts / totals
        size = len(confusion.names)
        theme = self.appearance.theme
        colors = [pg.mkColor(theme.card), pg.mkColor(theme.accent)]
        self._image.setColorMap(pg.ColorMap(np.array([0.0, 1.0]), colors))
        self._image.setImage(shares.T, autoLevels=False, rect=QRectF(-0.5, -0.5, size, size))
        self._write(confusion, shares)
        self._name_classes()
        rows = size * self.fontMetrics().height() + round(self.columns.minimumHeight())
        self.setMinimumHeight(max(em(self, _LEAST_EM), rows + em(self, 1)))
        self.item.setXRange(-0.5, size - 0.5, padding=0)
        self.item.setYRange(-0.5, size - 0.5, padding=0)
        self.read_again()

    def table(self) -> list[list[str]]:
        if self._shown is None:
            return [["true class"]]
        rows = [["true class", *self._shown.names]]
        counted = zip(self._shown.names, self._shown.counts, strict=True)
        return rows + [[name, *(str(count) for count in row)] for name, row in counted]

    def draw_in_theme(self) -> None:
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
        rows = [(row, name) for row, name in enumerate(names) if row % every == 0]
        self.item.getAxis("left").setTicks([rows])

    def _cell_at(self, where: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a place of the scene."""
        view = self.item.getViewBox()
        point = view.mapSceneToView(where)
        row, column = round(point.y()), round(point.x())
        size = 0 if self._shown is None else len(self._shown.names)
        is_inside = view.sceneBoundingRect().contains(where)
        return (row, column) if is_inside and 0 <= row < size and 0 <= column < size else None

    def _click(self, event: MouseClickEvent) -> None:
        cell, confusion = self._cell_at(event.scenePos()), self._shown
        if event.button() != Qt.MouseButton.LeftButton or cell is None or confusion is None:
            return
        if confusion.classes:
            self.cell_chosen.emit(*(confusion.classes[place] for place in cell))

    def _hover(self, where: QPointF) -> None:
        """Shows the count of the cell under the mouse."""
        cell, confusion = self._cell_at(where), self._shown
        if confusion is None or cell is None:
            self._read_out.hide()
            return
        (row, column), size = cell, len(confusion.names)
        point = self.item.getViewBox().mapSceneToView(where)
        count, names = int(confusion.counts[row, column]), confusion.names
        self._read_out.setText(f"true {names[row]}, predicted {names[column]}: {count:,}")
        self._read_out.setAnchor((1 if column > size / 2 else 0, 0 if row < size / 2 else 1))
        self._read_out.setPos(point)
        self._read_out.show()

    def _write(self, confusion: Confusion, shares: np.ndarray) -> None:
        for word in self._words:
            self.item.removeItem(word)
        self._words = []
        if len(confusion.names) > _MOST_WRITTEN:
            return
        theme = self.appearance.theme
        for (row, column), count in np.ndenumerate(confusion.counts):
            color = theme.on_accent if shares[row, column] > _DARK_FROM else theme.text
            word = pg.TextItem(f"{count:,}", color=QColor(color), anchor=(0.5, 0.5))
            word.setPos(column, row)
            self.item.addItem(word, ignoreBounds=True)
            self._words.append(word)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
