"""Control of a training comparison; may be called from any thread."""

import threading
from collections.abc import Callable

_POLL_SECONDS = 0.1


class Control:
    """Pause, stop, and the example whose gates are traced after each epoch."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        self.pinned: int | None = None
        """Index of the traced example in the validation set, or in the training set without one."""

    def stop(self) -> None:
        """Ends all runs after the current step; finished epochs are kept."""
        self._stop.set()
        self._may_run.set()

    def pause(self) -> None:
        """Pauses after the current step."""
        self._may_run.clear()

    def proceed(self) -> None:
        """Resumes after a pause."""
        self._may_run.set()

    @property
    def is_stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def is_paused(self) -> bool:
        return not self._may_run.is_set()

    @property
    def interrupts(self) -> bool:
        """Whether the current turn should end now."""
        return self._stop.is_set() or not self._may_run.is_set()

    def wait_while_paused(self, meanwhile: Callable[[], None]) -> None:
        """Returns when the comparison is resumed or stopped; calls `meanwhile` repeatedly."""
        meanwhile()
        while not self._may_run.wait(_POLL_SECONDS):
            meanwhile()
