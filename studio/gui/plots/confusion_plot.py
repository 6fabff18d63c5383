"""A confusion matrix: how often each class was taken for which."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from studio.gui.desk import Look
from studio.gui.plots.plot import Plot
from studio.gui.viewstate.answers import Confusion

_MOST_WRITTEN = 12
_LONGEST_NAME = 12
_DARK_FROM = 0.55


class ConfusionPlot(Plot):
    """True classes by row, answered classes by column; shares of the true class as colour."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Confusion matrix", "answered class", "true class")
        self.legend.hide()
        self.item.invertY()
        self.item.setMouseEnabled(x=False, y=False)
        self._image = pg.ImageItem(levels=(0, 1))
        self.item.addItem(self._image)
        self._words: list[pg.TextItem] = []
        self._shown: Confusion | None = None

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
        ticks = [[(at, _shortened(name)) for at, name in enumerate(shown.names)]]
        for side in ("bottom", "left"):
            self.item.getAxis(side).setTicks(ticks)
        self.item.setXRange(-0.5, size - 0.5, padding=0)
        self.item.setYRange(-0.5, size - 0.5, padding=0)

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
