"""The recorder thread: owns the session file, commits what happens, then tells the others."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from typing import Any, TypeVar

from studio.core.errors import SessionError
from studio.core.events import ComparisonEnded, Event
from studio.runs.compute import fulfil
from studio.sessions import SessionFile

T = TypeVar("T")
_log = logging.getLogger(__name__)
_MOST_IN_ONE_COMMIT = 256
_MOST_WAITING = 2048


@dataclass(frozen=True)
class _Happened:
    comparison: int
    event: Event


@dataclass(frozen=True)
class _Asked:
    future: Future[Any]
    question: Callable[[], Any]


class Recorder:
    """Writes a session from one thread.

    An event reaches the subscribers only after it was committed. If a commit fails, nothing of it
    is kept or passed on: the subscribers get a ComparisonEnded that says why, later events of
    that comparison are dropped until it is gone on with, and on_failure is called so that training
    can stop.

    Args:
        open_session: Opens or creates the file; called in the recorder thread.
        on_failure: Called in the recorder thread when saving failed.

    Raises:
        SessionError: The file cannot be opened.
    """

    def __init__(
        self, open_session: Callable[[], SessionFile], on_failure: Callable[[], None]
    ) -> None:
        self._inbox: Queue[_Happened | _Asked | None] = Queue(_MOST_WAITING)
        self._subscribers: list[SimpleQueue[Event]] = []
        self._failed: set[int] = set()
        self._on_failure = on_failure
        self._closing = False
        self._is_closed = False
        self._at_the_door = threading.Lock()  # nothing is put behind the item that closes
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
        """A queue of its own that gets every event from now on."""
        queue: SimpleQueue[Event] = SimpleQueue()
        self._subscribers.append(queue)
        return queue

    def put(self, comparison: int, event: Event) -> None:
        """Hands over an event; waits when saving cannot keep up."""
        self._put(_Happened(comparison, event))

    def go_on_with(self, comparison: int) -> None:
        """Records what is put from now on, though saving that comparison failed before."""
        self._put(_Asked(Future(), lambda: self._failed.discard(comparison)))

    def ask(self, question: Callable[[SessionFile], T]) -> Future[T]:
        """Reads or writes the session in the recorder thread, after what was put before.

        Returns:
            The answer; with a SessionError where the session is closed.
        """
        return self._ask(lambda: question(self._session))

    def move_to(self, path: Path) -> Future[str]:
        """Goes on in a copy of the session under another name; what is put later goes there.

        Returns:
            Why the new file cannot be written to, or ""; with a SessionError where it could not
            be made, after which everything goes on in the old one.
        """
        return self._ask(lambda: self._move(path))

    def close(self) -> None:
        """Commits what was put, closes the file and ends the thread."""
        with self._at_the_door:
            self._is_closed = True
            self._inbox.put(None)
        self._thread.join()

    def _ask(self, question: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        if not self._put(_Asked(future, question)):
            future.set_exception(SessionError("the session is closed"))
        return future

    def _put(self, item: _Happened | _Asked) -> bool:
        """Whether it will be served: what comes after the end is not."""
        with self._at_the_door:
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

    def _serve(self) -> None:
        while (item := self._inbox.get()) is not None:
            happened: list[_Happened] = []
            for each in (item, *self._waiting()):
                if isinstance(each, _Happened):
                    happened.append(each)
                else:
                    self._record(happened)
                    happened = []
                    fulfil(each.future, each.question)
            self._record(happened)
            if self._closing:
                return

    def _move(self, path: Path) -> str:
        before = self._session
        self._session = before.continued_in(path)
        if self._session is not before:
            before.close()
        return self._session.why_read_only

    def _waiting(self) -> Iterator[_Happened | _Asked]:
        """What else is in the inbox, so that one commit serves for all of it."""
        for _ in range(_MOST_IN_ONE_COMMIT):
            try:
                item = self._inbox.get_nowait()
            except Empty:
                return
            if item is None:
                self._closing = True
                return
            yield item

    def _record(self, happened: Sequence[_Happened]) -> None:
        for comparison in dict.fromkeys(each.comparison for each in happened):
            events = [each.event for each in happened if each.comparison == comparison]
            if comparison not in self._failed:
                self._record_comparison(comparison, events)

    def _record_comparison(self, comparison: int, events: list[Event]) -> None:
        to_save = [event for event in events if not isinstance(event, ComparisonEnded)]
        try:
            if to_save:
                self._session.record(comparison, to_save)
        except Exception as error:  # noqa: BLE001 - whoever waits for an answer still gets it
            self._failed.add(comparison)
            self._on_failure()
            events = [ComparisonEnded("failed", _told(error))]
        for event in events:
            for queue in self._subscribers:
                queue.put(event)


def _told(error: Exception) -> str:
    if isinstance(error, SessionError):
        return str(error)
    _log.error("saving ended by an error of the program", exc_info=error)
    return f"the program made an error: {error!r}"
