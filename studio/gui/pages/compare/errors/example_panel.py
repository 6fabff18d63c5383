"""One example: its input, the truth and every contender's prediction."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.analysis.predictions.error_rows import ErrorRows
from studio.core.arrays import Doubles
from studio.gui.pages.compare.errors.example_plots import ExampleInputs, ExamplePredictions
from studio.gui.pages.compare.view.example_text import (
    example_lines,
    input_channels,
    prediction_table,
    read_text,
    with_history,
)
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.view.texts import one_line
from studio.gui.widgets.basics import button, em, label
from studio.gui.widgets.fitting_table import FittingTable
from studio.runs.stored.gate_inspection import Example

_PLOT_EM = 13
_LONGEST_TEXT = 600


class ExamplePanel(QWidget):
    """What is known of an example at once, and its input once it is read.

    Signals:
        gates_wanted: The user wants its gates.
    """

    gates_wanted = Signal()

    def __init__(self, appearance: Appearance, strokes: Callable[[], Mapping[str, Stroke]]) -> None:
        super().__init__()
        self._appearance, self._strokes = appearance, strokes
        self.heading = label("", bold=True)
        self.gates = button(
            "Show &gates", self.gates_wanted.emit, tip="Opens this example on the page Gates"
        )
        self.table = FittingTable("Predictions of the example", ())
        self.outputs = ExamplePredictions(appearance)
        self.inputs = ExampleInputs(appearance)
        self.text = label("", tone="muted")
        self.problem = label("", tone="warning")
        self._rows: ErrorRows | None = None
        self._example = -1
        self._inputs: Example | None = None
        self._lay_out()

    def show_example(self, rows: ErrorRows, example: int) -> None:
        """Shows truth and predictions; the input follows by show_inputs."""
        is_other = rows is not self._rows or example != self._example
        self._rows, self._example = rows, example
        place = rows.place_of(example)
        where = f", {'step' if rows.times is None else 'from'} {place}" if place else ""
        self.heading.setText(f"Example {example} of the {rows.part.part} set{where}")
        headings, cells = prediction_table(rows, example)
        self.table.show_cells(headings, cells, self._appearance.theme)
        self._draw_outputs()
        if is_other:
            self._inputs = None
            self.problem.hide()
            self.text.hide()

    def redraw(self) -> None:
        """Draws the same again, in the colours in force."""
        if self._inputs is None:
            self._draw_outputs()
        else:
            self.show_inputs(self._inputs)

    def show_inputs(self, example: Example) -> None:
        """Draws what the networks read of the example that is shown."""
        rows, self._inputs = self._rows, example
        if rows is None:
            return
        preprocessing = rows.part.preprocessing
        series = example.series
        in_units = preprocessing.inputs_in_units(example.inputs[None], series)[0]
        self._draw_outputs(in_units)
        target = rows.target or 0
        channels = input_channels(preprocessing, in_units, target)
        if len(channels) > 1:  # in units of their own they would not be seen beside each other
            channels = input_channels(preprocessing, example.inputs.astype("float64"), target)
        self.inputs.setVisible(bool(channels))
        if channels:
            self.inputs.show_channels(channels)
        text = one_line(read_text(preprocessing, in_units), _LONGEST_TEXT)
        self.text.setText(f"Read: {text}" if text else "")
        self.text.setVisible(bool(text))

    def tell(self, why: str) -> None:
        """Says why there is no input."""
        self.inputs.hide()
        self.problem.setText(why)
        self.problem.setVisible(bool(why))

    def _draw_outputs(self, in_units: Doubles | None = None) -> None:
        rows = self._rows
        if rows is None:
            return
        target = rows.target or 0
        preprocessing = rows.part.preprocessing
        lines = example_lines(rows, self._example, target)
        self.outputs.setVisible(lines is not None)
        if lines is None:
            return
        if in_units is not None:
            lines = with_history(lines, in_units, preprocessing, target)
        classes = preprocessing.outcomes or () if preprocessing.kind == "tag" else ()
        self.outputs.show_lines(lines, self._strokes(), rows.times, classes)

    def _lay_out(self) -> None:
        for plot in (self.outputs, self.inputs):
            plot.setMinimumHeight(em(self, _PLOT_EM))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.5))
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.gates)
        column.addLayout(top)
        for part in (self.table, self.outputs, self.inputs, self.text, self.problem):
            column.addWidget(part)
        column.addStretch(1)
        for part in (self.outputs, self.inputs, self.text, self.problem):
            part.hide()
