"""Drag and drop with real events."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

_KEYS = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)


def drag(widget: QWidget, *paths: Path) -> QMimeData:
    """Drags files onto a widget and holds them there."""
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, content, *_KEYS)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    return content


def leave(widget: QWidget) -> None:
    """Drags what is over a widget away from it."""
    QApplication.sendEvent(widget, QDragLeaveEvent())


def drop(widget: QWidget, *paths: Path) -> None:
    """Drags files onto a widget and lets them go."""
    content = drag(widget, *paths)
    QApplication.sendEvent(
        widget, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, content, *_KEYS)
    )
