"""A field for a step of a series, written as its date where that is known."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from studio.gui.widgets.basics import em

_SHOWN_LETTERS = 19


class StepBox(QSpinBox):
    """Counts steps; takes a date by its beginning, such as 2024-06."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._times: NDArray[np.str_] | None = None
        self.setAccessibleName(name)
        self.setKeyboardTracking(False)

    def show_times(self, times: NDArray[np.str_] | None) -> None:
        """Takes the time stamps of all steps, (time,), or None for numbers."""
        self._times = times
        width = 0 if times is None else self.fontMetrics().horizontalAdvance("0" * _SHOWN_LETTERS)
        self.setMinimumWidth(width + em(self, 2) if width else em(self, 5))
        self.setToolTip("" if times is None else "A date, or its beginning")
        self.setValue(self.value())
        self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:  # noqa: N802 - Qt's name
        if self._times is None or not 0 <= value < len(self._times):
            return str(value)
        return str(self._times[value])

    def valueFromText(self, text: str) -> int:  # noqa: N802 - Qt's name
        if self._times is None:
            return int(text) if text.strip().isdigit() else self.value()
        begins = np.flatnonzero(np.char.startswith(self._times, text.strip()))
        inside = begins[(begins >= self.minimum()) & (begins <= self.maximum())]
        return int(inside[0]) if text.strip() and len(inside) else self.value()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Any beginning of a date may be typed."""
        if self._times is None:
            return super().validate(text, position)
        return QValidator.State.Acceptable, text, position
