"""Text that changes with every move of the cursor, and buttons that leave the arrow keys alone."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyleOptionButton, QWidget

from studio.gui.style.appearance import Appearance

ARROWS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)
_TALL = 10_000


class SteadyLabel(QWidget):
    """Wrapped text that keeps its size, so that nothing is laid out anew while numbers change.

    It grows where a text needs one more line, and becomes smaller only when its width changes.

    Args:
        appearance: The theme.
        tone: "" or muted.
        least_lines: For how many lines there is always room.
        bold: Whether it is bold.
    """

    def __init__(
        self, appearance: Appearance, tone: str = "", least_lines: int = 1, *, bold: bool = False
    ) -> None:
        super().__init__()
        font = self.font()
        font.setBold(bold)
        self.setFont(font)
        self._appearance, self._tone = appearance, tone
        self._text, self._least_lines = "", least_lines
        self._height = self._least
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        appearance.changed.connect(self.update)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        self._grow()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(1, self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._height = self._least
            self._grow()
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        del event
        theme = self._appearance.theme
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.muted if self._tone == "muted" else theme.text))
            painter.drawText(self.rect(), _FLAGS, self._text)

    @property
    def _least(self) -> int:
        return self.fontMetrics().lineSpacing() * self._least_lines

    def _grow(self) -> None:
        within = QRect(0, 0, max(1, self.width()), _TALL)
        needed = self.fontMetrics().boundingRect(within, _FLAGS, self._text).height()
        if needed > self._height:
            self._height = needed
            self.updateGeometry()


_FLAGS = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)


class RowButton(QPushButton):
    """A button from which the arrow keys go on to the card, where they move the cursor."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class ValueButton(RowButton):
    """A button whose text changes with every move of the cursor; it keeps its size too."""

    def __init__(self) -> None:
        super().__init__("")
        self.shown = ""

    def show_text(self, text: str) -> None:
        if text != self.shown:
            self.shown = text
            self.setAccessibleDescription(text)
            self.update()

    def initStyleOption(self, option: QStyleOptionButton) -> None:  # noqa: N802 - Qt's name
        super().initStyleOption(option)
        option.text = self.shown
