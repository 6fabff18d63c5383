"""The drawing below one contender's heading: its input, its heat maps, the cursor on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from studio.core.arrays import Floats, Integers
from studio.gui.pages.gates.view.gates import Cursor, Panel
from studio.gui.plots.canvas import Rows, keep_menu
from studio.gui.plots.colour_bar import color_map
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import em

INPUT = ""
"""The row of the input; a gate may be called "input"."""

_MOST_LINES = 4


@dataclass(frozen=True, eq=False)
class Shown:
    """What the maps of a contender show.

    Attributes:
        cell: The cell's name.
        panels: Its gates and states.
        inputs: The input in its own units, (time, channels).
        input_label: Its name with its unit.
        order: Units from top to bottom.
        symbols: What of a text is read at each step; nothing for numbers.
        nonlinearity: The plain cell's activation; None for its usual one, and for other cells.
    """

    cell: str
    panels: tuple[Panel, ...]
    inputs: Floats
    input_label: str
    order: Integers
    symbols: tuple[str, ...] = ()
    nonlinearity: str | None = None

    def row_of(self, unit: int) -> int:
        return int(np.flatnonzero(self.order == unit)[0])


class GateRows(Rows):
    """Plots below each other that share their time axis; rebuilt for another cell or theme."""

    def __init__(self) -> None:
        super().__init__()
        self._built: object = None
        self._steps = 0
        self._plots: dict[str, pg.PlotItem] = {}
        self._images: dict[str, pg.ImageItem] = {}
        self._marks: dict[str, pg.ScatterPlotItem] = {}
        self._lines: list[pg.InfiniteLine] = []
        self._inputs: list[pg.PlotDataItem] = []
        self.ci.layout.setVerticalSpacing(2)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)

    @property
    def top(self) -> pg.PlotItem | None:
        """The plot of the input, to whose time all others are linked; None before the first."""
        return self._plots.get(INPUT)

    def draw(self, shown: Shown, theme: Theme) -> None:
        key = theme.name, [panel.name for panel in shown.panels], shown.inputs.shape[1]
        if self._built != key:
            self._build(shown, theme)
            self._built = key
        self._fill(shown)

    def draw_cursor(
        self, shown: Shown, cursor: Cursor, color: str, theme: Theme, *, fixed: bool
    ) -> None:
        """Draws the line through all rows and the mark on one unit."""
        for number, line in enumerate(self._lines):
            line.setValue(cursor.step)
            if number % 2:
                line.setPen(pg.mkPen(color, width=1))
        ring = {"size": em(self, 0.7), "pen": pg.mkPen(color, width=2)}
        brush = pg.mkBrush(theme.accent if fixed else None)
        place = (cursor.step, shown.row_of(cursor.unit))
        for name, mark in self._marks.items():
            if (
                name == cursor.panel
            ):  # light around dark, or dark around light, is seen on any colour
                around = {"size": em(self, 0.7), "pen": pg.mkPen(theme.card, width=6)}
                mark.setData([{"pos": place, "brush": brush, **style} for style in (around, ring)])
            else:
                mark.clear()

    def place_at(self, where: QPointF) -> tuple[str, float, float] | None:
        """The row under a point of the scene, with the step and the unit's row, unrounded."""
        for name, plot in self._plots.items():
            view = plot.getViewBox()
            if view.sceneBoundingRect().contains(where):
                point = view.mapSceneToView(where)
                return name, point.x(), point.y()
        return None

    def _build(self, shown: Shown, theme: Theme) -> None:
        self.clear()
        self.setBackground(theme.card)
        self._plots, self._images, self._marks, self._lines = {}, {}, {}, []
        self._steps = 0
        names = [INPUT, *(panel.name for panel in shown.panels)]
        for row, name in enumerate(names):
            self._plots[name] = self._make_plot(row, theme, is_last=row == len(names) - 1)
        self._build_input(shown, theme)
        for panel in shown.panels:
            plot = self._plots[panel.name]
            self._images[panel.name] = _image(
                theme.sequential if panel.is_share else theme.diverging
            )
            plot.addItem(self._images[panel.name])
            plot.setLabel("left", panel.label)
            plot.invertY()
        self._add_cursor(theme)
        self.ci.layout.setRowFixedHeight(0, em(self, 6))
        self.setMinimumHeight(em(self, 4.8 * len(names) + 2))

    def _make_plot(self, row: int, theme: Theme, *, is_last: bool) -> pg.PlotItem:
        plot = self.addPlot(row=row, col=0, enableMenu=False)
        keep_menu(self, plot)
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        plot.getViewBox().setDefaultPadding(0 if row else 0.06)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.enableAutoSIPrefix(enable=False)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
        left, bottom = plot.getAxis("left"), plot.getAxis("bottom")
        left.setStyle(showValues=row == 0, tickLength=0, hideOverlappingLabels=True)
        left.setWidth(em(self, 3.4))
        bottom.setTickDensity(0.6)
        bottom.setStyle(showValues=is_last, tickLength=-4 if is_last else 0)
        if is_last:
            plot.setLabel("bottom", "step")
        else:
            bottom.setHeight(0)
        if row:
            plot.setXLink(self._plots[INPUT])
        return plot

    def _build_input(self, shown: Shown, theme: Theme) -> None:
        plot, channels = self._plots[INPUT], shown.inputs.shape[1]
        if channels > _MOST_LINES:
            self._images[INPUT] = _image(theme.diverging)
            plot.addItem(self._images[INPUT])
            plot.getAxis("left").setStyle(showValues=False)
            return
        pens = (theme.text, theme.accent, theme.muted, theme.warning)
        self._inputs = [plot.plot(pen=pg.mkPen(pen, width=1.2)) for pen in pens[:channels]]
        plot.getAxis("left").setTickDensity(0.6)

    def _add_cursor(self, theme: Theme) -> None:
        """A wide line below a thin one is seen on any colour."""
        for name, plot in self._plots.items():
            for width in (3, 1):
                line = pg.InfiniteLine(angle=90, pen=pg.mkPen(QColor(theme.card), width=width))
                line.setZValue(50 - width)
                plot.addItem(line, ignoreBounds=True)
                self._lines.append(line)
            self._marks[name] = pg.ScatterPlotItem(symbol="s")
            self._marks[name].setZValue(60)
            plot.addItem(self._marks[name], ignoreBounds=True)

    def _fill(self, shown: Shown) -> None:
        steps = len(shown.inputs)
        top = self._plots[INPUT]
        room = self.ci.layout.rowMinimumHeight(0)
        elide = Qt.TextElideMode.ElideRight
        top.setLabel("left", self.fontMetrics().elidedText(shown.input_label, elide, int(room)))
        top.getAxis("left").resizeEvent()  # pyqtgraph leaves the label where a shorter one began
        if INPUT in self._images:
            span = float(np.abs(shown.inputs).max()) or 1.0
            self._draw_image(INPUT, shown.inputs, span, is_share=False)
        else:
            for line, values in zip(self._inputs, shown.inputs.T, strict=True):
                line.setData(np.arange(steps), values)
        for panel in shown.panels:
            values = panel.values[:, shown.order]
            self._draw_image(panel.name, values, panel.limit, is_share=panel.is_share)
            self._plots[panel.name].setYRange(-0.5, len(shown.order) - 0.5, padding=0)
        for plot in self._plots.values():
            plot.getViewBox().setLimits(xMin=-0.5, xMax=steps - 0.5, minXRange=min(4, steps))
        if self._steps != steps:
            self._steps = steps
            top.setXRange(-0.5, steps - 0.5, padding=0)

    def _draw_image(self, name: str, values: Floats, limit: float, *, is_share: bool) -> None:
        image = self._images[name]
        image.setImage(values, autoLevels=False)
        image.setLevels((0.0 if is_share else -limit, limit))
        steps, units = values.shape
        image.setRect(QRectF(-0.5, -0.5, steps, units))


def _image(colors: Sequence[str]) -> pg.ImageItem:
    image = pg.ImageItem()
    image.setColorMap(color_map(colors))
    return image
