"""Garbage that holds widgets is collected in the interface thread alone.

Python collects cycles in whichever thread happens to allocate. A cycle that holds a part of the
window would then be destroyed by the thread that trains or reads, which Qt does not allow.
"""

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class GarbageCollection(QObject):
    """Collects cycles while Qt runs; Python's own collection is off from now on.

    Young objects go at the thresholds that Python has. Old ones are looked through only while
    `is_calm` says so, since that takes longer the more objects there are.

    Args:
        parent: Qt's owner.
        is_calm: Whether nothing is drawn that must not be late, such as a training.
    """

    def __init__(self, parent: QObject, is_calm: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._is_calm = is_calm
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(_EVERY_MS)

    def keep(self) -> None:
        """What is there now, such as PyTorch, stays until the end and is never looked through."""
        gc.freeze()

    def end(self) -> None:
        """Leaves collecting to Python again."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        counts = gc.get_count()
        is_full = [count > most for count, most in zip(counts, self._thresholds, strict=True)]
        if is_full[2] and self._is_calm():
            gc.collect(2)
        elif is_full[1]:
            gc.collect(1)
        elif is_full[0]:
            gc.collect(0)
