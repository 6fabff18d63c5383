"""Scrolling of the page that a part stands on."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


def show_whole(part: QWidget) -> None:
    """Scrolls to a part, also to one that has just unfolded."""
    area = _area_of(part)
    if area is None:
        return
    inside = area.widget()
    layout = None if inside is None else inside.layout()
    if layout is not None:
        layout.activate()  # what has just unfolded has its place by then
    area.ensureWidgetVisible(part)


@contextmanager
def steady(part: QWidget) -> Iterator[None]:
    """Keeps what has the focus where it is on the screen while parts above it come or go.

    A field that is clicked takes the focus, which commits the one before it; an error that appears
    there would otherwise push the clicked one away below the pointer.
    """
    area, focused = _area_of(part), QApplication.focusWidget()
    inside = None if area is None else area.widget()
    if area is None or inside is None or focused is None or not inside.isAncestorOf(focused):
        yield
        return
    bar = area.verticalScrollBar()
    before, scrolled = _height_of(focused, area), bar.value()
    yield
    if bar.value() != scrolled or not focused.isVisibleTo(inside):  # scrolled on purpose, or gone
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    bar.setValue(bar.value() + _height_of(focused, area) - before)


def _height_of(widget: QWidget, area: QScrollArea) -> int:
    return widget.mapTo(area.viewport(), QPoint()).y()


def _area_of(part: QWidget) -> QScrollArea | None:
    around = part.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around
