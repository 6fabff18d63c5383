"""Results of other threads, delivered in the interface thread."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


class FutureDelivery(QObject):
    """Calls back in the interface thread when a future is done.

    Args:
        parent: Qt's owner; nothing is delivered after it has gone.
        connection: How callbacks are called.
    """

    _arrived = Signal(object)

    def __init__(
        self,
        parent: QObject,
        connection: Qt.ConnectionType = Qt.ConnectionType.QueuedConnection,
    ) -> None:
        super().__init__(parent)
        self._is_over = False
        self._arrived.connect(self._call, connection)

    def end(self) -> None:
        """Delivers nothing any more, also of what is on its way."""
        self._is_over = True

    def when_done(
        self,
        future: "Future[T]",
        succeeded: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Hands on the result or the error; a cancelled future delivers nothing."""

        def arrived(done: "Future[T]") -> None:
            if done.cancelled():
                return
            error = done.exception()
            if error is None:
                self._arrived.emit(lambda: succeeded(done.result()))
            else:
                self._arrived.emit(lambda: failed(error))

        future.add_done_callback(arrived)

    def _call(self, callback: Any) -> None:  # noqa: ANN401 - a Signal(object)
        if not self._is_over:
            callback()
