"""A series with its parts and a few windows, on the page Data."""

import numpy as np
from PySide6.QtWidgets import QComboBox

from studio.core.arrays import Doubles
from studio.core.examples import PreparedTask
from studio.data import Series
from studio.gui.desk import Look
from studio.gui.facts import Facts
from studio.gui.plots.dataset_plots import SeriesPlot, part_color, window_curve
from studio.gui.plots.plot import Curve
from studio.gui.viewstate.dataset import part_counts, part_spans
from studio.gui.viewstate.figures import whole
from studio.gui.widgets.basics import Card, em, label
from studio.gui.widgets.data_models import titled

_HEIGHT_EM = 17
_WHERE_IN_A_PART = 0.35


class SeriesCard(Card):
    """Draws one column; the parts are those of the planned task."""

    def __init__(self, look: Look) -> None:
        super().__init__("The series")
        self._look = look
        self._facts: Facts | None = None
        self._task: PreparedTask | None = None
        self.column = QComboBox()
        self.column.setAccessibleName("Column that is drawn")
        self.header.addWidget(self.column)
        self.plot = SeriesPlot(look)
        self.plot.setMinimumHeight(em(self, _HEIGHT_EM))
        self.key = label("")
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.key)
        self.column.activated.connect(lambda _: self._draw())

    def show_facts(self, facts: Facts) -> None:
        """Shows another series."""
        self._facts = facts
        dataset = facts.dataset
        assert isinstance(dataset, Series)  # noqa: S101 - shown for series only
        self.column.clear()
        self.column.addItems([titled(column) for column in dataset.channels])
        roles = [column.role for column in dataset.channels]
        self.column.setCurrentIndex(roles.index("target") if "target" in roles else 0)
        self.column.setVisible(self.column.count() > 1)
        self.plot.show_times(dataset.times)
        self._draw()

    def show_task(self, task: PreparedTask | None) -> None:
        """Shades the parts of a task; None takes them away."""
        is_forecast = task is not None and task.preparation.kind == "forecast"
        self._task = task if is_forecast else None
        self._draw()

    def _draw(self) -> None:
        facts, task = self._facts, self._task
        if facts is None or not isinstance(facts.dataset, Series):
            return
        at = min(max(0, self.column.currentIndex()), facts.values.shape[1] - 1)
        name = titled(facts.dataset.channels[at])
        self.plot.set_labels("time" if facts.dataset.times is not None else "time step", name)
        windows = None if task is None else self._windows(facts.dataset.values[:, at], task)
        self.plot.show_series(name, facts.steps, facts.values[:, at], windows)
        self.plot.show_parts({} if task is None else part_spans(task))
        self.key.setText("" if task is None else self._key_text(task))

    def _windows(self, values: Doubles, task: PreparedTask) -> Curve:
        ends = [
            int(part.positions[int(len(part) * _WHERE_IN_A_PART)])
            for part in task.parts.values()
            if len(part)
        ]
        window = task.preparation.window or 1
        name = "what single examples read"
        return window_curve(self._look.theme, np.asarray(values), ends, window, name)

    def _key_text(self, task: PreparedTask) -> str:
        theme = self._look.theme
        said = []
        for name, count in part_counts(task).items():
            shade = part_color(theme, name)
            mixed = "transparent" if not shade.alpha() else shade.name(shade.NameFormat.HexArgb)
            box = f'<span style="background-color:{mixed}; border:1px">&nbsp;{name}&nbsp;</span>'
            said.append(f"{box} {whole(count)}")
        read = f'<span style="color:{theme.accent}">▬</span> what three single examples read'
        return " &nbsp; ".join(said) + f" examples to forecast &nbsp; {read}"
