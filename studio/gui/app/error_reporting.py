"""Logs and shows errors raised in what Qt calls, and keeps the window alive."""

import logging
import sys
from types import TracebackType

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.message_boxes import show_problem

_log = logging.getLogger(__name__)


class ErrorReporting(QObject):
    """Takes what Python would print of an uncaught error.

    Args:
        window: The message stands before it; as many errors as come at once are told as one.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before = sys.excepthook
        self._first: BaseException | None = None
        sys.excepthook = self._take

    def end(self) -> None:
        """Leaves errors to whoever took them before."""
        sys.excepthook = self._before

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if not issubclass(kind, Exception):
            self._before(kind, error, trace)
            return
        _log.error("uncaught error in a Qt callback", exc_info=(kind, error, trace))
        if self._first is None:
            self._first = error
            QTimer.singleShot(0, self, self._tell)

    def _tell(self) -> None:
        if self._first is not None:
            show_problem(self._window, "Something went wrong", self._first)
        self._first = None
