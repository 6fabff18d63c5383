"""How late a 16 ms timer of the interface thread comes, which is how late a click would."""

import time

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

from studio.core.arrays import Doubles

PERIOD_MS = 16


class Lateness(QObject):
    """Collects milliseconds of lateness from `begin` to `end`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def begin(self) -> None:
        """Forgets what was and begins."""
        self._late = []
        self._last = time.perf_counter()
        self._timer.start(PERIOD_MS)

    def end(self) -> Doubles:
        """Milliseconds that each tick came late, (ticks,)."""
        self._timer.stop()
        return np.maximum(np.array(self._late, dtype=np.float64), 0.0)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._late.append((now - self._last) * 1000 - PERIOD_MS)
        self._last = now
