"""One condition: a gate or state of a unit above or below a value, for some steps."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox

from studio.analysis.gates.dataset.passages import GateCondition
from studio.gui.widgets.basics import button, em, fill_combo_box
from studio.gui.widgets.flow_layout import FlowRow

_FARTHEST = 100.0


class ConditionRow(FlowRow):
    """Fields in the order of the sentence.

    Signals:
        removed: The user wants to do without it.
        entered: Return was pressed.
    """

    removed = Signal()
    entered = Signal()

    def __init__(self, first: str) -> None:
        super().__init__()
        self.gate = QComboBox()
        self.gate.setAccessibleName("Gate or state")
        self.gate.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.unit = QSpinBox()
        self.unit.setAccessibleName("Unit")
        self.side = QComboBox()
        self.side.setAccessibleName("Above or below")
        fill_combo_box(self.side, [("above", True), ("below", False)], wanted=True)
        self.value = QDoubleSpinBox()
        self.value.setAccessibleName("Value")
        self.value.setRange(-_FARTHEST, _FARTHEST)
        self.value.setDecimals(3)
        self.value.setSingleStep(0.05)
        self.value.setValue(0.9)
        self.steps = QSpinBox()
        self.steps.setAccessibleName("For at least so many steps")
        self.steps.setRange(1, 1_000_000)
        self.steps.setValue(5)
        for field in (self.unit, self.steps):
            field.setMinimumWidth(em(self, 4))
        self.remove = button("✕", self.removed.emit, tip="Remove this condition")
        self.remove.setAccessibleName("Remove this condition")
        self.add(self.gate, caption=first)
        self.add(self.unit, caption="of unit")
        self.add(self.side, self.value, caption="is")
        self.add(self.steps, caption="for at least")
        self.add(self.remove, caption="steps")
        for spin in (self.unit, self.value, self.steps):
            spin.lineEdit().returnPressed.connect(self.entered)

    def offer(self, gates: Sequence[tuple[str, str]], units: int) -> None:
        """What there is in a contender."""
        fill_combo_box(self.gate, gates, self.gate.currentData())
        self.unit.setMaximum(units - 1)

    @property
    def condition(self) -> GateCondition:
        return GateCondition(
            self.gate.currentData(),
            self.unit.value(),
            self.side.currentData(),
            self.value.value(),
            self.steps.value(),
        )
