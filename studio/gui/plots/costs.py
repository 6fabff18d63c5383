"""Score against what it costs."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from studio.gui.desk import Look
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.theme import Stroke
from studio.gui.viewstate.compare import CostPoint

_NEAR = 0.2
"""Marks closer than this share of the largest cost would have their names on each other."""
_RIGHT_ABOVE, _LEFT_ABOVE, _RIGHT_BELOW, _LEFT_BELOW = (
    (-0.15, 1.0),
    (1.15, 1.0),
    (-0.15, 0.0),
    (1.15, 0.0),
)


class CostPlot(PointsPlot):
    """A mark with its name for each contender, with the interval of its score."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, "Score against cost", "", "")
        self.legend.hide()
        self._extras: list[pg.GraphicsObject] = []

    def show_costs(
        self,
        points: Sequence[CostPoint],
        strokes: Mapping[str, Stroke],
        labels: tuple[str, str],
        baseline: tuple[str, float] | None,
    ) -> None:
        """Draws contenders, and the best baseline as a line."""
        for extra in self._extras:
            self.item.removeItem(extra)
        self._extras = []
        self.set_labels(*labels)
        self.show_points(
            [
                Points(p.name, np.array([p.cost]), np.array([p.score.value]), strokes[p.name])
                for p in points
            ],
            big=True,
        )
        for point, anchor in zip(points, _anchors([p.cost for p in points]), strict=True):
            self._add_name(point, strokes[point.name], anchor)
        if baseline is not None:
            self._extras.append(self.add_line(f"{baseline[0]} (baseline)", baseline[1]))
        self._frame(points, baseline)

    def _add_name(self, point: CostPoint, stroke: Stroke, anchor: tuple[float, float]) -> None:
        name = pg.TextItem(point.name, color=QColor(stroke.color), anchor=anchor)
        name.setPos(point.cost, point.score.value)
        score = point.score
        extras: list[pg.GraphicsObject] = [name]
        if score.is_known:
            ends = [score.low, score.high]
            extras.append(
                pg.PlotDataItem([point.cost] * 2, ends, pen=pg.mkPen(stroke.color, width=1.5))
            )
        for extra in extras:
            self.item.addItem(extra, ignoreBounds=True)
        self._extras += extras

    def _frame(self, points: Sequence[CostPoint], baseline: tuple[str, float] | None) -> None:
        if not points:
            return
        heights = [p.score.value for p in points]
        heights += [e for p in points if p.score.is_known for e in (p.score.low, p.score.high)]
        heights += [baseline[1]] if baseline is not None else []
        low, high = min(heights), max(heights)
        room = 0.12 * (high - low) or abs(high) * 0.1 or 1.0
        self.item.setYRange(low - room, high + room, padding=0)
        self.item.setXRange(0, 1.25 * max(p.cost for p in points), padding=0.03)


def _anchors(costs: Sequence[float]) -> list[tuple[float, float]]:
    """Where each name stands at its mark: of close neighbours on different sides."""
    free = [_LEFT_ABOVE, _RIGHT_ABOVE, _LEFT_BELOW, _RIGHT_BELOW]
    order = sorted(range(len(costs)), key=lambda at: costs[at])
    near = _NEAR * max(costs, default=0.0)
    groups: list[list[int]] = []
    for at in order:
        if groups and costs[at] - costs[groups[-1][-1]] < near:
            groups[-1].append(at)
        else:
            groups.append([at])
    found = [_RIGHT_ABOVE] * len(costs)
    for group in groups:
        for place, at in enumerate(group if len(group) > 1 else ()):
            found[at] = free[place % len(free)]
    return found
