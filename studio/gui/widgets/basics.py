"""Cards, labels, buttons and segmented choices in the look of the studio."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


def em(widget: QWidget, times: float = 1.0) -> int:
    """A length that follows the font, in pixels."""
    return round(widget.fontMetrics().height() * times)


def label(text: str = "", *, tone: str = "", size: float = 1.0, bold: bool = False) -> QLabel:
    """A label that wraps; tone is "", muted, good, warning or bad; size is relative."""
    made = QLabel(text)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    _dress(made, tone, size, bold=bold)
    return made


def _dress(made: QLabel, tone: str, size: float, *, bold: bool) -> None:
    if tone:
        made.setProperty("tone", tone)
    font = QFont(made.font())
    font.setPointSizeF(font.pointSizeF() * size)
    font.setBold(bold)
    made.setFont(font)


def set_tone(widget: QWidget, tone: str) -> None:
    """Changes the tone of a label."""
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(
    text: str, clicked: Callable[[], object], *, primary: bool = False, tip: str = ""
) -> QPushButton:
    """A button; an ampersand in the text marks its key."""
    made = QPushButton(text)
    made.setProperty("primary", "true" if primary else "false")
    made.setToolTip(tip)
    made.setAccessibleDescription(tip)
    made.setAutoDefault(False)
    made.clicked.connect(lambda _: clicked())
    return made


class Elided(QLabel):
    """One line that ends in dots where there is no room for it; the tooltip has it whole."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A few letters."""
        return QSize(min(em(self, 4), self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws what fits."""
        metrics, text = self.fontMetrics(), self.text()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(text if shown != text else "")
        if shown == text:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment(), shown)


def one_line(*, tone: str = "", size: float = 1.0, bold: bool = False) -> Elided:
    """A label of one line; tone and size as of `label`."""
    made = Elided()
    _dress(made, tone, size, bold=bold)
    return made


class Card(QFrame):
    """A calm box with a heading; what is inside goes into `body`."""

    def __init__(self, heading: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        layout = QVBoxLayout(self)
        gap = em(self, 0.8)
        layout.setContentsMargins(gap, gap, gap, gap)
        layout.setSpacing(em(self, 0.5))
        self.header = QHBoxLayout()
        self.heading = label(heading, bold=True)
        self.header.addWidget(self.heading, 1)
        layout.addLayout(self.header)
        self.heading.setVisible(bool(heading))  # with a parent by now: alone it would be a window
        self.body = QVBoxLayout()
        self.body.setSpacing(em(self, 0.5))
        layout.addLayout(self.body, 1)

    def set_heading(self, text: str) -> None:
        """Changes the heading."""
        self.heading.setText(text)
        self.heading.setVisible(bool(text))


class Segments(QWidget):
    """A few choices side by side, of which one is on.

    Signals:
        chosen: The key of the choice that the user made.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for key, text in choices:
            made = QPushButton(text)
            made.setCheckable(True)
            made.setAutoDefault(False)
            made.setAccessibleName(f"{name}: {text}")
            made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            made.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(made)
            self._buttons[key] = made
            row.addWidget(made)
        if choices:
            self._buttons[choices[0][0]].setChecked(True)

    @property
    def choice(self) -> str:
        """The key of the choice that is on."""
        return next((key for key, made in self._buttons.items() if made.isChecked()), "")

    def offer(self, keys: Sequence[str]) -> None:
        """Shows these choices alone; where the one that is on goes, the first comes on."""
        for key, made in self._buttons.items():
            made.setVisible(key in keys)
        if keys and self.choice not in keys:
            self.show_choice(keys[0])

    def show_choice(self, key: str) -> None:
        """Turns a choice on without telling anybody."""
        self._buttons[key].setChecked(True)


class Chip(QLabel):
    """A small round note, such as the device."""

    def __init__(self, text: str = "", tip: str = "") -> None:
        super().__init__(text)
        self.setObjectName("chip")
        self.setToolTip(tip)


class EmptyPage(QWidget):
    """What a page shows before there is anything: one sentence and the one action that fills it."""

    def __init__(self, text: str, action: str, clicked: Callable[[], object]) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        self.text = label(text, tone="muted", size=1.15)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.text)
        row = QHBoxLayout()
        row.addStretch(1)
        self.action = button(action, clicked, primary=True)
        row.addWidget(self.action)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small enough for any window."""
        return QSize(1, 1)
