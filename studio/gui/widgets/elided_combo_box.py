"""A box of choices that gives way where there is no room, and says so."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from studio.gui.widgets.basics import em
from studio.gui.widgets.plain_text import plain_tip

_FEWEST_EM = 9
_BESIDE = 1
"""Pixels that Qt leaves on both sides of the text."""


class ElidedComboBox(QComboBox):
    """As wide as its longest choice where there is room; else the text ends in dots.

    Args:
        tip: What the choices are; the tooltip has the chosen one whole where it is cut.
    """

    def __init__(self, tip: str) -> None:
        super().__init__()
        self._tip = tip
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        hint = super().minimumSizeHint()
        return QSize(min(em(self, _FEWEST_EM), hint.width()), hint.height())

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """The list is as wide as its longest choice, within the window."""
        widest = self.view().sizeHintForColumn(0) + em(self, 2)
        self.view().setMinimumWidth(min(widest, self.window().width() * 2 // 3))
        super().showPopup()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Fusion would cut a text that does not fit."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        box = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(box, option, field, self).width()
        text = option.currentText
        option.currentText = self.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, room - 2 * _BESIDE
        )
        full = plain_tip(f"{text}\n{self._tip}")
        self.setToolTip(self._tip if option.currentText == text else full)
        painter = QStylePainter(self)
        painter.drawComplexControl(box, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
