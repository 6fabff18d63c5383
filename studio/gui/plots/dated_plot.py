"""A plot over the steps of a series, which may have dates."""

from collections.abc import Sequence
from typing import cast

from numpy import str_
from numpy.typing import NDArray
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from studio.gui.plots.canvas import Ticks
from studio.gui.plots.plot import Plot
from studio.gui.style.appearance import Appearance
from studio.gui.view.date_ticks import (
    MOST_TICKS,
    Timestamps,
    date_label,
    date_labels,
    date_ticks,
    parse_axis_dates,
)

_GAP_PX = 14


class DatedPlot(Plot):
    """Writes time stamps instead of numbers of steps where they are known."""

    def __init__(self, appearance: Appearance, name: str, x_label: str, y_label: str) -> None:
        super().__init__(appearance, name, x_label, y_label)
        self._moments: Timestamps | None = None
        self._times: NDArray[str_] | None = None
        axis = self.item.getAxis("bottom")
        self._usual_ticks = axis.tickValues
        axis.tickValues, axis.tickStrings = self._tick_values, self._tick_words

    def show_times(self, times: NDArray[str_] | None) -> None:
        """Takes the time stamps of all steps, (time,), as they are written; None for numbers."""
        self._moments = None if times is None else parse_axis_dates(times)
        self._times = times
        self.item.getAxis("bottom").picture = None
        self.item.getAxis("bottom").update()

    def table(self) -> list[list[str]]:
        """The data with the time stamp of each step, where there are any."""
        head, *rows = super().table()
        times = self._times
        if times is None:
            return [head, *rows]
        place = head.index(self.x_label)
        stamps = [self._stamp(times, float(row[place])) for row in rows]
        head = [*head[:place], "step", "time", *head[place + 1 :]]
        return [
            head,
            *(
                [*row[: place + 1], stamp, *row[place + 1 :]]
                for row, stamp in zip(rows, stamps, strict=True)
            ),
        ]

    @staticmethod
    def _stamp(times: NDArray[str_], step: float) -> str:
        return str(times[int(step)]) if step.is_integer() and 0 <= step < len(times) else ""

    @property
    def has_dates(self) -> bool:
        """Whether time stamps stand at the ticks."""
        return self._moments is not None

    def _x_words(self, x: float) -> str:
        step = round(x)
        if self._moments is None or not 0 <= step < len(self._moments):
            return super()._x_words(x)
        return date_label(self._moments, step)

    def _tick_values(self, low: float, high: float, size: float) -> Ticks:
        if self._moments is None:
            return cast("Ticks", self._usual_ticks(low, high, size))
        steps = self._steps_with_room(self._moments, low, high)
        return [(None, [float(step) for step in steps])]

    def _steps_with_room(self, dates: Timestamps, low: float, high: float) -> list[int]:
        """As many ticks as have room for their labels beside each other."""
        axis = self.item.getAxis("bottom")
        metrics = QFontMetricsF(axis.style["tickFont"] or QApplication.font())
        steps: list[int] = []
        for most in range(MOST_TICKS, 1, -1):
            steps = date_ticks(dates, low, high, most)
            labels = date_labels(dates, steps)
            widest = max((metrics.horizontalAdvance(label) for label in labels), default=0.0)
            if len(steps) * (widest + _GAP_PX) <= axis.width():
                break
        return steps

    def _tick_words(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        del spacing
        if self._moments is None:
            return [f"{value * scale:g}" for value in values]
        return date_labels(self._moments, [round(value) for value in values])
