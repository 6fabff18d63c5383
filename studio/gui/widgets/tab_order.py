"""The order in which Tab visits a page: as it is read, also where parts were made later."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLayout, QWidget


def tab_stops(root: QWidget) -> list[QWidget]:
    """What Tab can reach within a widget, in the order of its layouts."""
    return [
        widget for widget in _in_reading_order(root) if widget.isVisible() and _can_focus(widget)
    ]


def neighbour(stops: list[QWidget], focused: QWidget | None, *, forward: bool) -> QWidget | None:
    """The stop after or before the one that has the focus; None at the end.

    Where none of the stops has it, that is the first or the last.
    """
    index = next(
        (n for n, stop in enumerate(stops) if focused is not None and _holds(stop, focused)), None
    )
    if index is None:
        return next(iter(stops if forward else reversed(stops)), None)
    index += 1 if forward else -1
    return stops[index] if 0 <= index < len(stops) else None


def _holds(stop: QWidget, focused: QWidget) -> bool:
    return stop is focused or stop.isAncestorOf(focused)


def _can_focus(widget: QWidget) -> bool:
    if not widget.isEnabled():
        return False
    if isinstance(widget, QAbstractButton) and widget.group() is not None:
        return widget.isChecked() or widget.group().checkedButton() is None
    return True


def _in_reading_order(widget: QWidget) -> Iterator[QWidget]:
    is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    if is_stop and widget.focusProxy() is None:
        yield widget
    elif (layout := widget.layout()) is not None:
        yield from _in_layout(layout)


def _in_layout(layout: QLayout) -> Iterator[QWidget]:
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from _in_reading_order(widget)
        elif inner is not None:
            yield from _in_layout(inner)
