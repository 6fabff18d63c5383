"""A plot over the steps of a series, which may have dates."""

from collections.abc import Sequence
from typing import cast

from numpy import str_
from numpy.typing import NDArray

from studio.gui.desk import Look
from studio.gui.plots.canvas import Ticks
from studio.gui.plots.plot import Plot
from studio.gui.viewstate.dates import Moments, date_ticks, date_words, moment_words, moments


class DatedPlot(Plot):
    """Writes time stamps instead of numbers of steps where they are known."""

    def __init__(self, look: Look, name: str, x_label: str, y_label: str) -> None:
        super().__init__(look, name, x_label, y_label)
        self._moments: Moments | None = None
        axis = self.item.getAxis("bottom")
        self._usual_ticks = axis.tickValues
        axis.tickValues, axis.tickStrings = self._tick_values, self._tick_words

    def show_times(self, times: NDArray[str_] | None) -> None:
        """Takes the time stamps of all steps, (time,), as they are written; None for numbers."""
        self._moments = None if times is None else moments(times)
        self.item.getAxis("bottom").picture = None
        self.item.getAxis("bottom").update()

    @property
    def has_dates(self) -> bool:
        """Whether time stamps stand at the ticks."""
        return self._moments is not None

    def _x_words(self, x: float) -> str:
        step = round(x)
        if self._moments is None or not 0 <= step < len(self._moments):
            return super()._x_words(x)
        return moment_words(self._moments, step)

    def _tick_values(self, low: float, high: float, size: float) -> Ticks:
        if self._moments is None:
            return cast("Ticks", self._usual_ticks(low, high, size))
        steps = date_ticks(self._moments, low, high)
        return [(None, [float(step) for step in steps])]

    def _tick_words(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        del spacing
        if self._moments is None:
            return [f"{value * scale:g}" for value in values]
        return date_words(self._moments, [round(value) for value in values])
