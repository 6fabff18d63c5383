"""The card of the cell inspector: a pane for each contender, and the input to draw anew."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.arrays import Doubles
from studio.gui.pages.gates.inspector.contender_pane import ContenderPane
from studio.gui.pages.gates.inspector.input_curve import InputCurve
from studio.gui.pages.gates.inspector.steady_label import ARROWS, SteadyLabel
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import Card, button, em, label, one_line
from studio.gui.widgets.flow_layout import FlowRow

_LARGE = 1e12


class InspectorCard(Card):
    """What is shown of a fixed cursor.

    Signals:
        walked: An arrow key was pressed somewhere on the card, as Qt's event.
        edited: A contender, and from what is changed in it by now to what shall be.
        input_edited: A channel, and its values in their own units.
        channel_chosen: Another channel is wanted.
        reset: All edits are to be undone.
        closed: The card is to be closed.
    """

    walked = Signal(object)
    edited = Signal(str, object)
    input_edited = Signal(int, object)
    channel_chosen = Signal()
    reset = Signal()
    closed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("")
        self._appearance = appearance
        self.panes: dict[str, ContenderPane] = {}
        self.place = SteadyLabel(appearance, bold=True)
        self.message = label("", tone="muted")
        self.undo = button("Reset", self.reset.emit, tip="Undo all changes of this example")
        self.close_it = button("Close", self.closed.emit, tip="Close the inspector (Esc)")
        self.undo.setEnabled(False)
        self.channel = QComboBox()
        self.channel.setAccessibleName("Input channel")
        self.value = QDoubleSpinBox()
        self.value.setAccessibleName("Input at this step")
        self.value.setToolTip("The channel's value at this step; or draw the curve with the mouse")
        self.value.setRange(-_LARGE, _LARGE)
        self.value.setKeyboardTracking(False)
        self.value.setFixedWidth(em(self, 7))
        self.curve = InputCurve(appearance)
        self.no_curve = label("The symbols of a text cannot be drawn as a curve.", tone="muted")
        self._input = QWidget()
        self._panes_row = QHBoxLayout()
        self._step = 0
        self._lay_out()
        self._connect()

    def show_contenders(self, names: Sequence[str]) -> None:
        """Has a pane for each."""
        if list(self.panes) == list(names):
            return
        for pane in self.panes.values():
            pane.hide()
            pane.deleteLater()
        self.panes = {name: ContenderPane(self._appearance, name) for name in names}
        for name, pane in self.panes.items():
            self._panes_row.addWidget(pane, 1, Qt.AlignmentFlag.AlignTop)
            pane.edited.connect(lambda change, name=name: self.edited.emit(name, change))

    def show_visible(self, names: Sequence[str]) -> None:
        """Shows only the panes of these contenders."""
        for name, pane in self.panes.items():
            pane.setVisible(name in names)

    def tell(self, words: str) -> None:
        """Says why there is nothing to show, or nothing."""
        self.message.setText(words)
        self.message.setVisible(bool(words))

    def offer_channels(self, names: Sequence[str]) -> None:
        """Channels whose curve can be drawn; none for texts."""
        self.no_curve.setVisible(not names)
        self._input.setVisible(bool(names))
        if [self.channel.itemText(row) for row in range(self.channel.count())] != list(names):
            with QSignalBlocker(self.channel):
                self.channel.clear()
                self.channel.addItems(list(names))

    def show_input(self, original: Doubles, values: Doubles) -> None:
        """The course of the chosen channel in its own units, before and after edits."""
        self.curve.show_channel(self.channel.currentText(), original, values)
        spread = float(original.max() - original.min()) or 1.0
        with QSignalBlocker(self.value):
            self.value.setSingleStep(spread / 20)
        self._show_value()

    def show_places(self, step: int, steps: int, units: Mapping[str, int]) -> None:
        """Moves to a step, and to a unit of each contender in sight."""
        self._step = step
        self.place.set_text(f"Step {step} of {steps - 1}")
        for name, unit in units.items():
            if name in self.panes and self.panes[name].isVisibleTo(self):
                self.panes[name].show_place(step, unit)
        self.curve.show_step(step)
        self._show_value()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The arrow keys walk through steps and units; Escape closes."""
        if event.key() in ARROWS:
            self.walked.emit(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _show_value(self) -> None:
        if self._step < len(self.curve.values) and not self.value.hasFocus():
            with QSignalBlocker(self.value):
                self.value.setValue(float(self.curve.values[self._step]))

    def _set_value(self, value: float) -> None:
        if self._step < len(self.curve.values):
            self.curve.set_value(self._step, value)

    def _drawn(self) -> None:
        self.input_edited.emit(self.channel.currentIndex(), self.curve.values.copy())
        self._show_value()

    def _connect(self) -> None:
        self.curve.edited.connect(self._drawn)
        self.value.valueChanged.connect(self._set_value)
        self.channel.currentIndexChanged.connect(lambda _: self.channel_chosen.emit())

    def _lay_out(self) -> None:
        self.header.insertWidget(0, self.place, 1)
        self.header.addWidget(self.undo)
        self.header.addWidget(self.close_it)
        self._panes_row.setSpacing(em(self, 1.4))
        choices = FlowRow(0.8)
        choices.add(self.channel, caption="Input")
        choices.add(self.value, caption="at this step")
        hint = one_line(tone="muted")
        hint.setText("Draw the curve with the mouse.")
        choices.add(hint)
        column = QVBoxLayout(self._input)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(choices)
        column.addWidget(self.curve, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(self._panes_row)
        self.body.addWidget(self._input)
        self.body.addWidget(self.no_curve)
        self.message.hide()
        self.no_curve.hide()
