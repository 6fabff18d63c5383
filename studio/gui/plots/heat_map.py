"""Heat maps of all gates and states of one contender below its own copy of the input."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.arrays import Floats, Integers
from studio.core.cells import CELLS
from studio.gui.desk import Look
from studio.gui.plots.canvas import Rows
from studio.gui.plots.colour_bar import color_map
from studio.gui.viewstate.gates import Cursor, Panel, words_at
from studio.gui.widgets.basics import em

MOST_LINES = 4
_STRIDE = 10
_INPUT = ""


@dataclass(frozen=True, eq=False)
class Shown:
    """What the maps of a contender show.

    Attributes:
        cell: The cell's name.
        panels: Its gates and states.
        inputs: The input in its own units, (time, channels).
        input_label: Its name with its unit.
        order: Units from top to bottom.
    """

    cell: str
    panels: tuple[Panel, ...]
    inputs: Floats
    input_label: str
    order: Integers


class GateMaps(QWidget):
    """Input and heat maps of time x unit with one cursor.

    The mouse and the arrow keys move the cursor; a click or Return fixes it, Escape frees it.

    Signals:
        step_moved: The user moved to another step.
        cursor_moved: The cursor is elsewhere, by the user or by `show_step`.
        fixed: The user fixed the cursor.
        freed: The user freed it.
    """

    step_moved = Signal(int)
    cursor_moved = Signal()
    fixed = Signal()
    freed = Signal()

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._shown: Shown | None = None
        self._built: object = None
        self._rows: dict[str, pg.PlotItem] = {}
        self._images: dict[str, pg.ImageItem] = {}
        self._inputs: list[pg.PlotDataItem] = []
        self._lines: list[pg.InfiniteLine] = []
        self._marks: dict[str, pg.ScatterPlotItem] = {}
        self._steps = 0
        self.is_fixed = False
        self.is_fixed_here = False
        self.cursor_place: Cursor | None = None
        self.setAccessibleName(f"Gates of {name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = Rows()
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.ci.layout.setVerticalSpacing(2)
        self.canvas.ci.layout.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        look.changed.connect(self._redraw)

    @property
    def shown(self) -> Shown | None:
        """What is shown."""
        return self._shown

    def show_gates(self, shown: Shown) -> None:
        """Draws gates and states; the cursor stays where it can."""
        self._shown = shown
        key = self._look.theme.name, [p.name for p in shown.panels], shown.inputs.shape[1]
        if self._built != key:
            self._build(shown)
            self._built = key
        self._fill(shown)
        self._put(self._kept_cursor(shown))

    def link_to(self, other: "GateMaps") -> None:
        """Zooms in time together with another contender's maps."""
        if other is not self and self.top is not None and other.top is not None:
            self.top.setXLink(other.top)

    def set_fixed(self, *, fixed: bool, here: bool) -> None:
        """Whether the mouse leaves the cursor where it is, and whether it was fixed here."""
        self.is_fixed, self.is_fixed_here = fixed, here
        self._draw_cursor()
        self.cursor_moved.emit()

    def show_step(self, step: int) -> None:
        """Moves the cursor to a step without telling that the user did."""
        if self.cursor_place is not None and self._shown is not None:
            last = len(self._shown.inputs) - 1
            self._put(replace(self.cursor_place, step=min(step, last)))

    @property
    def words(self) -> str:
        """The value under the cursor."""
        if self._shown is None or self.cursor_place is None:
            return ""
        return words_at(CELLS[self._shown.cell], self._shown.panels, self.cursor_place)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Moves, fixes and frees the cursor."""
        if self._shown is None or not self._press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Shows that the keys act here."""
        super().focusInEvent(event)
        self._draw_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Shows that the keys act elsewhere."""
        super().focusOutEvent(event)
        self._draw_cursor()

    @property
    def top(self) -> pg.PlotItem | None:
        """The plot of the input, to whose time all others are linked; None before the first."""
        return self._rows.get(_INPUT)

    def _press(self, event: QKeyEvent) -> bool:
        assert self._shown is not None  # noqa: S101 - asked by the caller
        stride = _STRIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        last = len(self._shown.inputs) - 1
        keys = Qt.Key
        if event.key() in {keys.Key_Left, keys.Key_Right}:
            self._step_by(stride if event.key() == keys.Key_Right else -stride)
        elif event.key() in {keys.Key_Home, keys.Key_End}:
            self._step_by(last if event.key() == keys.Key_End else -last)
        elif event.key() in {keys.Key_Up, keys.Key_Down}:
            self._unit_by(stride if event.key() == keys.Key_Down else -stride)
        elif event.key() in {keys.Key_Return, keys.Key_Enter}:
            self.fixed.emit()
        elif event.key() == keys.Key_Escape and self.is_fixed:
            self.freed.emit()
        else:
            return False
        return True

    def _step_by(self, steps: int) -> None:
        if self.cursor_place is not None and self._shown is not None:
            step = self.cursor_place.step + steps
            self._move(replace(self.cursor_place, step=_within(step, len(self._shown.inputs))))

    def _unit_by(self, rows: int) -> None:
        """Goes on into the next map at the edge of one."""
        at, shown = self.cursor_place, self._shown
        if at is None or shown is None:
            return
        units = len(shown.order)
        names = [panel.name for panel in shown.panels]
        row = int(np.flatnonzero(shown.order == at.unit)[0])
        place = _within(names.index(at.panel) * units + row + rows, units * len(names))
        panel, row = divmod(place, units)
        self._move(Cursor(at.step, names[panel], int(shown.order[row])))

    def _hover(self, where: QPointF) -> None:
        if not self.is_fixed and (at := self._place_at(where)) is not None:
            self._move(at)

    def _click(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        at = self._place_at(event.scenePos())  # type: ignore[attr-defined]
        if at is not None:
            self.setFocus()
            self._move(at)
            self.fixed.emit()

    def _place_at(self, where: QPointF) -> Cursor | None:
        shown, before = self._shown, self.cursor_place
        if shown is None or before is None:
            return None
        for name, row in self._rows.items():
            view = row.getViewBox()
            if view.sceneBoundingRect().contains(where):
                at = view.mapSceneToView(where)
                step = _within(round(at.x()), len(shown.inputs))
                if name == _INPUT:
                    return replace(before, step=step)
                unit = shown.order[_within(round(at.y()), len(shown.order))]
                return Cursor(step, name, int(unit))
        return None

    def _move(self, at: Cursor) -> None:
        moved_on = self.cursor_place is None or at.step != self.cursor_place.step
        self._put(at)
        if moved_on:
            self.step_moved.emit(at.step)

    def _put(self, at: Cursor) -> None:
        self.cursor_place = at
        self._draw_cursor()
        self.setAccessibleDescription(self.words)
        self.cursor_moved.emit()

    def _kept_cursor(self, shown: Shown) -> Cursor:
        memory = CELLS[shown.cell].memory_gate or shown.panels[0].name
        before = self.cursor_place or Cursor(len(shown.inputs) // 2, memory, 0)
        names = [panel.name for panel in shown.panels]
        return Cursor(
            _within(before.step, len(shown.inputs)),
            before.panel if before.panel in names else memory,
            before.unit if before.unit < len(shown.order) else 0,
        )

    def _redraw(self) -> None:
        if self._shown is not None:
            self.show_gates(self._shown)

    def _build(self, shown: Shown) -> None:
        theme = self._look.theme
        self.canvas.clear()
        self.canvas.setBackground(theme.card)
        self._rows, self._images, self._marks, self._lines = {}, {}, {}, []
        self._steps = 0
        names = [_INPUT, *(panel.name for panel in shown.panels)]
        for row, name in enumerate(names):
            self._rows[name] = self._make_row(row, is_last=row == len(names) - 1)
        self._fill_input_row(shown)
        for panel in shown.panels:
            colors = theme.sequential if panel.is_share else theme.diverging
            self._images[panel.name] = _image(colors)
            self._rows[panel.name].addItem(self._images[panel.name])
            self._rows[panel.name].setLabel("left", panel.label)
            self._rows[panel.name].invertY()
        self._add_cursor()
        self.canvas.ci.layout.setRowFixedHeight(0, em(self, 6))
        self.setMinimumHeight(em(self, 4.2 * len(names) + 2))

    def _make_row(self, row: int, *, is_last: bool) -> pg.PlotItem:
        theme = self._look.theme
        made = self.canvas.addPlot(row=row, col=0)
        made.hideButtons()
        made.setMenuEnabled(False)
        made.setMouseEnabled(x=True, y=False)
        made.getViewBox().setDefaultPadding(0)
        for side in ("left", "bottom"):
            axis = made.getAxis(side)
            axis.enableAutoSIPrefix(enable=False)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(pg.mkPen(theme.muted))
        left = made.getAxis("left")
        left.setStyle(showValues=row == 0, tickLength=0)
        left.setWidth(em(self, 3.4))
        made.getAxis("bottom").setStyle(showValues=is_last, tickLength=-4 if is_last else 0)
        if is_last:
            made.setLabel("bottom", "step")
        else:
            made.getAxis("bottom").setHeight(0)
        if row:
            made.setXLink(self._rows[_INPUT])
        return made

    def _fill_input_row(self, shown: Shown) -> None:
        theme = self._look.theme
        row = self._rows[_INPUT]
        channels = shown.inputs.shape[1]
        if channels > MOST_LINES:
            self._images[_INPUT] = _image(theme.diverging)
            row.addItem(self._images[_INPUT])
            row.getAxis("left").setStyle(showValues=False)
            return
        pens = (theme.text, theme.accent, theme.muted, theme.warning)
        self._inputs = [row.plot(pen=pg.mkPen(pen, width=1.2)) for pen in pens[:channels]]
        row.getAxis("left").setTickDensity(0.6)

    def _add_cursor(self) -> None:
        theme = self._look.theme
        for name, row in self._rows.items():
            for width in (3, 1):
                line = pg.InfiniteLine(angle=90)
                line.setPen(pg.mkPen(theme.card, width=width))
                line.setZValue(50 - width)
                row.addItem(line, ignoreBounds=True)
                self._lines.append(line)
            self._marks[name] = pg.ScatterPlotItem(size=em(self, 0.7), symbol="s")
            self._marks[name].setZValue(60)
            row.addItem(self._marks[name], ignoreBounds=True)

    def _fill(self, shown: Shown) -> None:
        steps = len(shown.inputs)
        self._rows[_INPUT].setLabel("left", shown.input_label)
        if _INPUT in self._images:
            span = float(np.abs(shown.inputs).max()) or 1.0
            self._draw_image(_INPUT, shown.inputs, span, is_share=False)
        else:
            for line, values in zip(self._inputs, shown.inputs.T, strict=True):
                line.setData(np.arange(steps), values)
        for panel in shown.panels:
            values = panel.values[:, shown.order]
            self._draw_image(panel.name, values, panel.limit, is_share=panel.is_share)
            self._rows[panel.name].setYRange(-0.5, len(shown.order) - 0.5, padding=0)
        for row in self._rows.values():
            row.getViewBox().setLimits(xMin=-0.5, xMax=steps - 0.5, minXRange=4)
        if self._steps != steps:
            self._steps = steps
            self._rows[_INPUT].setXRange(-0.5, steps - 0.5, padding=0)

    def _draw_image(self, name: str, values: Floats, limit: float, *, is_share: bool) -> None:
        image = self._images[name]
        image.setImage(values, autoLevels=False)
        image.setLevels((0.0 if is_share else -limit, limit))
        steps, units = values.shape
        image.setRect(QRectF(-0.5, -0.5, steps, units))

    def _draw_cursor(self) -> None:
        at, shown = self.cursor_place, self._shown
        if at is None or shown is None:
            return
        theme = self._look.theme
        color = theme.accent if self.hasFocus() else theme.text
        for number, line in enumerate(self._lines):
            line.setValue(at.step)
            if number % 2:
                line.setPen(pg.mkPen(color, width=1))
        place = int(np.flatnonzero(shown.order == at.unit)[0])
        brush = pg.mkBrush(theme.accent) if self.is_fixed_here else None
        pen = pg.mkPen(theme.card if self.is_fixed_here else color, width=2)
        for name, mark in self._marks.items():
            if name == at.panel:
                mark.setData([at.step], [place], pen=pen, brush=brush)
            else:
                mark.clear()


def _image(colors: Sequence[str]) -> pg.ImageItem:
    image = pg.ImageItem()
    image.setColorMap(color_map(colors))
    return image


def _within(value: int, count: int) -> int:
    return min(max(value, 0), count - 1)
