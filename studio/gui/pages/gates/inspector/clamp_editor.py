"""Another value for a gate, at one step or at all of them."""

import math

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox

from studio.gui.pages.gates.view.step_rows import GateRow
from studio.gui.widgets.basics import button, em
from studio.gui.widgets.flow_layout import FlowRow

_LARGE = 1e6


class ClampEditor(FlowRow):
    """A field for the value and how far it reaches; Return holds it at this step.

    Once a value is held, the arrows of the field change it at once.

    Signals:
        held: A value, and whether at all steps.
        released: The gate is computed again.
        closed: Escape was pressed.
    """

    held = Signal(float, bool)
    released = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__(0.4)
        self._holds_all: bool | None = None
        self.value = QDoubleSpinBox()
        self.value.setDecimals(3)
        self.value.setSingleStep(0.05)
        self.value.setKeyboardTracking(False)
        self.value.setMinimumWidth(em(self, 5))
        self.here = button("At this step", lambda: self._hold(everywhere=False))
        self.always = button("At all steps", lambda: self._hold(everywhere=True))
        self.release = button("Compute it again", self._release)
        for part in (self.value, self.here, self.always, self.release):
            self.add(part)
        self.value.valueChanged.connect(self._step)
        self.value.lineEdit().returnPressed.connect(lambda: self._hold(everywhere=False))

    def show_row(self, row: GateRow) -> None:
        """Follows the cursor, but not while a value is typed."""
        self.value.setAccessibleName(f"Value of {row.label}")
        self.release.setEnabled(row.held)
        if not row.held:
            self._holds_all = None
        if not self.value.hasFocus():
            self._set_value(row)

    def begin(self, row: GateRow) -> None:
        """The user wants to type a value."""
        self._set_value(row)
        self.value.setFocus()
        self.value.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _set_value(self, row: GateRow) -> None:
        low, high = (min(max(limit, -_LARGE), _LARGE) for limit in row.limits)
        with QSignalBlocker(self.value):
            self.value.setRange(low, high)
            self.value.setValue(row.exact if math.isfinite(row.exact) else 0.0)

    def _hold(self, *, everywhere: bool) -> None:
        self._holds_all = everywhere
        self.held.emit(self.value.value(), everywhere)

    def _step(self, value: float) -> None:
        if self._holds_all is not None:
            self.held.emit(value, self._holds_all)

    def _release(self) -> None:
        self._holds_all = None
        self.released.emit()
