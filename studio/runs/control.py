"""What a user can do to a comparison while it trains; safe to call from any thread."""

import threading
from collections.abc import Callable

_LOOK_SECONDS = 0.1


class Control:
    """Pause, stop, and which example's gates are traced after each epoch."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        self.pinned: int | None = None
        """Number of the validation example (training without one) whose gates are traced."""

    def stop(self) -> None:
        """Ends all runs after the step under way; finished epochs are kept."""
        self._stop.set()
        self._may_run.set()

    def pause(self) -> None:
        """Ends the turn after the step under way and waits."""
        self._may_run.clear()

    def proceed(self) -> None:
        """Goes on after a pause."""
        self._may_run.set()

    @property
    def is_stopped(self) -> bool:
        """Whether stop was called."""
        return self._stop.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether pause was called and proceed not yet."""
        return not self._may_run.is_set()

    @property
    def interrupts(self) -> bool:
        """Whether the turn under way should end now."""
        return self._stop.is_set() or not self._may_run.is_set()

    def wait_while_paused(self, meanwhile: Callable[[], None]) -> None:
        """Returns when the comparison may go on or was stopped; calls `meanwhile` now and then."""
        meanwhile()
        while not self._may_run.wait(_LOOK_SECONDS):
            meanwhile()
