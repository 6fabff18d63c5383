"""A crossover map: the better cell at each place of two scales, in its colour."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsRectItem

from studio.claims.analysis.crossover_map import CELLS, SAME, CrossoverMap, describe_cell
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import em

_ROW_EM, _AROUND_EM = 3.4, 4.5
_GAP = 0.03
_SAME_ALPHA = 60


class CrossoverPlot(Plot):
    """Rows and columns of places, each with the better cell's name and figure, or empty.

    A place's tooltip tells it in full, the undecided ones too, and so do the data as a table and
    the description for screen readers.
    """

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Crossover map", "", "")
        self.legend.hide()
        self.item.invertY()
        self.item.setMouseEnabled(x=False, y=False)
        self._drawn: list[pg.GraphicsObject | QGraphicsRectItem] = []
        self._shown: CrossoverMap | None = None

    def show_map(self, crossover: CrossoverMap) -> None:
        """Draws it; the plot becomes as high as its rows."""
        self._shown = crossover
        self.name = f"Crossover map: {crossover.title.lower()}"
        self.setAccessibleName(self.name)
        self.setAccessibleDescription("; ".join(self._every_place(crossover)))
        for part in self._drawn:
            self.item.removeItem(part)
        self._drawn = []
        for row, places in enumerate(crossover.places):
            for column in range(len(places)):
                self._draw_place(crossover, row, column)
        self.set_labels(crossover.unit, "")
        for side, names in (("bottom", crossover.columns), ("left", crossover.rows)):
            self.item.getAxis(side).setTicks([list(enumerate(names))])
        self.item.showGrid(x=False, y=False)
        self.item.setXRange(-0.5, len(crossover.columns) - 0.5, padding=0)
        self.item.setYRange(-0.5, len(crossover.rows) - 0.5, padding=0)
        self.setFixedHeight(em(self, _AROUND_EM + _ROW_EM * len(crossover.rows)))

    def table(self) -> list[list[str]]:
        """Every place with its figure, interval and the better cell, under a header row."""
        crossover = self._shown
        rows = [["row", "column", crossover.unit if crossover else "", "low", "high", "better"]]
        if crossover is None:
            return rows
        for name, places in zip(crossover.rows, crossover.places, strict=True):
            for column, place in zip(crossover.columns, places, strict=True):
                figures = (math.nan,) * 3 if place is None else (place.value, place.low, place.high)
                better = "not measured" if place is None else place.better or "inconclusive"
                rows.append([name, column, *map(_figure, figures), better])
        return rows

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_shown", None) is not None:
            self.show_map(self._shown)  # type: ignore[arg-type]  # it is there

    def _draw_place(self, crossover: CrossoverMap, row: int, column: int) -> None:
        place = crossover.places[row][column]
        better = "" if place is None else place.better
        theme = self.appearance.theme
        side = 1 - 2 * _GAP
        box = QGraphicsRectItem(QRectF(column - side / 2, row - side / 2, side, side))
        box.setPen(pg.mkPen(theme.border))
        box.setBrush(pg.mkBrush(self._color(better)))
        box.setToolTip(crossover.details(row, column))
        self._add(box)
        ink = theme.on_accent if better in CELLS else theme.text if better else theme.muted
        words = _centred(describe_cell(place), QColor(ink))
        words.setPos(column, row)
        self._add(words)

    def _color(self, better: str) -> QColor:
        """The cell's own; a hint of grey where both are the same, the card's where undecided."""
        theme = self.appearance.theme
        if better == SAME:
            grey = QColor(theme.muted)
            grey.setAlpha(_SAME_ALPHA)
            return grey
        return QColor(theme.cells.get(better.lower(), theme.card))

    def _add(self, part: pg.GraphicsObject | QGraphicsRectItem) -> None:
        self.item.addItem(part, ignoreBounds=True)
        self._drawn.append(part)

    @staticmethod
    def _every_place(crossover: CrossoverMap) -> list[str]:
        return [
            crossover.details(row, column)
            for row in range(len(crossover.rows))
            for column in range(len(crossover.columns))
        ]


def _centred(text: str, color: QColor) -> pg.TextItem:
    """Such as "GRU 0.12 (0.05 to 0.20)" in three lines."""
    lines = text.replace(" ", "\n", 1).replace(" (", "\n(", 1)
    words = pg.TextItem(lines, color=color, anchor=(0.5, 0.5))
    document = words.textItem.document()
    option = document.defaultTextOption()
    option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    document.setDefaultTextOption(option)
    words.textItem.setTextWidth(document.idealWidth())
    return words


def _figure(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
