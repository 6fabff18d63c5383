"""Drawing areas that leave the mouse wheel to the page, and axes that stay readable."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent

Ticks = list[tuple[float | None, list[float]]]

_ROOM = 24
_ROOM_WITHIN = 3 * _ROOM
_PLAIN = (-4, 5)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """An axis whose logarithmic ticks do not run into each other."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.is_whole = False
        self.enableAutoSIPrefix(enable=False)

    def tickSpacing(  # noqa: N802 - pyqtgraph's name
        self, low: float, high: float, size: float
    ) -> list[tuple[float, float]]:
        """No ticks between whole numbers where there is nothing between them."""
        found: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        if not self.is_whole:
            return found
        return [(by, offset) for by, offset in found if by >= 1] or [(1.0, 0.0)]

    def logTickValues(  # noqa: N802 - pyqtgraph's name
        self, low: float, high: float, size: float, _: Ticks
    ) -> Ticks:
        """Decades, or every few of them; 2 and 5 between them where there is room."""
        decade = size / max(high - low, 1e-9)
        step = max(1, math.ceil(_ROOM / decade))
        first, last = math.floor(low), math.ceil(high)
        ticks: Ticks = [(float(step), [float(each) for each in range(first, last + 1, step)])]
        if decade > _ROOM_WITHIN:
            between = [d + float(np.log10(n)) for d in range(first, last) for n in (2, 5)]
            ticks.append((None, between))
        return [(by, [t for t in at if low <= t <= high]) for by, at in ticks]

    def logTickStrings(  # noqa: N802 - pyqtgraph's name
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        """Plain numbers, or powers of ten where they are very small or large."""
        del scale, spacing
        return [_power(value) for value in values]


class Canvas(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """One plot."""

    def __init__(self) -> None:
        axes = {side: Axis(side) for side in ("bottom", "left")}
        super().__init__(axisItems=axes, enableMenu=False)  # a plot has a menu of ours

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms with Ctrl, and scrolls the page without."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()


class Rows(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Several plots below each other."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zooms with Ctrl, and scrolls the page without."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()


def _power(exponent: float) -> str:
    if _PLAIN[0] <= exponent < _PLAIN[1]:
        return f"{10**exponent:.3g}" if exponent < 0 else f"{10**exponent:,.0f}"
    return "10" + str(round(exponent)).translate(_RAISED)
