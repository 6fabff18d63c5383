"""Takes events from the recorder's queue into the interface thread, no faster than it can draw."""

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

from studio.core.results.events import Event

FASTEST_MS = 100
SLOWEST_MS = 1000
UNSEEN_MS = 1000
"""The pause while all windows are minimised."""
BUDGET = 0.02
"""Share of a core. On two cores a share of the interface costs training about twice as much: both
threads of a step wait for the one that was interrupted."""
_MOST_AT_ONCE = 2000


class EventPump(QObject):
    """Drains a queue at most ten times a second and spends at most a share of one core on it.

    What the receivers of `pumped` take is measured; the longer they took, the longer the pump
    waits, so that plots do not slow the training that they show. While nothing can be seen it
    drains once a second.

    Signals:
        pumped: A list of events, never empty.
    """

    pumped = Signal(list)

    def __init__(self, parent: QObject, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._queue: SimpleQueue[Event] | None = None
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._pump)

    def connect_to(self, queue: "SimpleQueue[Event]") -> None:
        """Listens to a queue, and to no other any more."""
        self._queue = queue
        self._timer.start(FASTEST_MS)

    def disconnect_from_queue(self) -> None:
        """Listens to nothing."""
        self._queue = None
        self._timer.stop()

    def _pump(self) -> None:
        events = self._drain()
        started = self._clock()
        if events:
            self.pumped.emit(events)
        if self._queue is not None:
            pause = pause_after(self._clock() - started)
            self._timer.start(max(pause, UNSEEN_MS) if is_unseen() else pause)

    def _drain(self) -> list[Event]:
        events: list[Event] = []
        while self._queue is not None and len(events) < _MOST_AT_ONCE:
            try:
                events.append(self._queue.get_nowait())
            except Empty:
                break
        return events


def is_unseen() -> bool:
    """Whether the program has windows, and all of them are minimised."""
    shown = [window for window in QGuiApplication.topLevelWindows() if window.isVisible()]
    return bool(shown) and all(_is_minimised(window) for window in shown)


def _is_minimised(window: QWindow) -> bool:
    return bool(window.windowStates() & Qt.WindowState.WindowMinimized)


def pause_after(seconds: float) -> int:
    """Milliseconds to wait after work that took so long, to keep within the budget."""
    return int(min(SLOWEST_MS, max(FASTEST_MS, 1000 * seconds / BUDGET)))
