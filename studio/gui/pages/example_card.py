"""One example as the networks read it, on the page Data."""

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QSpinBox

from studio.core.examples import Examples, PreparedTask
from studio.core.preparation import Preparation
from studio.gui.desk import Look
from studio.gui.forms.editor import FIELD_EM
from studio.gui.plots.dataset_plots import MOST_CURVES, ExamplePlot
from studio.gui.plots.example_map import ExampleMap
from studio.gui.viewstate.figures import figure, whole
from studio.gui.widgets.basics import Card, Segments, em, label

_PARTS = ("training", "validation", "test")
_HEIGHT_EM = 15
_ANSWERED = {
    "tag": "its class",
    "next-token": "the symbol that follows",
    "next-step": "which keys are on at the next step",
}
_MOST_LINES = 8
"""More channels than these are drawn as a map."""


class ExampleCard(Card):
    """Made by the same code that training uses."""

    def __init__(self, look: Look) -> None:
        super().__init__("One example as the networks read it")
        self._task: PreparedTask | None = None
        self.part = Segments([(each, each) for each in _PARTS], "Part")
        self.number = QSpinBox()
        self.number.setAccessibleName("Number of the example")
        self.number.setPrefix("example ")
        self.number.setMinimum(1)
        self.number.setMinimumHeight(em(self, FIELD_EM))
        self.truth = label("", tone="muted")
        self.plot = ExamplePlot(look)
        self._look = look
        self.map: ExampleMap | None = None  # made when an example has many channels
        self.plot.setMinimumHeight(em(self, _HEIGHT_EM))
        row = QHBoxLayout()
        row.addWidget(self.part)
        row.addWidget(self.number)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.truth)
        self.part.chosen.connect(lambda _: self._show())
        self.number.valueChanged.connect(lambda _: self._show())

    def show_task(self, task: PreparedTask | None) -> None:
        """Shows an example of a task."""
        self._task = task
        self._show()

    def _show(self) -> None:
        task = self._task
        self.setVisible(task is not None)
        if task is None:
            return
        part = task.parts[self.part.choice]
        self.number.setEnabled(len(part) > 0)
        if not len(part):
            self.truth.setText(f"There is no {self.part.choice} part.")
            self.plot.show_curves([])
            return
        self.number.setMaximum(len(part))
        self.number.setSuffix(f" of {whole(len(part))}")
        self._draw(part, self.number.value() - 1, task.preparation)

    def _draw(self, part: Examples, at: int, preparation: Preparation) -> None:
        ahead = None
        if preparation.kind == "forecast":
            ahead = np.reshape(part.targets[at], (preparation.horizon, -1))
        names = preparation.input_names
        is_map = len(names) > _MOST_LINES and ahead is None
        self.plot.setVisible(not is_map)
        if self.map is not None:
            self.map.setVisible(is_map)
        if is_map:
            self._shown_map().show_example(names, part.sequence(at))
            self.truth.setText(f"{_truth(part, at, preparation)}.")
            return
        self.plot.set_labels("step (0 is the last that is known)" if ahead is not None else "step",
                             "scaled value")  # fmt: skip
        self.plot.show_example(names, part.sequence(at), ahead, preparation.target_names)
        few = f" Drawn: {MOST_CURVES} of {len(names)} columns." if len(names) > MOST_CURVES else ""
        self.truth.setText(f"{_truth(part, at, preparation)}.{few}")

    def _shown_map(self) -> ExampleMap:
        if self.map is None:
            self.map = ExampleMap(self._look)
            self.map.setMinimumHeight(em(self, _HEIGHT_EM))
            self.body.insertWidget(self.body.indexOf(self.plot), self.map, 1)
        return self.map


def _truth(part: Examples, at: int, preparation: Preparation) -> str:
    if preparation.stepwise:
        return f"Answered at every step: {_ANSWERED[preparation.kind]}"
    if preparation.class_names is not None:
        return f"Class: {preparation.class_names[int(part.truth[at])]}"
    unit = f" {preparation.unit}" if preparation.unit else ""
    values = np.atleast_1d(part.truth[at])
    shown = ", ".join(figure(float(value)) for value in values[:6])
    more = " …" if len(values) > 6 else ""  # noqa: PLR2004 - a line has room for so many
    verb = "The dots are to be forecast" if preparation.window is not None else "To estimate"
    return f"{verb}: {', '.join(preparation.target_names)} = {shown}{more}{unit}, here unscaled"
