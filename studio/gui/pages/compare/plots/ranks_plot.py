"""Critical-difference diagram: mean ranks of contenders over datasets."""

import numpy as np
import pyqtgraph as pg

from studio.analysis.summaries.critical_difference import CriticalDifference
from studio.gui.plots.points import Points, PointsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

_LINE = 4
_GAP = 0.22


class RanksPlot(PointsPlot):
    """A point for each contender; lines join those that do not differ significantly."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Mean ranks", "mean rank (1 is best)", "")
        self.legend.hide()
        self._shown: CriticalDifference | None = None
        self._groups: list[pg.PlotDataItem] = []
        self._width = pg.PlotDataItem()
        self._caption = pg.TextItem("critical difference", anchor=(0, 1))
        self.item.addItem(self._width, ignoreBounds=True)
        self.item.addItem(self._caption, ignoreBounds=True)
        self.item.setMouseEnabled(x=False, y=False)

    def show_ranks(self, ranks: CriticalDifference) -> None:
        self._shown = ranks
        theme = self.appearance.theme
        rows = np.arange(len(ranks.names), 0, -1, dtype=np.float64)
        dots = Stroke(theme.accent, SOLID, "o")
        self.show_points(
            [Points("contenders", np.array(ranks.ranks), rows, dots, ranks.names)], big=True
        )
        ticks = [(float(row), name) for row, name in zip(rows, ranks.names, strict=True)]
        self.item.getAxis("left").setTicks([ticks])
        self._join(ranks)
        top = len(ranks.names) + 1
        self._width.setData([1, 1 + ranks.difference], [top, top])
        self._width.setPen(pg.mkPen(theme.text, width=2))
        self._caption.setColor(theme.muted)
        self._caption.setPos(1, top)
        highest = max(len(ranks.names), 1 + ranks.difference)
        self.item.setXRange(0.9, highest + 0.1, padding=0)
        self.item.setYRange(0, top + 0.9, padding=0)

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_shown", None) is not None and self._shown is not None:
            self.show_ranks(self._shown)

    def table(self) -> list[list[str]]:
        """Contenders with their mean ranks, then the critical difference."""
        if self._shown is None:
            return [["contender", "mean rank"]]
        pairs = zip(self._shown.names, self._shown.ranks, strict=True)
        rows = [[name, f"{rank:.6g}"] for name, rank in pairs]
        rows.append(["critical difference", f"{self._shown.difference:.6g}"])
        return [["contender", "mean rank"], *rows]

    def _join(self, ranks: CriticalDifference) -> None:
        """Each group is joined below its last member's row, so that lines do not overlap."""
        for line in self._groups:
            self.item.removeItem(line)
        self._groups = []
        rank_of = dict(zip(ranks.names, ranks.ranks, strict=True))
        row_of = {name: len(ranks.names) - place for place, name in enumerate(ranks.names)}
        for group in ranks.groups:
            below = row_of[group[-1]] - _GAP
            line = pg.PlotDataItem([rank_of[group[0]], rank_of[group[-1]]], [below, below])
            line.setPen(pg.mkPen(self.appearance.theme.muted, width=_LINE))
            self.item.addItem(line, ignoreBounds=True)
            self._groups.append(line)
