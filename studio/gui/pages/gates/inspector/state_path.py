"""The states of one unit over time, as they were and as they are after an edit."""

import numpy as np
from PySide6.QtGui import QColor

from studio.core.arrays import Doubles
from studio.core.inspection.course import Course
from studio.gui.pages.gates.cursor_items import CursorItems, Look, draw_quickly, keep_axes
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASHES, SOLID, Stroke
from studio.gui.widgets.basics import em

_HIGH = 9
_LINES = (SOLID, DASHES)
_ROOM = 0.06
_ABOVE = 0.6


class StatePath(Plot):
    """A line for each state with a cursor; the former course is pale."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "States of one unit", "step", "state")
        self.setMinimumHeight(em(self, _HIGH))
        self.setMaximumHeight(em(self, _HIGH + 3))
        self.spread_legend(4)
        self.legend.setOffset((8, 2))
        self.item.setMouseEnabled(x=False, y=False)
        keep_axes(self.item.getAxis(side) for side in ("bottom", "left"))
        self._cursor = CursorItems(self.item.getViewBox(), em(self, 0.7))
        self._drawn: tuple[object, ...] = ()

    def show_unit(self, before: Course, after: Course, prefix: str, unit: int) -> None:
        """Draws a unit; nothing where it is drawn already."""
        theme = self.appearance.theme
        drawn = before, after, prefix, unit, theme.name
        if drawn == self._drawn:
            return
        self._drawn = drawn
        states = tuple(reversed(before.kind.states)) if before.kind.gates else before.kind.states
        colors, curves = (theme.accent, theme.warning), []
        for place, state in enumerate(states):
            line = _LINES[place % len(_LINES)]
            if after is not before:
                values = before.values(prefix, state)[:, unit]
                pale = Stroke(_between(colors[place], theme.card), line, "o")
                curves.append(_curve(f"{state} before", values, pale))
            values = after.values(prefix, state)[:, unit]
            curves.append(_curve(state, values, Stroke(colors[place], line, "o")))
        self.show_curves(curves)
        low = min(float(np.nanmin(curve.y)) for curve in curves)
        high = max(float(np.nanmax(curve.y)) for curve in curves)
        span = high - low or 1.0
        self.item.setYRange(low - _ROOM * span, high + _ABOVE * span, padding=0)
        draw_quickly(self.curve_items, len(curves[0].x))

    def show_step(self, step: int) -> None:
        theme = self.appearance.theme
        self._cursor.show(step, None, Look(theme.muted, theme.card))


def _curve(name: str, values: Doubles, stroke: Stroke) -> PlotCurve:
    return PlotCurve(name, np.arange(len(values), dtype=np.float64), values, stroke)


def _between(color: str, ground: str) -> str:
    """Half way to the ground."""
    first, second = QColor(color), QColor(ground)
    middle = QColor(
        (first.red() + second.red()) // 2,
        (first.green() + second.green()) // 2,
        (first.blue() + second.blue()) // 2,
    )
    return middle.name()
