"""One contender in the cell inspector: one unit at one step, and what an edit changed."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.analysis.gates.step_terms import StepTerms, step_terms
from studio.core.inspection.course import Course
from studio.core.inspection.edits import Clamp, Edits, Place
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.pages.gates.inspector.gate_row_view import GateRowView
from studio.gui.pages.gates.inspector.state_path import StatePath
from studio.gui.pages.gates.inspector.steady_label import RowButton, SteadyLabel
from studio.gui.pages.gates.view.prediction_words import changes
from studio.gui.pages.gates.view.step_rows import TermNames, gate_rows, input_names, update_rows
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke
from studio.gui.widgets.basics import em, label
from studio.gui.widgets.stroke_sample import StrokeSample

_MOST_UPDATES = 2


@dataclass(frozen=True, eq=False)
class Looked:
    """What a pane shows.

    Attributes:
        before: The contender's course without edits.
        after: The same with edits; the very same object without.
        edits: What is changed in the latter.
        preprocessing: What its numbers mean.
        prefix: Layer and direction as in a trace.
        stroke: How the contender is drawn.
    """

    before: Course
    after: Course
    edits: Edits
    preprocessing: Preprocessing
    prefix: str
    stroke: Stroke

    @property
    def names(self) -> TermNames:
        """What the terms of the layer are called."""
        layer = int(self.prefix[1:].split("_")[0])
        features = self.before.layers[self.prefix].inputs.shape[1]
        both = f"l{layer}_reverse" in self.before.layers
        channels = self.preprocessing.input_names
        names = input_names(channels, features, layer, both=both)
        return TermNames(names, self.before.nonlinearity)


class ContenderPane(QWidget):
    """Parts are made once; a move of the cursor fills them with other numbers.

    Signals:
        edited: From what is changed in the contender by now to what shall be.
    """

    edited = Signal(object)

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.name = name
        self._appearance = appearance
        self._looked: Looked | None = None
        self._names = TermNames(())
        self._place = (0, 0)
        self.sample = StrokeSample()
        self.heading = SteadyLabel(appearance, bold=True)
        self.silence = RowButton("Silence this unit")
        self.silence.setCheckable(True)
        self.silence.setAutoDefault(False)
        self.silence.setToolTip("Its hidden state is 0 at every step: nothing reads it")
        self.change = SteadyLabel(appearance)
        self.missing = label("", tone="muted")
        self.rows: list[GateRowView] = []
        self.updates: list[tuple[SteadyLabel, SteadyLabel]] = []
        self.path = StatePath(appearance)
        self._filled = QWidget()
        self._rows_box = QVBoxLayout()
        self._updates_box = QVBoxLayout()
        self._lay_out()
        self.silence.clicked.connect(self._silence)

    def show_nothing(self, why: str) -> None:
        """Says why there are no terms."""
        self._looked = None
        self.heading.set_text(self.name)
        self.missing.setText(why)
        self.missing.show()
        self._filled.hide()

    def show_course(self, looked: Looked, step: int, unit: int) -> None:
        """Shows other courses, or another layer."""
        self._looked, self._names = looked, looked.names
        self.missing.hide()
        self._filled.show()
        self.sample.show_stroke(looked.stroke)
        self.show_place(step, unit)

    def show_place(self, step: int, unit: int) -> None:
        """Moves to another step or unit."""
        looked = self._looked
        if looked is None:
            return
        layer = looked.after.layers[looked.prefix]
        step, unit = min(step, len(layer.inputs) - 1), min(unit, layer.weights.units - 1)
        self._place = step, unit
        place = Place(looked.prefix, unit)
        self.heading.set_text(f"{self.name}, unit {unit}")
        self.silence.setChecked(place in looked.edits.silenced)
        self._show_terms(looked, step_terms(looked.after.kind, layer, step, unit), place, step)
        changed = looked.after is not looked.before
        self.change.setVisible(changed)
        if changed:
            words = changes(looked.preprocessing, looked.before, looked.after, step)
            self.change.set_text(words)
        self.path.show_unit(looked.before, looked.after, looked.prefix, unit)
        self.path.show_step(step)

    def _show_terms(self, looked: Looked, terms: StepTerms, place: Place, step: int) -> None:
        cell = looked.after.kind
        held = [
            gate.gate
            for gate in terms.gates
            if looked.edits.held(place, gate.gate, step) is not None
        ]
        self._fit_rows(len(terms.gates))
        pairs = zip(self.rows, terms.gates, strict=True)
        unfolded = [gate.gate for view, gate in pairs if view.is_unfolded]
        rows = gate_rows(cell, terms, self._names, held, unfolded)
        for view, row in zip(self.rows, rows, strict=True):
            view.show_row(row)
        silenced = place in looked.edits.silenced
        lines = update_rows(cell, terms, silenced=silenced)
        for number, (equation, numbers) in enumerate(self.updates):
            is_used = number < len(lines)
            equation.setVisible(is_used)
            numbers.setVisible(is_used)
            if is_used:
                equation.set_text(lines[number][0])
                numbers.set_text(lines[number][1])

    def _fit_rows(self, count: int) -> None:
        while len(self.rows) > count:
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        while len(self.rows) < count:
            row = GateRowView(self._appearance)
            row.held.connect(self._hold)
            row.released.connect(self._release)
            row.unfolded.connect(lambda: self.show_place(*self._place))
            self.rows.append(row)
            self._rows_box.addWidget(row)

    def _hold(self, gate: str, value: float, everywhere: bool) -> None:  # noqa: FBT001 - a slot
        if self._looked is not None:
            step, unit = self._place
            place = Place(self._looked.prefix, unit)
            clamp = Clamp(place, gate, value, None if everywhere else step)
            self.edited.emit(lambda edits: edits.with_clamp(clamp))

    def _release(self, gate: str) -> None:
        if self._looked is not None:
            place = Place(self._looked.prefix, self._place[1])
            self.edited.emit(lambda edits: edits.without_clamps(place, gate))

    def _silence(self, silenced: bool) -> None:  # noqa: FBT001 - a slot
        if self._looked is not None:
            place = Place(self._looked.prefix, self._place[1])
            self.edited.emit(lambda edits: edits.with_silenced(place, silenced=silenced))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.sample)
        head.addWidget(self.heading, 1)
        head.addWidget(self.silence)
        self._rows_box.setSpacing(em(self, 0.35))
        self._updates_box.setSpacing(em(self, 0.1))
        for _ in range(_MOST_UPDATES):
            pair = SteadyLabel(self._appearance, "muted"), SteadyLabel(self._appearance)
            self.updates.append(pair)
            for part in pair:
                self._updates_box.addWidget(part)
        filled = QVBoxLayout(self._filled)
        filled.setContentsMargins(0, 0, 0, 0)
        filled.setSpacing(em(self, 0.5))
        filled.addWidget(self.change)
        filled.addLayout(self._rows_box)
        filled.addLayout(self._updates_box)
        filled.addWidget(self.path, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.4))
        column.addLayout(head)
        column.addWidget(self.missing)
        column.addWidget(self._filled, 1)
        column.addStretch(0)
        self._filled.hide()
