"""The window's frame: it stands at once, and holds the studio when its parts are loaded."""

from collections.abc import Callable
from importlib import import_module
from threading import Thread

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

FRAME_ROOM = QSize(0, 40)
"""What a desktop's own frame around a window may take."""

_SIDE_EM = 10
_BAR_EM = 2.6


class LoadingFrame(QWidget):
    """The top-level window. Until the studio is held, it shows that the program is on its way.

    Signals:
        painted: The first picture is on the screen.
        restored: It is shown in another state than before, and not minimised.
    """

    painted = Signal()
    restored = Signal()

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.studio: QMainWindow | None = None
        self._was_painted = False
        self.setWindowTitle("Gate Studio")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._outline = _outline()
        self._column.addWidget(self._outline)
        self.resize(size.boundedTo(self.screen().availableSize() - FRAME_ROOM))

    def hold(self, studio: QMainWindow) -> None:
        """Shows a studio made within this frame in place of the outline, and takes its title."""
        self.studio = studio
        studio.windowTitleChanged.connect(self.setWindowTitle)
        self.setWindowTitle(studio.windowTitle())
        self._column.replaceWidget(self._outline, studio)
        self._outline.hide()
        self._outline.deleteLater()
        studio.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Tells of the first picture."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Back from being minimised, the page shows what happened meanwhile."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and not self.isMinimized():
            self.restored.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closes when the studio does: it may have a question first."""
        event.setAccepted(self.studio is None or self.studio.close())


class Loading(QObject):
    """Imports a module in a thread of its own, so that the frame answers meanwhile.

    Args:
        name: The module.
        then: Called in the interface thread with the error that came, or with None.
        parent: Qt's owner.
    """

    _ended = Signal(object)

    def __init__(
        self, name: str, then: Callable[[BaseException | None], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._ended.connect(then, Qt.ConnectionType.QueuedConnection)
        self._thread = Thread(target=self._load, name=f"import {name}")

    def start(self) -> None:
        self._thread.start()

    def wait(self) -> None:
        if self._thread.is_alive():
            self._thread.join()

    def _load(self) -> None:
        try:
            import_module(self._name)
        except BaseException as error:  # noqa: BLE001 - told by the one who asked
            self._ended.emit(error)
        else:
            self._ended.emit(None)


def _outline() -> QWidget:
    """The ground of the tool bar, the side bar and the page, before there is anything on them."""
    content = QWidget()
    height = content.fontMetrics().height()
    bar = _ground("toolBar")
    bar.setFixedHeight(round(height * _BAR_EM))
    side = _ground("sideBar")
    side.setFixedWidth(round(height * _SIDE_EM))
    words = QLabel("Loading Gate Studio …")
    words.setProperty("tone", "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    row = QHBoxLayout()
    row.addWidget(side)
    row.addWidget(words, 1)
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(bar)
    column.addLayout(row, 1)
    return content


def _ground(name: str) -> QFrame:
    frame = QFrame()
    frame.setObjectName(name)
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return frame
