"""What an example's networks read, and truth and predictions over time."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from studio.core.arrays import Doubles
from studio.gui.pages.compare.view.example_text import TRUTH, Lines
from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DASH_DOT, DOTS, SOLID, Stroke

_MOST_LINES = 4
_STYLES = (SOLID, DASH_DOT, DOTS, SOLID)
_HEADROOM = 0.5


class ExampleInputs(Plot):
    """Lines of few channels, or a map of many."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Input of the example", "step", "input")
        self.spread_legend(4)
        self.legend.setOffset((-8, 2))
        self._image = pg.ImageItem()
        self.item.addItem(self._image)
        self._channels: Mapping[str, Doubles] = {}

    def show_channels(self, channels: Mapping[str, Doubles]) -> None:
        """Draws channels, (time,) each."""
        self._channels = channels
        is_map = len(channels) > _MOST_LINES
        self._image.setVisible(is_map)
        self.legend.setVisible(not is_map and len(channels) > 1)
        if is_map:
            self.set_labels("step", "channel")
            self.show_curves([])
            self._draw_map(np.stack(list(channels.values()), axis=1))
            return
        self.set_labels("step", next(iter(channels)) if len(channels) == 1 else "scaled input")
        theme = self.appearance.theme
        colors = (theme.text, theme.accent, theme.muted, theme.warning)
        self.show_curves(
            [
                PlotCurve(
                    name, np.arange(len(values), dtype=np.float64), values, Stroke(color, line, "o")
                )
                for (name, values), color, line in zip(
                    channels.items(), colors, _STYLES, strict=False
                )
            ]
        )
        leave_room_on_top(self)

    def table(self) -> list[list[str]]:
        rows = [["step", *self._channels]]
        for step, values in enumerate(zip(*self._channels.values(), strict=True)):
            rows.append([str(step), *(f"{value:.7g}" for value in values)])
        return rows

    def _draw_map(self, values: Doubles) -> None:
        steps, channels = values.shape
        colors = [pg.mkColor(color) for color in self.appearance.theme.sequential]
        self._image.setColorMap(pg.ColorMap(np.linspace(0, 1, len(colors)), colors))
        self._image.setImage(values, rect=QRectF(-0.5, -0.5, steps, channels))
        self.item.setXRange(-0.5, steps - 0.5, padding=0)
        self.item.setYRange(-0.5, channels - 0.5, padding=0)


class ExamplePredictions(DatedPlot):
    """Truth and predictions of an example over time."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(appearance, "Predictions of the example", "step", "value")
        self.spread_legend(4)
        self.legend.setOffset((-8, 2))

    def show_lines(
        self,
        lines: Lines,
        strokes: Mapping[str, Stroke],
        times: NDArray[np.str_] | None,
        classes: tuple[str, ...] = (),
    ) -> None:
        """Draws them; classes by their names, where the values are classes."""
        self.show_times(times if lines.x_label == "time step" else None)
        self.set_labels("time" if self.has_dates else lines.x_label, lines.y_label)
        truth = Stroke(self.appearance.theme.muted, SOLID, "o")
        self.show_curves(
            [
                PlotCurve(name, x, y, truth if name == TRUTH else strokes[name])
                for name, (x, y) in lines.lines.items()
            ]
        )
        ticks = [[(float(code), name) for code, name in enumerate(classes)]] if classes else None
        self.item.getAxis("left").setTicks(ticks)
        leave_room_on_top(self)


def leave_room_on_top(plot: Plot) -> None:
    """For the legend; frames the whole width."""
    plot.item.enableAutoRange(axis="x")
    together = np.concatenate([np.zeros(0), *(curve.y for curve in plot.curves)])
    finite = together[np.isfinite(together)]
    if len(finite):
        low, high = float(finite.min()), float(finite.max())
        room = (high - low) or abs(high) or 1.0
        plot.item.setYRange(low - 0.06 * room, high + _HEADROOM * room, padding=0)
