"""A heat map of attributions: channel over lag."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

from studio.core.arrays import Doubles
from studio.gui.plots.colour_bar import color_map
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.view.number_format import format_value
from studio.gui.widgets.basics import em

_LONGEST_NAME = 10
_ROW_EM, _AXIS_EM = 1.3, 3.2
_LEAST_ROWS, _MOST_ROWS = 3, 12


class AttributionPlot(Plot):
    """Lag 0, the last step, is on the right, as in the maps above.

    Attributes:
        limit: What the strongest colour stands for.
    """

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__(appearance, f"Attribution, {name}", "lag, steps", "")
        self.legend.hide()
        self.item.setMouseEnabled(x=False, y=False)
        self.item.invertX()
        self.item.invertY()
        self._image = pg.ImageItem()
        self.item.addItem(self._image)
        self._values: Doubles = np.zeros((1, 1))
        self._names: tuple[str, ...] = ()
        self.limit = 1.0
        self._unit = ""
        self.item.getViewBox().sigResized.connect(self._name_channels)

    def show_values(self, values: Doubles, names: Sequence[str], limit: float, unit: str) -> None:
        """Draws attributions (time, channels); `limit` is what the strongest colour stands for."""
        self._values, self._names, self.limit = values, tuple(names), limit
        self._unit = f" {unit}" if unit else ""
        steps, channels = values.shape
        rows = min(max(channels, _LEAST_ROWS), _MOST_ROWS)
        self.setFixedHeight(em(self, _ROW_EM * rows + _AXIS_EM))
        self._image.setColorMap(color_map(self.appearance.theme.diverging))
        self._image.setImage(values[::-1], autoLevels=False, levels=(-limit, limit))
        self._image.setRect(QRectF(-0.5, -0.5, steps, channels))
        self.item.setXRange(-0.5, steps - 0.5, padding=0)
        self.item.setYRange(-0.5, channels - 0.5, padding=0)
        self._name_channels()
        self.read_again()

    def draw_in_theme(self) -> None:
        super().draw_in_theme()
        if getattr(self, "_names", ()):
            self.show_values(self._values, self._names, self.limit, self._unit.strip())

    def table(self) -> list[list[str]]:
        rows = [["lag, steps", *self._names]]
        lags = range(len(self._values) - 1, -1, -1)
        numbered = zip(lags, self._values, strict=True)
        return rows + [[str(lag), *(f"{value:.6g}" for value in row)] for lag, row in numbered]

    def _name_channels(self) -> None:
        """Names as many channels as there is room for."""
        height = max(self.item.getViewBox().height(), 1.0)
        every = max(1, round(self.fontMetrics().height() * len(self._names) / height + 0.49))
        ticks = [(row, _short(name)) for row, name in enumerate(self._names) if row % every == 0]
        self.item.getAxis("left").setTicks([ticks])
        self.item.getAxis("left").setStyle(tickLength=0)

    def _hover(self, where: QPointF) -> None:
        view = self.item.getViewBox()
        point = view.mapSceneToView(where)
        lag, channel = round(point.x()), round(point.y())
        steps, channels = self._values.shape
        is_inside = view.sceneBoundingRect().contains(where)
        if not is_inside or not (0 <= lag < steps and 0 <= channel < channels and self._names):
            self._read_out.hide()
            return
        step = steps - 1 - lag
        value = format_value(float(self._values[step, channel]))
        name = self._names[channel]
        self._read_out.setText(f"{name}, step {step}, lag {lag}: {value}{self._unit}")
        right, upper = lag < steps / 2, channel < channels / 2
        self._read_out.setAnchor((1 if right else 0, 0 if upper else 1))
        self._read_out.setPos(point)
        self._read_out.show()


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
