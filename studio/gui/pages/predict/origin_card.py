"""One forecast after the other, with a slider over the rows that they start from."""

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider

from studio.gui.pages.predict.origins import origin_of
from studio.gui.pages.predict.predict_work import Predicted
from studio.gui.plots.dated_plot import DatedPlot
from studio.gui.plots.legend_room import leave_room_on_top
from studio.gui.plots.plot import PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import DOTS, SOLID, Stroke
from studio.gui.widgets.basics import Card, em, fill_combo_box, label

_PAGE = 10


class OriginCard(Card):
    """History, truth where it is known, every contender and its interval.

    Args:
        appearance: The theme.
        strokes: How each contender is drawn now.
    """

    def __init__(self, appearance: Appearance, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__("Forecasts")
        self._appearance, self._strokes = appearance, strokes
        self._predicted: Predicted | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Forecast")
        self.slider.setPageStep(_PAGE)
        self.place = label("", tone="muted")
        self.target = QComboBox()
        self.target.setAccessibleName("Target")
        self.plot = DatedPlot(appearance, "Forecast", "time step", "value")
        self.plot.spread_legend(4)
        self.plot.setMinimumHeight(em(self, 20))
        row = QHBoxLayout()
        row.addWidget(self.target)
        row.addWidget(self.slider, 1)
        row.addWidget(self.place)
        self.body.addLayout(row)
        self.body.addWidget(self.plot)
        self.slider.valueChanged.connect(lambda _: self._draw())
        self.target.currentIndexChanged.connect(lambda _: self._draw())

    def show_predictions(self, predicted: Predicted | None) -> None:
        """Shows the forecast that goes beyond the last row; of other tasks nothing."""
        first = None if predicted is None else next(iter(predicted.results.values()))
        is_forecast = first is not None and first.data.preprocessing.kind == "forecast"
        self.setVisible(is_forecast)
        self._predicted = predicted if is_forecast else None
        if first is None or not is_forecast:
            return
        names = first.data.preprocessing.target_names
        fill_combo_box(self.target, [(name, name) for name in names], self.target.currentData())
        self.target.setVisible(len(names) > 1)
        self.slider.setMaximum(len(first.data) - 1)
        self.slider.setValue(len(first.data) - 1)
        self._draw()

    def show_origin(self, index: int) -> None:
        """Moves the slider to a forecast."""
        self.slider.setValue(index)

    def redraw(self) -> None:
        """Draws again, in another theme."""
        self._draw()

    def _draw(self) -> None:
        if self._predicted is None:
            return
        results, index = self._predicted.results, self.slider.value()
        target = max(self.target.currentIndex(), 0)
        origin = origin_of(results, index, target)
        data = next(iter(results.values())).data
        theme, strokes = self._appearance.theme, self._strokes()
        self.plot.show_times(data.times)
        name = data.preprocessing.target_names[target]
        unit = data.preprocessing.target_units[target]
        self.plot.set_labels(
            "time" if self.plot.has_dates else "time step", f"{name}, {unit}" if unit else name
        )
        curves = []
        if not np.isnan(origin.past).all():
            curves.append(
                PlotCurve("history", origin.past_x, origin.past, Stroke(theme.muted, SOLID, ""))
            )
        if not np.isnan(origin.truth).all():
            truth = Stroke(theme.text, DOTS, "o")
            curves.append(PlotCurve("truth", origin.ahead_x, origin.truth, truth))
        for contender, values in origin.predictions.items():
            low, high = origin.bands.get(contender, (None, None))
            curves.append(
                PlotCurve(contender, origin.ahead_x, values, strokes[contender], low, high)
            )
        for contender, beyond in self._predicted.beyond.items():
            has_span = beyond.truth is not None
            values = beyond.values[index if has_span else -1, :, target]
            is_last = index == self.slider.maximum()
            if (has_span or is_last) and len(values) > len(origin.ahead_x):
                x = origin.ahead_x[0] + np.arange(len(values), dtype=np.float64)
                curves.append(PlotCurve(f"{contender}, fed back", x, values, strokes[contender]))
        self.plot.show_curves(curves)
        leave_room_on_top(self.plot)
        self.place.setText(f"after {origin.label}")
