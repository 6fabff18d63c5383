"""A series with its sets and a few windows."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from studio.core.arrays import Doubles
from studio.core.prepared.examples import Examples, PreparedTask
from studio.data import Series
from studio.gui.pages.data.dataset_summary import DatasetSummary
from studio.gui.pages.data.plots.dataset_plots import SeriesPlot, part_color, window_curve
from studio.gui.pages.data.table_models import titled
from studio.gui.pages.data.view.dataset_text import part_counts, part_spans
from studio.gui.plots.plot import PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.view.number_format import format_whole
from studio.gui.widgets.basics import Card, em, label

_HEIGHT_EM = 17
_WHERE_IN_A_PART = 0.35


class SeriesCard(Card):
    """Draws one column, shaded by the sets of the planned task."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Series")
        self._appearance = appearance
        self._facts: DatasetSummary | None = None
        self._task: PreparedTask | None = None
        self.column = QComboBox()
        self.column.setAccessibleName("Column shown")
        self.header.addWidget(self.column)
        self.plot = SeriesPlot(appearance)
        self.plot.setMinimumHeight(em(self, _HEIGHT_EM))
        self.key = label("")
        self.key.setTextFormat(Qt.TextFormat.RichText)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.key)
        self.column.activated.connect(lambda _: self._draw())

    def show_facts(self, facts: DatasetSummary) -> None:
        """Shows another series and drops the task of the one before."""
        self._facts, self._task = facts, None
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
        """Shades the sets of a task; None removes the shading."""
        has_spans = task is not None and (
            task.preprocessing.kind == "forecast"
            or (task.preprocessing.kind == "track" and task.preprocessing.splits_in_time)
        )
        self._task = task if has_spans else None
        self._draw()

    def _draw(self) -> None:
        facts, task = self._facts, self._task
        if facts is None or not isinstance(facts.dataset, Series):
            return
        index = min(max(0, self.column.currentIndex()), facts.values.shape[1] - 1)
        name = titled(facts.dataset.channels[index])
        self.plot.set_labels("time" if facts.dataset.times is not None else "time step", name)
        windows = None if task is None else self._windows(facts.dataset.values[:, index], task)
        self.plot.show_series(name, facts.steps, facts.values[:, index], windows)
        self.plot.show_parts({} if task is None else part_spans(task))
        self.key.setText("" if task is None else self._key_text(task))

    def _windows(self, values: Doubles, task: PreparedTask) -> PlotCurve:
        ends = [
            _end_of_inputs(part, int(len(part) * _WHERE_IN_A_PART))
            for part in task.parts.values()
            if len(part)
        ]
        window = task.preprocessing.window or 1
        name = "inputs of single examples"
        return window_curve(self._appearance.theme, np.asarray(values), ends, window, name)

    def _key_text(self, task: PreparedTask) -> str:
        theme = self._appearance.theme
        entries = []
        for name, count in part_counts(task).items():
            shade = part_color(theme, name)
            mixed = "transparent" if not shade.alpha() else shade.name(shade.NameFormat.HexArgb)
            box = f'<span style="background-color:{mixed}; border:1px">&nbsp;{name}&nbsp;</span>'
            entries.append(f"{box} {format_whole(count)}")
        read = f'<span style="color:{theme.accent}">▬</span> inputs of three examples'
        return " &nbsp; ".join(entries) + f" examples &nbsp; {read}"


def _end_of_inputs(part: Examples, index: int) -> int:
    """One past the last time step that an example reads."""
    position = int(part.positions[index])
    return position + part.length_of(index) if part.per_step else position
