"""One example as the networks read it, on the page Data."""

import numpy as np
from PySide6.QtWidgets import QSpinBox

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.forms.editor import FIELD_EM
from studio.gui.pages.data.plots.dataset_plots import MOST_CURVES, ExamplePlot
from studio.gui.pages.data.plots.example_heat_map import ExampleMap
from studio.gui.style.appearance import Appearance
from studio.gui.view.number_format import format_value, format_whole
from studio.gui.widgets.basics import Card, Segments, em, label
from studio.gui.widgets.flow_layout import FlowRow

_PARTS = ("training", "validation", "test")
_HEIGHT_EM = 15
_PREDICTED = {
    "tag": "the class",
    "next-token": "the next symbol",
    "next-step": "which keys are on next",
    "track": "the target",
}
_MOST_LINES = 8
"""More channels than these are drawn as a map."""


class ExampleCard(Card):
    """Made by the same code that training uses."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("One example, as the networks see it")
        self._task: PreparedTask | None = None
        self.part = Segments([(part, part) for part in _PARTS], "Set")
        self.number = QSpinBox()
        self.number.setAccessibleName("Example number")
        self.number.setPrefix("example ")
        self.number.setMinimum(1)
        self.number.setMinimumHeight(em(self, FIELD_EM))
        self.targets_in_units = label("", tone="muted")
        self.plot = ExamplePlot(appearance)
        self._appearance = appearance
        self.map: ExampleMap | None = None  # made when an example has many channels
        self.plot.setMinimumHeight(em(self, _HEIGHT_EM))
        row = FlowRow(0.5)
        row.add(self.part)
        row.add(self.number)
        self.body.addWidget(row)
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.targets_in_units)
        self.part.chosen.connect(lambda _: self._show())
        self.number.valueChanged.connect(lambda _: self._show())

    def show_task(self, task: PreparedTask | None) -> None:
        """Shows a task's examples; without one their place stays, so that the page stays still."""
        self._task = task
        if task is not None:
            self.keep_place(keeps=True)
        self._show()

    def keep_place(self, *, keeps: bool) -> None:
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(keeps)
        self.setSizePolicy(policy)

    def _show(self) -> None:
        task = self._task
        self.setVisible(task is not None)
        if task is None:
            return
        part = task.parts[self.part.choice]
        self.number.setEnabled(len(part) > 0)
        if not len(part):
            self.targets_in_units.setText(f"There is no {self.part.choice} set.")
            self.plot.show_curves([])
            return
        self.number.setMaximum(len(part))
        self.number.setSuffix(f" of {format_whole(len(part))}")
        self._draw(part, self.number.value() - 1, task.preprocessing)

    def _draw(self, part: Examples, index: int, preprocessing: Preprocessing) -> None:
        ahead = None
        if preprocessing.kind == "forecast":
            ahead = np.reshape(part.targets[index], (preprocessing.horizon, -1))
        names = preprocessing.input_names
        is_map = len(names) > _MOST_LINES and ahead is None
        self.plot.setVisible(not is_map)
        if self.map is not None:
            self.map.setVisible(is_map)
        if is_map:
            self._shown_map().show_example(names, part.sequence(index))
            self.targets_in_units.setText(f"{_truth(part, index, preprocessing)}.")
            return
        self.plot.set_labels("step (0 = last known)" if ahead is not None else "step",
                             "scaled value")  # fmt: skip
        self.plot.show_example(names, part.sequence(index), ahead, preprocessing.target_names)
        few = f" Showing {MOST_CURVES} of {len(names)} columns." if len(names) > MOST_CURVES else ""
        self.targets_in_units.setText(f"{_truth(part, index, preprocessing)}.{few}")

    def _shown_map(self) -> ExampleMap:
        if self.map is None:
            self.map = ExampleMap(self._appearance)
            self.map.setMinimumHeight(em(self, _HEIGHT_EM))
            self.body.insertWidget(self.body.indexOf(self.plot), self.map, 1)
        return self.map


def _truth(part: Examples, index: int, preprocessing: Preprocessing) -> str:
    if preprocessing.per_step:
        return f"Predicted at every step: {_PREDICTED[preprocessing.kind]}"
    if preprocessing.class_names is not None:
        return f"Class: {preprocessing.class_names[int(part.targets_in_units[index])]}"
    unit = f" {preprocessing.unit}" if preprocessing.unit else ""
    values = np.atleast_1d(part.targets_in_units[index])
    shown = ", ".join(format_value(float(value)) for value in values[:6])
    more = " …" if len(values) > 6 else ""  # noqa: PLR2004 - a line has room for so many
    kind = "Targets (dots)" if preprocessing.window is not None else "Target"
    return f"{kind}: {', '.join(preprocessing.target_names)} = {shown}{more}{unit} (unscaled)"
