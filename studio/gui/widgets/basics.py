"""Cards, labels, buttons and segmented choices in the look of the studio."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.gui.widgets.plain_text import plain_label, plain_tip


def em(widget: QWidget, times: float = 1.0) -> int:
    """A length that follows the font, in pixels."""
    return round(widget.fontMetrics().height() * times)


def label(text: str = "", *, tone: str = "", size: float = 1.0, bold: bool = False) -> QLabel:
    """A label of plain text that wraps.

    Args:
        text: What it says.
        tone: "", muted, good, warning or bad.
        size: Relative to the usual one.
        bold: Whether it is bold.
    """
    text_label = plain_label(text)
    text_label.setWordWrap(True)
    text_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    _dress(text_label, tone, size, bold=bold)
    return text_label


def _dress(text_label: QLabel, tone: str, size: float, *, bold: bool) -> None:
    if tone:
        text_label.setProperty("tone", tone)
    font = QFont(text_label.font())
    font.setPointSizeF(font.pointSizeF() * size)
    font.setBold(bold)
    text_label.setFont(font)


def set_tone(widget: QWidget, tone: str) -> None:
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def button(
    text: str, clicked: Callable[[], object], *, primary: bool = False, tip: str = ""
) -> QPushButton:
    """A button; an ampersand in the text marks its key."""
    push = QPushButton(text)
    push.setProperty("primary", "true" if primary else "false")
    push.setToolTip(tip)
    push.setAccessibleDescription(tip)
    push.setAutoDefault(False)
    push.clicked.connect(lambda _: clicked())
    return push


class ElidedLabel(QLabel):
    """One line, elided where it does not fit; the tooltip shows it in full."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(min(em(self, 4), self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        metrics, text = self.fontMetrics(), self.text()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(plain_tip(text) if shown != text else "")
        if shown == text:
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), self.alignment(), shown)


def one_line(*, tone: str = "", size: float = 1.0, bold: bool = False) -> ElidedLabel:
    """A label of one line; tone and size as of `label`."""
    text_label = ElidedLabel()
    _dress(text_label, tone, size, bold=bold)
    return text_label


class Card(QFrame):
    """A box with a heading; its content goes into `body`."""

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
        self.heading.setText(text)
        self.heading.setVisible(bool(text))


class Segments(QWidget):
    """A few choices side by side, of which one is selected.

    Args:
        choices: Key and text of each.
        name: What is chosen, for screen readers.
        layout: Makes the layout of the choices within a widget; a row, or one that wraps.

    Signals:
        chosen: The key of the choice that the user made.
    """

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        name: str,
        layout: Callable[[QWidget], QLayout] = QHBoxLayout,
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        row = layout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        if row.hasHeightForWidth():
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for key, text in choices:
            push = QPushButton(text)
            push.setCheckable(True)
            push.setAutoDefault(False)
            push.setAccessibleName(f"{name}: {text}")
            push.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            push.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(push)
            self._buttons[key] = push
            row.addWidget(push)
        if choices:
            self._buttons[choices[0][0]].setChecked(True)

    @property
    def choice(self) -> str:
        """The key of the selected choice."""
        return next((key for key, push in self._buttons.items() if push.isChecked()), "")

    def offer(self, keys: Sequence[str]) -> None:
        """Shows only these choices; if the current one is hidden, selects the first."""
        for key, push in self._buttons.items():
            push.setVisible(key in keys)
        if keys and self.choice not in keys:
            self.show_choice(keys[0])

    def show_choice(self, key: str) -> None:
        """Selects a choice without a signal."""
        self._buttons[key].setChecked(True)


class Chip(QLabel):
    """A small round note, such as the device."""

    def __init__(self, text: str = "", tip: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName("chip")
        self.setToolTip(tip)


class EmptyPage(QWidget):
    """What a page shows before it has content: a sentence and the action that fills it."""

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
        return QSize(1, 1)


def fill_combo_box(box: QComboBox, items: Sequence[tuple[str, object]], wanted: object) -> None:
    """Offers texts with their data without a signal; chooses the wanted data, else the first."""
    data = [value for _, value in items]
    with QSignalBlocker(box):
        if [(box.itemText(row), box.itemData(row)) for row in range(box.count())] != list(items):
            box.clear()
            for text, value in items:
                box.addItem(text, value)
        box.setCurrentIndex(data.index(wanted) if wanted in data else 0)
