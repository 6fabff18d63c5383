"""A gate of one unit at one step: its value, its equation in numbers, what it adds up."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from studio.gui.pages.gates.inspector.clamp_editor import ClampEditor
from studio.gui.pages.gates.inspector.contribution_list import ContributionList
from studio.gui.pages.gates.inspector.steady_label import RowButton, SteadyLabel, ValueButton
from studio.gui.pages.gates.view.step_rows import GateRow
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import em


class GateRowView(QWidget):
    """One row; its parts are made once and filled at every step.

    Signals:
        held: The gate's name, a value, and whether at all steps.
        released: The gate's name.
        unfolded: Its contributions are wanted, or are not any more.
    """

    held = Signal(str, float, bool)
    released = Signal(str)
    unfolded = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._row: GateRow | None = None
        self.unfold = RowButton()
        self.unfold.setCheckable(True)
        self.unfold.setFlat(True)
        self.unfold.setToolTip("What the gate adds up, the largest terms first")
        self.value = ValueButton()
        self.value.setToolTip("Hold this gate at another value")
        for push in (self.unfold, self.value):
            push.setAutoDefault(False)
            push.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.equation = SteadyLabel(appearance, "muted")
        self.numbers = SteadyLabel(appearance)
        self.editor = ClampEditor()
        self.inputs, self.hidden = ContributionList(appearance), ContributionList(appearance)
        self._terms = QWidget()
        self._lay_out()
        self._connect()

    def show_row(self, row: GateRow) -> None:
        is_new = self._row is None or self._row.label != row.label
        was_held = self._row is not None and self._row.held
        self._row = row
        if is_new:
            self._name_parts(row.label)
        self.value.show_text(row.value)
        if was_held != row.held:
            self._mark_held(is_held=row.held)
        self.equation.set_text(row.equation)
        self.numbers.set_text(row.numbers)
        if self.editor.isVisible():
            self.editor.show_row(row)
        if self.is_unfolded:
            self._fill_terms(row)

    def _name_parts(self, label: str) -> None:
        self._turn_arrow(self.unfold.isChecked())
        self.unfold.setAccessibleName(f"Terms of {label}")
        self.value.setAccessibleName(f"Value of {label}")

    def _mark_held(self, *, is_held: bool) -> None:
        self.value.setProperty("primary", "true" if is_held else "false")
        self.value.style().unpolish(self.value)
        self.value.style().polish(self.value)

    def _fill_terms(self, row: GateRow) -> None:
        times = f", times {row.factor}" if row.factor else ""
        self.inputs.show_lines(f"W x = {row.sums[0]}", row.inputs)
        self.hidden.show_lines(f"W h = {row.sums[1]}{times}", row.hidden)

    def _turn_arrow(self, is_open: bool) -> None:  # noqa: FBT001 - a slot
        label = "" if self._row is None else self._row.label
        self.unfold.setText(f"{'▾' if is_open else '▸'} {label}")

    @property
    def is_unfolded(self) -> bool:
        """Whether its contributions are shown."""
        return self.unfold.isChecked()

    def _show_terms(self, is_open: bool) -> None:  # noqa: FBT001 - a slot
        self._turn_arrow(is_open)
        self._terms.setVisible(is_open)
        self.unfolded.emit()

    def _edit(self) -> None:
        if self.editor.isVisible():
            self._end_edit()
        elif self._row is not None:
            self.editor.show()
            self.editor.show_row(self._row)
            self.editor.begin(self._row)

    def _end_edit(self) -> None:
        self.editor.hide()
        self.value.setFocus()

    def _connect(self) -> None:
        self.unfold.toggled.connect(self._show_terms)
        self.value.clicked.connect(self._edit)
        self.editor.closed.connect(self._end_edit)
        self.editor.held.connect(self._hold)
        self.editor.released.connect(self._release)

    def _hold(self, value: float, everywhere: bool) -> None:  # noqa: FBT001 - a slot
        if self._row is not None:
            self.held.emit(self._row.name, value, everywhere)

    def _release(self) -> None:
        if self._row is not None:
            self.released.emit(self._row.name)

    def _lay_out(self) -> None:
        self.unfold.setFixedWidth(em(self, 6.2))
        self.unfold.setStyleSheet("text-align: left; padding-left: 2px;")
        self.value.setFixedWidth(em(self, 4.4))
        self.value.setStyleSheet("padding-left: 2px; padding-right: 2px;")
        terms = QHBoxLayout(self._terms)
        terms.setContentsMargins(em(self, 1), 0, 0, em(self, 0.3))
        terms.setSpacing(em(self, 1.2))
        top = Qt.AlignmentFlag.AlignTop
        terms.addWidget(self.inputs, 1, top)
        terms.addWidget(self.hidden, 1, top)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(em(self, 0.4))
        grid.setVerticalSpacing(em(self, 0.1))
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self.unfold, 0, 0, 2, 1, middle)
        grid.addWidget(self.value, 0, 1, 2, 1, middle)
        grid.addWidget(self.equation, 0, 2)
        grid.addWidget(self.numbers, 1, 2)
        grid.addWidget(self.editor, 2, 0, 1, 3)
        grid.addWidget(self._terms, 3, 0, 1, 3)
        grid.setColumnStretch(2, 1)
        self.editor.hide()
        self._terms.hide()
