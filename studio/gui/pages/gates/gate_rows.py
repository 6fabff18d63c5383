"""The drawing below one contender's heading: its input, its heat maps, the cursor on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor

from studio.core.arrays import Floats, Integers
from studio.gui.pages.gates.cursor_items import CursorItems, Look, draw_quickly, keep_axes
from studio.gui.pages.gates.view.gates import Cursor, Panel
from studio.gui.plots.canvas import Axis, Rows
from studio.gui.plots.colour_bar import color_map
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import em

INPUT = ""
"""The row of the input; a gate may be called "input"."""

_MOST_LINES = 4
_ROW_EM = 4.8
_COMPACT_EM = 2.6


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


def as_csv(shown: Shown) -> str:
    """A line for each step: what is read, then every unit of every gate and state."""
    steps, channels = shown.inputs.shape
    heads = ["step", *(f"input {channel + 1}" for channel in range(channels))]
    columns = [np.arange(steps)[:, np.newaxis], shown.inputs]
    for panel in shown.panels:
        heads += [f"{panel.name} {unit}" for unit in range(panel.values.shape[1])]
        columns.append(panel.values)
    text = StringIO()
    np.savetxt(text, np.concatenate(columns, axis=1), "%.7g", ",")
    return f"{','.join(heads)}\n{text.getvalue()}"


class GateRows(Rows):
    """Drawings below each other that share their time axis; rebuilt for another cell or theme.

    Each is a view with an axis, not a plot of pyqtgraph, whose menu takes longer to make than all
    the rest.
    """

    def __init__(self) -> None:
        super().__init__()
        self._built: object = None
        self._steps = 0
        self._row_em = _ROW_EM
        self._panels: tuple[Panel, ...] = ()
        self._views: dict[str, pg.ViewBox] = {}
        self._axes: dict[str, Axis] = {}
        self._images: dict[str, pg.ImageItem] = {}
        self._cursors: dict[str, CursorItems] = {}
        self._inputs: list[pg.PlotDataItem] = []
        self.ci.layout.setVerticalSpacing(2)
        self.ci.layout.setHorizontalSpacing(0)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)

    @property
    def top(self) -> pg.ViewBox | None:
        """The view of the input, to whose time all others are linked; None before the first."""
        return self._views.get(INPUT)

    def view(self, panel: str) -> pg.ViewBox:
        """The view that shows a gate or a state."""
        return self._views[panel]

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
        row = shown.row_of(cursor.unit)
        look = Look(color, theme.card, theme.accent if fixed else None)
        for name, items in self._cursors.items():
            items.show(cursor.step, row if name == cursor.panel else None, look)

    def set_compact(self, *, compact: bool) -> None:
        """Makes its rows low, or as high as they are read best."""
        self._row_em = _COMPACT_EM if compact else _ROW_EM
        self._fit_height()
        self._label_rows()

    def _label_rows(self) -> None:
        """Low rows have room for the letter alone."""
        for panel in self._panels:
            is_compact = self._row_em == _COMPACT_EM
            self._axes[panel.name].setLabel(panel.symbol if is_compact else panel.label)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No more than it needs while it is compact; otherwise what is drawn."""
        hint = super().sizeHint()
        is_compact = self._row_em == _COMPACT_EM
        return QSize(hint.width(), self.minimumHeight()) if is_compact else hint

    def _fit_height(self) -> None:
        self.ci.layout.setRowFixedHeight(0, em(self, 1.25 * self._row_em))
        self.setMinimumHeight(em(self, self._row_em * max(1, len(self._views)) + 2))

    def place_at(self, where: QPointF) -> tuple[str, float, float] | None:
        """The row under a point of the scene, with the step and the unit's row, unrounded."""
        for name, view in self._views.items():
            if view.sceneBoundingRect().contains(where):
                point = view.mapSceneToView(where)
                return name, point.x(), point.y()
        return None

    def reset_zoom(self) -> None:
        """Shows all steps."""
        if self.top is not None:
            self.top.setXRange(-0.5, self._steps - 0.5, padding=0)

    def _build(self, shown: Shown, theme: Theme) -> None:
        self.clear()
        self.setBackground(theme.card)
        self._views, self._axes, self._images, self._cursors = {}, {}, {}, {}
        self._steps = 0
        names = [INPUT, *(panel.name for panel in shown.panels)]
        for row, name in enumerate(names):
            self._add_row(row, name, theme)
        self._add_time_axis(len(names), theme)
        self._build_input(shown, theme)
        for panel in shown.panels:
            self._images[panel.name] = _image(
                theme.sequential if panel.is_share else theme.diverging
            )
            self._views[panel.name].addItem(self._images[panel.name])
            self._views[panel.name].invertY()
        keep_axes(self._axes.values())
        for name, view in self._views.items():
            self._cursors[name] = CursorItems(view, em(self, 0.7))
        self._panels = shown.panels
        self._label_rows()
        self._fit_height()

    def _add_row(self, row: int, name: str, theme: Theme) -> None:
        view = self.addViewBox(row=row, col=1, enableMenu=False, defaultPadding=0 if row else 0.06)
        view.setMouseEnabled(x=True, y=False)
        left = _axis("left", theme)
        left.setStyle(showValues=row == 0, tickLength=0, hideOverlappingLabels=True)
        left.setWidth(em(self, 3.4))
        self.addItem(left, row=row, col=0)
        left.linkToView(view)
        if row:
            view.setXLink(self._views[INPUT])
        self._views[name], self._axes[name] = view, left

    def _add_time_axis(self, row: int, theme: Theme) -> None:
        bottom = _axis("bottom", theme)
        bottom.setTickDensity(0.6)
        bottom.setStyle(tickLength=-4)
        bottom.setLabel("step")
        self.addItem(bottom, row=row, col=1)
        bottom.linkToView(self._views[INPUT])

    def _build_input(self, shown: Shown, theme: Theme) -> None:
        view, channels = self._views[INPUT], shown.inputs.shape[1]
        if channels > _MOST_LINES:
            self._images[INPUT] = _image(theme.diverging)
            view.addItem(self._images[INPUT])
            self._axes[INPUT].setStyle(showValues=False)
            return
        pens = (theme.text, theme.accent, theme.muted, theme.warning)
        self._inputs = [pg.PlotDataItem(pen=pg.mkPen(pen, width=1.2)) for pen in pens[:channels]]
        for line in self._inputs:
            view.addItem(line)
        self._axes[INPUT].setTickDensity(0.6)

    def _fill(self, shown: Shown) -> None:
        steps = len(shown.inputs)
        room = self.ci.layout.rowMinimumHeight(0)
        elide = Qt.TextElideMode.ElideRight
        label = self.fontMetrics().elidedText(shown.input_label, elide, int(room))
        self._axes[INPUT].setLabel(label)
        if INPUT in self._images:
            span = float(np.abs(shown.inputs).max()) or 1.0
            self._draw_image(INPUT, shown.inputs, span, is_share=False)
        else:
            for line, values in zip(self._inputs, shown.inputs.T, strict=True):
                line.setData(np.arange(steps), values)
            draw_quickly(self._inputs, steps)
        for panel in shown.panels:
            values = panel.values[:, shown.order]
            self._draw_image(panel.name, values, panel.limit, is_share=panel.is_share)
            self._views[panel.name].setYRange(-0.5, len(shown.order) - 0.5, padding=0)
        for view in self._views.values():
            view.setLimits(xMin=-0.5, xMax=steps - 0.5, minXRange=min(4, steps))
        if self._steps != steps:
            self._steps = steps
            self._views[INPUT].setXRange(-0.5, steps - 0.5, padding=0)

    def _draw_image(self, name: str, values: Floats, limit: float, *, is_share: bool) -> None:
        image = self._images[name]
        image.setImage(values, autoLevels=False)
        image.setLevels((0.0 if is_share else -limit, limit))
        steps, units = values.shape
        image.setRect(QRectF(-0.5, -0.5, steps, units))


def _axis(side: str, theme: Theme) -> Axis:
    axis = Axis(side)
    axis.ground = QColor(theme.card)
    axis.setPen(pg.mkPen(theme.border))
    axis.setTextPen(pg.mkPen(theme.muted))
    return axis


def _image(colors: Sequence[str]) -> pg.ImageItem:
    image = pg.ImageItem()
    image.setColorMap(color_map(colors))
    return image
