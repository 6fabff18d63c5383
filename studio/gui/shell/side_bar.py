"""The side bar: pages in working order with their states, and a summary of the data."""

from collections.abc import Sequence

import qtawesome
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from studio.gui.pages.page import Page
from studio.gui.style.theme import Theme
from studio.gui.widgets.basics import em, label

_MARKS = {"": "", "done": "  ✓", "waiting": "  …", "failed": "  !"}
_WIDTH_EM = 10
_LEAST_GAP = 1
_BESIDE_EM = 4.6
"""Icon, gaps and margins beside a title."""
_SPOKEN = {"": "", "done": ", done", "waiting": ", waiting", "failed": ", failed"}


class SideBar(QWidget):
    """Chooses the page.

    Signals:
        chosen: The name of the page that the user chose.
    """

    chosen = Signal(str)

    def __init__(self, pages: Sequence[Page]) -> None:
        super().__init__()
        self.setObjectName("sideBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(max(em(self, _WIDTH_EM), self._widest(pages)))
        self._column = layout = QVBoxLayout(self)
        self._usual_gap = layout.spacing()
        self._pages = {page.name: page for page in pages}
        self._buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for number, page in enumerate(pages, start=1):
            push = QPushButton(page.title)
            push.setObjectName("page")
            push.setCheckable(True)
            push.setToolTip(f"{page.title} (Ctrl+{number})")
            push.clicked.connect(lambda _, name=page.name: self.chosen.emit(name))
            page.state_changed.connect(self._show_states)
            group.addButton(push)
            layout.addWidget(push)
            self._buttons[page.name] = push
        layout.addStretch(1)
        self.summary = label("", tone="muted", size=0.9)
        layout.addWidget(self.summary)
        self._show_states()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The buttons; the summary is left out where there is no room for it."""
        return QSize(self.minimumWidth(), self._buttons_height(_LEAST_GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def summarise(self, text: str) -> None:
        """Says in a few lines what the data is."""
        self.summary.setText(text)
        self._fit()

    def _fit(self) -> None:
        """Buttons move together, and the summary goes, where the window is low."""
        margins = self._column.contentsMargins()
        is_low = self._buttons_height(self._usual_gap) > self.height()
        gap = _LEAST_GAP if is_low else self._usual_gap
        if self._column.spacing() != gap:
            self._column.setSpacing(gap)
        across = self.width() - margins.left() - margins.right()
        needed = self._buttons_height(gap) + self.summary.heightForWidth(across)
        self.summary.setVisible(bool(self.summary.text()) and needed <= self.height())

    def _buttons_height(self, gap: int) -> int:
        margins = self._column.contentsMargins()
        heights = (push.sizeHint().height() for push in self._buttons.values())
        gaps = gap * (len(self._buttons) + 1)
        return sum(heights) + gaps + margins.top() + margins.bottom()

    def _widest(self, pages: Sequence[Page]) -> int:
        """What the longest title needs with its icon and the widest mark, in bold when chosen."""
        font = self.font()
        font.setBold(True)
        texts = (page.title + mark for page in pages for mark in _MARKS.values())
        longest = max(QFontMetrics(font).horizontalAdvance(text) for text in texts)
        return longest + em(self, _BESIDE_EM)

    def show_page(self, name: str) -> None:
        """Marks a page as the shown one; the focus goes with it where it is in the side bar."""
        had_focus = any(push.hasFocus() for push in self._buttons.values())
        self._buttons[name].setChecked(True)
        if had_focus or self.window().focusWidget() is None:
            self._buttons[name].setFocus()

    def take_focus(self) -> None:
        """Puts the keyboard on the shown page's button."""
        for push in self._buttons.values():
            if push.isChecked():
                push.setFocus(Qt.FocusReason.TabFocusReason)

    def use(self, theme: Theme) -> None:
        for name, push in self._buttons.items():
            push.setIcon(qtawesome.icon(self._pages[name].icon, color=theme.text))

    def _show_states(self) -> None:
        for name, push in self._buttons.items():
            page = self._pages[name]
            push.setText(page.title + _MARKS[page.state])
            push.setAccessibleName(page.title + _SPOKEN[page.state])
