"""Contenders by two quantities, with their Pareto front."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.analysis import Interval
from studio.gui.pages.compare.view.quantities import Quantity, pareto_front
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.short_names import short_names

_ROOM = 0.14
_FAR = 4.0
"""Limits beyond so many times the largest value would leave no room for the marks."""
_NEAR = 0.2
"""Marks closer than this share of the largest value would have their names on each other."""
_RIGHT_ABOVE, _LEFT_ABOVE, _RIGHT_BELOW, _LEFT_BELOW = (
    (-0.15, 1.0),
    (1.15, 1.0),
    (-0.15, 0.0),
    (1.15, 0.0),
)


class ParetoPlot(PointsPlot):
    """A mark with its name for each contender, with intervals both ways."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Contenders by two quantities", "", "")
        self.legend.hide()
        self.front: tuple[str, ...] = ()
        self._extras: list[pg.GraphicsObject] = []

    def show_quantities(
        self,
        x: Quantity,
        y: Quantity,
        strokes: Mapping[str, Stroke],
        baseline: tuple[str, float] | None,
    ) -> None:
        """Draws contenders of which both are known, the front, and the best baseline as a line."""
        for extra in self._extras:
            self.item.removeItem(extra)
        self._extras = []
        self.set_labels(x.label, y.label)
        names = [name for name in strokes if name in x.values and name in y.values]
        places = {name: (x.values[name], y.values[name]) for name in names}
        self.front = pareto_front(x, y)
        self._draw_front(places)
        self.show_points(
            [
                Points(name, np.array([across.value]), np.array([up.value]), strokes[name])
                for name, (across, up) in places.items()
            ],
            big=True,
        )
        costs = [across.value for across, _ in places.values()]
        short = short_names(names)
        for name, anchor in zip(names, _anchors(costs), strict=True):
            self._add_name(short[name], *places[name], strokes[name], anchor)
        if baseline is not None:
            self._extras.append(self.add_line(f"{baseline[0]} (baseline)", baseline[1]))
        heights = [baseline[1]] if baseline is not None else []
        widths: list[float] = []
        for quantity, angle, ends in ((x, 90, widths), (y, 0, heights)):
            largest = max((value.value for value in quantity.values.values()), default=0.0)
            if quantity.limit is not None and quantity.limit[1] <= _FAR * largest:
                self._add_limit(*quantity.limit, angle)
                ends.append(quantity.limit[1])
        self._frame(list(places.values()), widths, heights)

    def table(self) -> list[list[str]]:
        """The points, and whether each is on the front."""
        head, *rows = super().table()
        return [[*head, "on the front"], *([*r, "yes" if r[0] in self.front else ""] for r in rows)]

    def _draw_front(self, places: Mapping[str, tuple[Interval, Interval]]) -> None:
        corners = [places[name] for name in self.front]
        pen = pg.mkPen(self.appearance.theme.muted, width=1.5, style=Qt.PenStyle.DashLine)
        line = pg.PlotDataItem(
            [across.value for across, _ in corners], [up.value for _, up in corners], pen=pen
        )
        self._add(line)

    def _add_name(
        self,
        name: str,
        across: Interval,
        up: Interval,
        stroke: Stroke,
        anchor: tuple[float, float],
    ) -> None:
        words = pg.TextItem(name, color=QColor(stroke.color), anchor=anchor)
        words.setPos(across.value, up.value)
        self._add(words)
        pen = pg.mkPen(stroke.color, width=1.5)
        if up.is_known:
            self._add(pg.PlotDataItem([across.value] * 2, [up.low, up.high], pen=pen))
        if across.is_known:
            self._add(pg.PlotDataItem([across.low, across.high], [up.value] * 2, pen=pen))

    def _add_limit(self, name: str, value: float, angle: int) -> None:
        """The most that a device has."""
        theme = self.appearance.theme
        line = pg.InfiniteLine(
            value,
            angle=angle,
            pen=pg.mkPen(theme.bad, width=1.5),
            label=name,
            labelOpts={"color": theme.bad, "position": 0.9, "anchors": [(1, 0), (1, 1)]},
        )
        self._add(line)

    def _add(self, part: pg.GraphicsObject) -> None:
        self.item.addItem(part, ignoreBounds=True)
        self._extras.append(part)

    def _frame(
        self, places: list[tuple[Interval, Interval]], widths: list[float], heights: list[float]
    ) -> None:
        if not places:
            return
        ups = [end for _, up in places for end in _ends(up)] + heights
        room = _ROOM * (max(ups) - min(ups)) or abs(max(ups)) * 0.1 or 1.0
        self.item.setYRange(min(ups) - room, max(ups) + room, padding=0)
        widths = [end for across, _ in places for end in _ends(across)] + widths
        self.item.setXRange(min(0.0, *widths), 1.2 * max(widths) or 1.0, padding=0.03)


def _ends(interval: Interval) -> tuple[float, ...]:
    if interval.is_known:
        return interval.low, interval.value, interval.high
    return (interval.value,)


def _anchors(values: Sequence[float]) -> list[tuple[float, float]]:
    """Where each name stands at its mark: of close neighbours on different sides."""
    free = [_LEFT_ABOVE, _RIGHT_ABOVE, _LEFT_BELOW, _RIGHT_BELOW]
    order = sorted(range(len(values)), key=lambda index: values[index])
    near = _NEAR * max(values, default=0.0)
    groups: list[list[int]] = []
    for index in order:
        if groups and values[index] - values[groups[-1][-1]] < near:
            groups[-1].append(index)
        else:
            groups.append([index])
    places = [_RIGHT_ABOVE] * len(values)
    for group in groups:
        for place, index in enumerate(group if len(group) > 1 else ()):
            places[index] = free[place % len(free)]
    return places
