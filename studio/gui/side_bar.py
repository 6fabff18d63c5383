"""The side bar: pages in working order with their states, and a summary of the data."""

from collections.abc import Sequence

import qtawesome
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from studio.gui.pages.page import Page
from studio.gui.theme import Theme
from studio.gui.widgets.basics import em, label

_MARKS = {"": "", "done": "  ✓", "waiting": "  …", "failed": "  !"}
_WIDTH_EM = 10
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
        layout = QVBoxLayout(self)
        self._pages = {page.name: page for page in pages}
        self._buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        for number, page in enumerate(pages, start=1):
            made = QPushButton(page.title)
            made.setObjectName("page")
            made.setCheckable(True)
            made.setToolTip(f"{page.title} (Ctrl+{number})")
            made.clicked.connect(lambda _, name=page.name: self.chosen.emit(name))
            page.state_changed.connect(self._show_states)
            group.addButton(made)
            layout.addWidget(made)
            self._buttons[page.name] = made
        layout.addStretch(1)
        self.summary = label("", tone="muted", size=0.9)
        layout.addWidget(self.summary)
        self._show_states()

    def _widest(self, pages: Sequence[Page]) -> int:
        """What the longest title needs with its icon and the widest mark, in bold when chosen."""
        font = self.font()
        font.setBold(True)
        texts = (page.title + mark for page in pages for mark in _MARKS.values())
        longest = max(QFontMetrics(font).horizontalAdvance(text) for text in texts)
        return longest + em(self, _BESIDE_EM)

    def show_page(self, name: str) -> None:
        """Marks a page as the shown one; the focus goes with it where it is in the side bar."""
        had_focus = any(made.hasFocus() for made in self._buttons.values())
        self._buttons[name].setChecked(True)
        if had_focus or self.window().focusWidget() is None:
            self._buttons[name].setFocus()

    def take_focus(self) -> None:
        """Puts the keyboard on the shown page's button."""
        for made in self._buttons.values():
            if made.isChecked():
                made.setFocus(Qt.FocusReason.TabFocusReason)

    def use(self, theme: Theme) -> None:
        """Draws the icons in a theme's colours."""
        for name, made in self._buttons.items():
            made.setIcon(qtawesome.icon(self._pages[name].icon, color=theme.text))

    def _show_states(self) -> None:
        for name, made in self._buttons.items():
            page = self._pages[name]
            made.setText(page.title + _MARKS[page.state])
            made.setAccessibleName(page.title + _SPOKEN[page.state])
