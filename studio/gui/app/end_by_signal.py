"""Ends the window in order when the system, or the terminal that it was started from, asks."""

import logging
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_STATUS = 128
"""Added to the number of a signal, as shells do."""

_log = logging.getLogger(__name__)


class EndBySignal(QObject):
    """Calls `end` in the interface thread, once, when a signal asks the program to end.

    Attributes:
        status: The exit status because of the signal, or 0.

    Args:
        end: Closes the window without a question.
        parent: Qt's owner.
    """

    def __init__(self, end: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._end = end
        self.status = 0
        # Python runs handlers only between its own instructions, and Qt waits outside of them:
        # what wakes Qt is a byte that Python writes when the signal comes
        self._reader, self._writer = socket.socketpair()
        for each in (self._reader, self._writer):
            each.settimeout(0)  # never waits
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for name in _NAMES:
            if hasattr(signal, name):  # Windows has no SIGHUP
                signal.signal(getattr(signal, name), self._note)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def release(self) -> None:
        """Gives the signals back, when the window has ended."""
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _note(self, number: int, _: FrameType | None) -> None:
        if not self.status:
            self.status = _STATUS + number

    def _woken(self) -> None:
        self._reader.recv(64)
        if not self.status:
            return
        self._notifier.setEnabled(False)
        name = signal.Signals(self.status - _STATUS).name
        _log.warning("ended by %s", name)
        print(  # noqa: T201 - the terminal that it was started from
            f"Gate Studio was ended by {name}. Training was stopped; what was trained is saved.",
            file=sys.stderr,
            flush=True,
        )
        self._end()
