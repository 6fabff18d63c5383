"""Values over the size of the training set, with their intervals."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg

from studio.analysis import Interval
from studio.core.arrays import Doubles
from studio.gui.pages.compare.view.learning_rows import labelled
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, Stroke

BASELINE = "baseline"
_APART = 0.012
_ROOM, _HEADROOM = 0.06, 0.3
_MARK = 9
_LOWEST = 1 / 3


class LearningCurvePlot(Plot):
    """A line with marks for each contender, whiskers for its intervals, one for the baseline.

    Contenders stand a little apart, so that their whiskers do not hide each other; the table has
    the sizes as they are.
    """

    def __init__(
        self, appearance: Appearance, name: str, y_label: str, *, logarithmic: bool = False
    ) -> None:
        super().__init__(appearance, name, "training examples", y_label)
        self.sizes: tuple[int, ...] = ()
        self.values: dict[str, tuple[Interval, ...]] = {}
        self._whiskers: list[pg.PlotDataItem] = []
        self._logarithmic = logarithmic
        self.set_logarithmic(x=True, y=logarithmic)
        self.spread_legend(4)

    def show_values(
        self,
        sizes: Sequence[int],
        values: Mapping[str, Sequence[Interval]],
        strokes: Mapping[str, Stroke],
        baseline: Sequence[Interval] | None = None,
    ) -> None:
        """Draws the values at these sizes, which rise.

        Args:
            sizes: Training examples.
            values: One for each size, by contender; NaN where it is not known.
            strokes: By contender.
            baseline: Values of the best baseline, drawn without whiskers, or None.
        """
        for whisker in self._whiskers:
            self.item.removeItem(whisker)
        self._whiskers = []
        self.sizes = tuple(sizes)
        self.values = {name: tuple(intervals) for name, intervals in values.items()}
        x = np.array(sizes, dtype=np.float64)
        places = dict(zip(values, _apart(x, len(values)), strict=True))
        curves = [
            PlotCurve(name, places[name], _middle(intervals), strokes[name])
            for name, intervals in values.items()
        ]
        if baseline is not None:
            self.values[BASELINE] = tuple(baseline)
            muted = Stroke(self.appearance.theme.muted, DASH_DOT, "d")
            curves.append(PlotCurve(BASELINE, x, _middle(baseline), muted))
        self.show_curves(curves)
        for curve in curves[: len(values)]:
            self._mark(curve)
            self._add_whiskers(curve, values[curve.name])
        self._frame()

    def table(self) -> list[list[str]]:
        """A row for each contender and size."""
        rows = [["curve", self.x_label, self.y_label, "low", "high"]]
        for name, values in self.values.items():
            for size, interval in zip(self.sizes, values, strict=True):
                ends = (interval.value, interval.low, interval.high)
                figures = ("" if np.isnan(end) else f"{end:.7g}" for end in ends)
                rows.append([name, str(size), *figures])
        return rows

    def _mark(self, curve: PlotCurve) -> None:
        line, _ = self._items[curve.name]
        line.setSymbol(curve.stroke.marker)
        line.setSymbolSize(_MARK)
        line.setSymbolBrush(curve.stroke.color)
        line.setSymbolPen(None)

    def _add_whiskers(self, curve: PlotCurve, values: Sequence[Interval]) -> None:
        known = [interval.is_known for interval in values]
        ends = np.array([[interval.low, interval.high] for interval in values], dtype=np.float64)[
            known
        ]
        if self._logarithmic:  # what reaches zero extends to the frame
            ends = np.maximum(ends, self._lowest)
        whisker = pg.PlotDataItem(
            np.repeat(curve.x[known], 2),
            ends.ravel(),
            connect="pairs",
            pen=pg.mkPen(curve.stroke.color, width=1.5),
        )
        self.item.addItem(whisker, ignoreBounds=True)
        self._whiskers.append(whisker)

    @property
    def _lowest(self) -> float:
        positive = [
            interval.value
            for values in self.values.values()
            for interval in values
            if interval.value > 0
        ]
        return _LOWEST * min(positive, default=1.0)

    def _frame(self) -> None:
        """All values and whiskers, and room for the legend above them."""
        ends = [
            end
            for intervals in self.values.values()
            for interval in intervals
            for end in (interval.value, interval.low, interval.high)
        ]
        heights = np.array(ends, dtype=np.float64)
        heights = heights[np.isfinite(heights)]
        if not len(heights):
            return
        if self._logarithmic:
            heights = np.log10(np.maximum(heights, self._lowest))
        low, high = float(heights.min()), float(heights.max())
        room = (high - low) or abs(high) or 1.0
        self.item.setYRange(low - _ROOM * room, high + _HEADROOM * room, padding=0)
        first, last = np.log10(self.sizes[0]), np.log10(self.sizes[-1])
        side = _ROOM * ((last - first) or 1.0)
        self.item.setXRange(first - side, last + side, padding=0)
        ticks = [(float(np.log10(size)), f"{size:,}") for size in labelled(self.sizes)]
        self.item.getAxis("bottom").setTicks([ticks])


def _middle(values: Sequence[Interval]) -> Doubles:
    return np.array([interval.value for interval in values], dtype=np.float64)


def _apart(x: Doubles, count: int) -> list[Doubles]:
    """The same places for each of so many, a little beside each other on a logarithmic axis."""
    span = float(np.log(x[-1] / x[0])) or 1.0
    return [x * np.exp((index - (count - 1) / 2) * _APART * span) for index in range(count)]
