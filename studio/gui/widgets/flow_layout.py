"""Parts in a row that go on in the next line where the row is full."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from studio.gui.widgets.basics import em
from studio.gui.widgets.plain_text import plain_label


class FlowLayout(QLayout):
    """Places its parts from left to right, line by line, centred within each line."""

    def __init__(self, parent: QWidget, across: int, down: int) -> None:
        super().__init__(parent)
        self._parts: list[QLayoutItem] = []
        self._across, self._down = across, down
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 - Qt's name
        self._parts.append(item)

    def count(self) -> int:
        return len(self._parts)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        return self._parts[index] if 0 <= index < len(self._parts) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 - Qt's name
        return self._parts.pop(index) if 0 <= index < len(self._parts) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802 - Qt's name
        """Takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """A narrow row needs more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, place: QRect) -> None:  # noqa: N802 - Qt's name
        super().setGeometry(place)
        self._place(place, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        hints = [part.sizeHint() for part in self._parts if not part.isEmpty()]
        width = sum(hint.width() + self._across for hint in hints)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802 - Qt's name
        size = QSize()
        for part in self._parts:
            if not part.isEmpty():
                size = size.expandedTo(part.minimumSize())
        return size

    def _place(self, place: QRect, *, move: bool) -> int:
        top = place.y()
        for line in self._lines(place.width()):
            height = max(part.sizeHint().height() for part in line)
            left = place.x()
            for part in line:
                hint = part.sizeHint()
                width = min(hint.width(), place.width())
                if move:
                    corner = QPoint(left, top + (height - hint.height()) // 2)
                    part.setGeometry(QRect(corner, QSize(width, hint.height())))
                left += width + self._across
            top += height + self._down
        return max(0, top - self._down - place.y())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        used = width + 1
        for part in self._parts:
            if part.isEmpty():
                continue
            needed = part.sizeHint().width()
            if used + needed > width:
                lines.append([])
                used = 0
            lines[-1].append(part)
            used += needed + self._across
        return lines


class FlowRow(QWidget):
    """A row of parts, each with its caption, that breaks into lines where it is narrow.

    Args:
        gap: Between parts, in em.
    """

    def __init__(self, gap: float = 1.2) -> None:
        super().__init__()
        self._layout = FlowLayout(self, em(self, gap), em(self, 0.5))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, *parts: QWidget, caption: str = "") -> QWidget:
        """Adds widgets that stay together after a caption; returns the group."""
        group = QWidget()
        row = QHBoxLayout(group)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(em(self, 0.4))
        if caption:
            text = plain_label(caption)
            text.setProperty("tone", "muted")
            text.setBuddy(parts[0])
            row.addWidget(text)
        for part in parts:
            row.addWidget(part)
        self._layout.addWidget(group)
        return group


def flowing(parent: QWidget) -> FlowLayout:
    """A layout without gaps, for choices that go on in the next line where there is no room."""
    return FlowLayout(parent, 0, 0)
