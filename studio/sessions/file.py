"""The session file: everything of a user's work in one file that survives any crash."""

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Self, TypeVar

from studio.core.closing import Closing
from studio.core.errors import SessionError
from studio.core.events import EpochRecord, RunEvent, RunId, Snapshot
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord, KeptExample, NewComparison
from studio.core.spec import ComparisonSpec
from studio.sessions.beginning import write_comparison
from studio.sessions.creating import refuse_to_lose, write_empty_session
from studio.sessions.datasets import read_dataset, write_places
from studio.sessions.extending import write_seeds
from studio.sessions.keeping import DEFAULT_BUDGET
from studio.sessions.locking import SessionLock
from studio.sessions.notes import Note, read_notes, write_note
from studio.sessions.opening import Opened, open_session
from studio.sessions.problems import damaged, told
from studio.sessions.reading import (
    ComparisonSummary,
    read_examples,
    read_history,
    read_kept_epochs,
    read_last_state,
    read_summaries,
    read_weights,
)
from studio.sessions.replacing import back_up, replacement
from studio.sessions.versions import VERSIONS, Versions
from studio.sessions.writing import write_events

Answer = TypeVar("Answer")


class SessionFile(Closing):
    """An open session; made by `create` and `open`, usable from any thread, one call at a time.

    Every method raises SessionError where the file is damaged, the disk is full or the session
    is closed, and what was written before stays readable.
    """

    def __init__(self, path: Path, lock: SessionLock, opened: Opened, budget: int) -> None:
        self.path = path
        self.why_read_only = opened.why_read_only
        self._lock = lock
        self._opened = opened
        self._budget = budget
        self._turn = threading.RLock()
        self._is_closed = False

    @classmethod
    def create(
        cls, path: Path, locks: Path, *, overwrite: bool = False, budget: int = DEFAULT_BUDGET
    ) -> Self:
        """Makes a new session file and opens it for writing.

        Args:
            path: The file to make.
            locks: The folder of the lock files.
            overwrite: Whether a session that is there may be replaced.
            budget: Bytes of weights to keep for each run.

        Raises:
            SessionError: The file exists and may not be replaced, is open in another window, or
                cannot be written.
        """
        with told(path, "created"), SessionLock(path, locks).held():
            refuse_to_lose(path, overwrite=overwrite)
            with replacement(path) as new:
                write_empty_session(new)
        return cls.open(path, locks, budget=budget)

    @classmethod
    def open(
        cls,
        path: Path,
        locks: Path,
        *,
        read_only: bool = False,
        budget: int = DEFAULT_BUDGET,
        versions: Versions = VERSIONS,
    ) -> Self:
        """Opens a session file; for reading only where it cannot be written.

        Args:
            path: The file.
            locks: The folder of the lock files.
            read_only: Whether to open it for reading even where it could be written.
            budget: Bytes of weights to keep for each run.
            versions: The version that is current, and the ways to it.

        Raises:
            SessionError: It is missing, not a session, of a newer version, or damaged; the file
                is left as it is.
        """
        lock = SessionLock(path, locks)
        try:
            with told(path, "opened"):
                opened = open_session(path, lock, versions, read_only=read_only)
        except BaseException:
            lock.give_back()
            raise
        return cls(path, lock, opened, budget)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written; why_read_only says why."""
        return bool(self.why_read_only)

    def close(self) -> None:
        """Closes the file, which is then one single file; closing twice is harmless."""
        with self._turn:
            if self._is_closed:
                return
            self._is_closed = True
            with closing(self._opened.db) as db, suppress(sqlite3.Error):
                # A reader elsewhere or a full disk keep the log; the next opening takes it in.
                db.execute("PRAGMA busy_timeout = 0")
                if not self.read_only:
                    db.execute("PRAGMA journal_mode = DELETE")
            if self._opened.copy is not None:
                self._opened.copy.cleanup()
            self._lock.give_back()

    def begin(self, new: NewComparison) -> int:
        """Adds a comparison with a waiting run for every contender and seed; returns its id."""
        return self._write(lambda db: write_comparison(db, new))

    def extend(self, comparison: int, seeds: int, planned: ComparisonSpec | None = None) -> None:
        """Adds waiting runs to a comparison, up to that number of seeds, and looks if planned."""
        self._write(lambda db: write_seeds(db, comparison, seeds, planned))

    def record(self, comparison: int, events: Sequence[RunEvent]) -> None:
        """Writes events in order, all of them or none.

        When a run goes on from an epoch, what it left behind from that epoch on is removed. Traces
        are not stored.
        """
        self._write(lambda db: write_events(db, comparison, events, self._budget))

    def add_note(
        self, comparison: int, run: RunId | None, text: str, tags: Sequence[str] = ()
    ) -> None:
        """Adds a note to a run, or to the whole comparison where run is None."""
        self._write(lambda db: write_note(db, comparison, run, text, tags))

    def relink(self, comparison: int, files: Mapping[str, Path]) -> None:
        """Notes where the dataset's files have moved to, by their names within the dataset.

        Raises:
            SessionError: A file has another content than the one that the runs were trained on.
        """
        self._write(lambda db: write_places(db, comparison, files))

    def comparisons(self) -> tuple[ComparisonSummary, ...]:
        """All comparisons in the order in which they began."""
        return self._read(read_summaries)

    def history(self, comparison: int) -> ComparisonHistory:
        """A comparison with all that was measured so far."""
        return self._read(lambda db: read_history(db, comparison))

    def kept_epochs(self, comparison: int, run: RunId) -> tuple[int, ...]:
        """The epochs of a run whose weights are kept, in order."""
        return self._read(lambda db: read_kept_epochs(db, comparison, run))

    def weights(self, comparison: int, run: RunId, epoch: int) -> bytes:
        """The weights of a kept epoch, safetensors bytes.

        Raises:
            SessionError: They are not kept; the message names the epochs that are.
        """
        return self._read(lambda db: read_weights(db, comparison, run, epoch))

    def last_state(self, comparison: int, run: RunId) -> tuple[EpochRecord, Snapshot] | None:
        """What a run needs to go on after its last finished epoch, or None before the first."""
        return self._read(lambda db: read_last_state(db, comparison, run))

    def examples(self, comparison: int) -> tuple[KeptExample, ...]:
        """The examples that stay in the session whatever happens to the dataset."""
        return self._read(lambda db: read_examples(db, comparison))

    def dataset(self, comparison: int) -> DatasetRecord:
        """The dataset of a comparison, with what of it is embedded."""
        return self._read(lambda db: read_dataset(db, comparison))

    def notes(self, comparison: int) -> tuple[Note, ...]:
        """The notes of a comparison, the oldest first."""
        return self._read(lambda db: read_notes(db, comparison))

    def save_as(self, path: Path) -> None:
        """Writes a copy of the session to another file, which is replaced whole or not at all.

        Saving onto itself does nothing.

        Raises:
            SessionError: The target is open in another window, is no session, or cannot be
                written; it is as it was.
        """
        if path.resolve() == self.path.resolve():
            return
        with self._turn, told(path, "saved"), SessionLock(path, self._lock.folder).held():
            refuse_to_lose(path, overwrite=True)
            with replacement(path) as new:
                back_up(self._db(), new)

    def continued_in(self, path: Path) -> Self:
        """The same session under another name, open for writing; itself where that is its name.

        Raises:
            SessionError: As save_as; or the copy cannot be opened.
        """
        if path.resolve() == self.path.resolve():
            return self
        self.save_as(path)
        return self.open(path, self._lock.folder, budget=self._budget)

    def _db(self) -> sqlite3.Connection:
        if self._is_closed:
            raise SessionError("the session is closed", where=str(self.path))
        return self._opened.db

    def _read(self, read: Callable[[sqlite3.Connection], Answer]) -> Answer:
        with self._turn, told(self.path, "read"):
            try:
                return _within("BEGIN", self._db(), read)
            except (ValueError, TypeError) as error:  # columns that are not what we write
                raise damaged(self.path, str(error).splitlines()[0]) from error

    def _write(self, write: Callable[[sqlite3.Connection], Answer]) -> Answer:
        if self.read_only:
            raise SessionError(
                f"the session cannot be changed: {self.why_read_only}",
                where=str(self.path),
                remedy="Save it under another name",
            )
        with self._turn, told(self.path, "saved"):
            return _within("BEGIN IMMEDIATE", self._db(), write)


def _within(
    begin: str, db: sqlite3.Connection, do: Callable[[sqlite3.Connection], Answer]
) -> Answer:
    """Does something within a transaction, which counts whole or not at all."""
    db.execute(begin)
    try:
        answer = do(db)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    return answer
