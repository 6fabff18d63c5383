"""A sentence over the window while something is dragged across it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.gui.shell.drops.drag_text import DragText
from studio.gui.widgets.basics import em, label, set_tone

_WIDTH_EM = 30


class DropOverlay(QFrame):
    """Tells in the middle of the window what a drop will do; takes no events itself."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("What a drop will do")
        self.words = label("", bold=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.words)
        self.hide()

    def tell(self, said: DragText) -> None:
        """Shows a sentence in the middle of the window."""
        self.words.setText(said.text)
        set_tone(self.words, "" if said.is_readable else "bad")
        self.setFixedWidth(min(em(self, _WIDTH_EM), self._over.width()))
        self.adjustSize()
        place = self.rect()
        place.moveCenter(self._over.rect().center())
        self.move(place.topLeft())
        self.raise_()
        self.show()
