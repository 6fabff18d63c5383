"""What an example's networks read, as one row of a plot of several."""

from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from studio.core.arrays import Floats
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.plots.colour_bar import color_map
from studio.gui.style.theme import Theme

MOST_LINES = 4
"""More channels than these are drawn as a map."""
_DOT = 3
_LONGEST_LABEL = 16

Kind = Literal["symbols", "lines", "map"]


def kind_of(preprocessing: Preprocessing) -> Kind:
    """How an input is drawn: a dot for each symbol of a text, lines of few channels, or a map."""
    if preprocessing.vocabulary is not None:
        return "symbols"
    return "lines" if len(preprocessing.input_names) <= MOST_LINES else "map"


def label_of(preprocessing: Preprocessing) -> str:
    """What the row is called: the channels where there is room, otherwise how many there are."""
    if preprocessing.vocabulary is not None:
        return f"{len(preprocessing.vocabulary):,} symbols"
    count, names = len(preprocessing.input_names), ", ".join(preprocessing.input_names)
    return names if count == 1 or len(names) <= _LONGEST_LABEL else f"{count:,} channels"


class InputRow:
    """Draws into a plot whose vertical axis points down, from 0 to a height.

    Args:
        plot: Where its items are added.
        theme: The theme in force.
        preprocessing: Of the examples that will be shown.
        height: Of the row, in the plot's units.
    """

    def __init__(
        self, plot: pg.PlotItem, theme: Theme, preprocessing: Preprocessing, height: float
    ) -> None:
        self._preparation, self._height = preprocessing, height
        self.kind = kind_of(preprocessing)
        colors = (theme.text, theme.accent, theme.muted, theme.warning)
        count = len(preprocessing.input_names) if self.kind == "lines" else 0
        self.lines = [pg.PlotCurveItem(pen=pg.mkPen(color)) for color in colors[:count]]
        self.dots = pg.ScatterPlotItem(symbol="s", size=_DOT, pen=None, brush=theme.text)
        self.map = pg.ImageItem()
        self.map.setColorMap(color_map(theme.diverging))
        for item in (*self.lines, self.dots, self.map):
            plot.addItem(item)

    def show(self, inputs: Floats) -> None:
        """Draws an example as the networks read it, (time, channels)."""
        if self.kind == "map":
            limit = float(np.abs(inputs).max(initial=0.0)) or 1.0
            self.map.setImage(
                inputs, autoLevels=False, rect=QRectF(0, 0, len(inputs), self._height)
            )
            self.map.setLevels((-limit, limit))
            return
        places = np.arange(len(inputs)) + 0.5
        if self.kind == "symbols":
            codes = inputs[:, 0] if self._preparation.embeds else inputs.argmax(axis=1)
            last = max(1, len(self._preparation.vocabulary or ()) - 1)
            self.dots.setData(places, self._height * (1 - codes.astype(np.float64) / last))
            return
        low, high = float(inputs.min()), float(inputs.max())
        for line, values in zip(self.lines, inputs.T, strict=True):
            line.setData(places, self._height * (high - values) / max(high - low, 1e-12))
