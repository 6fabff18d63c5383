"""The recorder thread: owns the session file, commits events, then forwards them."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from typing import Any, TypeVar

from studio.core.errors import BusySessionError, SessionError
from studio.core.results.events import ComparisonEnded, Event, RunEvent, SavingDelayed
from studio.runs.execution.compute import fulfil
from studio.sessions import SessionFile

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MOST_IN_ONE_COMMIT = 256
_MOST_WAITING = 2048
_LONGEST_WAIT_AT_CLOSE = 60.0
_LOCKED = "another program has locked the session"


@dataclass(frozen=True)
class _QueuedEvent:
    comparison: int
    event: Event


@dataclass(frozen=True)
class _Question:
    future: Future[Any]
    question: Callable[[], Any]


class Recorder:
    """Writes a session from one thread.

    An event reaches the subscribers only after it was committed. While another program has locked
    the file, it waits and they get a SavingDelayed every few seconds. If a commit fails, none of
    its events are kept or forwarded: the subscribers get a ComparisonEnded with the reason, later
    events of that comparison are dropped until it is resumed, and on_failure is called so that
    training can stop.

    Args:
        open_session: Opens or creates the file; called in the recorder thread.
        on_failure: Called in the recorder thread when saving fails.

    Raises:
        SessionError: The file cannot be opened.
    """

    def __init__(
        self, open_session: Callable[[], SessionFile], on_failure: Callable[[], None]
    ) -> None:
        self._inbox: Queue[_QueuedEvent | _Question | None] = Queue()
        self._room = threading.Semaphore(_MOST_WAITING)  # for events; questions never wait for it
        self._subscribers: list[SimpleQueue[Event]] = []
        self._failed: set[int] = set()
        self._on_failure = on_failure
        self._closing = False
        self._is_closed = False
        self._inbox_lock = threading.Lock()  # nothing is put after the closing item
        self._session: SessionFile
        opened: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._work, args=(open_session, opened), name="recorder"
        )
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._thread.join()
            raise

    def subscribe(self) -> "SimpleQueue[Event]":
        """A new queue that receives every event from now on."""
        queue: SimpleQueue[Event] = SimpleQueue()
        self._subscribers.append(queue)
        return queue

    def put(self, comparison: int, event: Event) -> None:
        """Queues an event; blocks when saving cannot keep up."""
        self._room.acquire()
        if not self._put(_QueuedEvent(comparison, event)):
            self._room.release()

    def accept(self, comparison: int) -> None:
        """Records events of that comparison again after saving it failed."""
        self._put(_Question(Future(), lambda: self._failed.discard(comparison)))

    def ask(self, question: Callable[[SessionFile], T]) -> Future[T]:
        """Reads or writes the session in the recorder thread, after all queued events.

        Never blocks, however much is waiting to be saved.

        Returns:
            The result; a SessionError if the session is closed.
        """
        return self._ask(lambda: question(self._session))

    def move_to(self, path: Path, *, backup: bool = True) -> Future[str]:
        """Continues in a copy of the session under another name, with all later events.

        Returns:
            Why the new file is read-only, or ""; a SessionError if it could not be created, in
            which case recording continues in the old file.
        """
        return self._ask(lambda: self._move(path, backup=backup))

    def close(self) -> None:
        """Commits queued events, closes the file and ends the thread."""
        with self._inbox_lock:
            self._is_closed = True
            self._inbox.put(None)
        self._thread.join()

    def _ask(self, question: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        if not self._put(_Question(future, question)):
            future.set_exception(SessionError("the session is closed"))
        return future

    def _put(self, item: _QueuedEvent | _Question) -> bool:
        """Whether the item was accepted: after closing it is not."""
        with self._inbox_lock:
            if not self._is_closed:
                self._inbox.put(item)
            return not self._is_closed

    def _work(self, open_session: Callable[[], SessionFile], opened: Future[None]) -> None:
        def open_now() -> None:
            self._session = open_session()

        fulfil(opened, open_now)
        if opened.exception() is None:
            try:
                self._serve()
            finally:
                self._session.close()
                self._room.release(_MOST_WAITING)  # whoever waits for room is told that it closed

    def _serve(self) -> None:
        while (item := self._inbox.get()) is not None:
            events: list[_QueuedEvent] = []
            for queued in (item, *self._waiting()):
                if isinstance(queued, _QueuedEvent):
                    self._room.release()
                    events.append(queued)
                else:
                    self._record(events)
                    events = []
                    fulfil(queued.future, queued.question)
            self._record(events)
            if self._closing:
                return

    def _move(self, path: Path, *, backup: bool) -> str:
        previous = self._session
        self._session = previous.continued_in(path, backup=backup)
        if self._session is not previous:
            previous.close()
        return self._session.why_read_only

    def _waiting(self) -> Iterator[_QueuedEvent | _Question]:
        """The rest of the inbox, to be committed together."""
        for _ in range(_MOST_IN_ONE_COMMIT):
            try:
                item = self._inbox.get_nowait()
            except Empty:
                return
            if item is None:
                self._closing = True
                return
            yield item

    def _record(self, queued: Sequence[_QueuedEvent]) -> None:
        for comparison in dict.fromkeys(item.comparison for item in queued):
            events = [item.event for item in queued if item.comparison == comparison]
            if comparison not in self._failed:
                self._record_comparison(comparison, events)

    def _record_comparison(self, comparison: int, events: list[Event]) -> None:
        to_save = [
            event for event in events if not isinstance(event, ComparisonEnded | SavingDelayed)
        ]
        try:
            if to_save:
                self._save(comparison, to_save)
        except Exception as error:  # noqa: BLE001 - reported; questions are still answered
            self._failed.add(comparison)
            self._on_failure()
            events = [ComparisonEnded("failed", _reason(error))]
        self._publish(events)

    def _save(self, comparison: int, events: Sequence[RunEvent]) -> None:
        """Saves events; waits while another program has locked the file, and says so."""
        began, is_delayed = time.monotonic(), False
        while True:
            try:
                self._session.record(comparison, events)
            except BusySessionError:
                if self._is_closed and time.monotonic() - began > _LONGEST_WAIT_AT_CLOSE:
                    raise
                is_delayed = True
                self._publish([SavingDelayed(_LOCKED)])
            else:
                break
        if is_delayed:
            self._publish([SavingDelayed("")])

    def _publish(self, events: Sequence[Event]) -> None:
        for event in events:
            for queue in self._subscribers:
                queue.put(event)


def _reason(error: Exception) -> str:
    if isinstance(error, SessionError):
        return str(error)
    _log.error("saving failed with an internal error", exc_info=error)
    return f"internal error: {error!r}"
