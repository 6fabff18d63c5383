"""The session file: a user's work in one crash-safe file."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Self, TypeVar

from studio.core.errors import SessionError
from studio.core.results.events import EpochRecord, RunEvent, RunFinished, RunId, Snapshot
from studio.core.results.final_model import FinalModel
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord, NewComparison, StoredExample
from studio.core.results.study import Study, Trial
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.search_spec import SearchSpec
from studio.core.system.closing import Closing
from studio.sessions.atomic_replace import back_up, replacement
from studio.sessions.backups import backups_beside, keep_backup
from studio.sessions.checks.consistency import checked_history, checked_models
from studio.sessions.checks.limits import time_limit
from studio.sessions.connection import Opened, open_session
from studio.sessions.create import refuse_to_overwrite, write_empty_session
from studio.sessions.errors import damaged, session_errors
from studio.sessions.locking import SessionLock
from studio.sessions.migrations.versions import VERSIONS, Versions
from studio.sessions.rescue import file_identity, rescue
from studio.sessions.tables.add_seeds import add_seeds
from studio.sessions.tables.checkpoint_retention import DEFAULT_BUDGET
from studio.sessions.tables.damage import DamagedValueError, reading
from studio.sessions.tables.dataset_records import read_dataset, update_file_locations
from studio.sessions.tables.final_models import read_final_models, write_final_model
from studio.sessions.tables.insert_comparison import write_comparison
from studio.sessions.tables.notes import Note, read_notes, write_note
from studio.sessions.tables.reading import (
    ComparisonSummary,
    read_examples,
    read_history,
    read_kept_epochs,
    read_last_state,
    read_summaries,
    read_weights,
)
from studio.sessions.tables.reopen_runs import reopen_runs
from studio.sessions.tables.studies import end_study, read_studies, write_study, write_trial
from studio.sessions.tables.write_events import write_events

Result = TypeVar("Result")
_CHECKPOINT_SECONDS = 30.0


class SessionFile(Closing):
    """An open session; made by `create` and `open`, usable from any thread, one call at a time.

    Every method raises SessionError if the file is damaged, the disk is full or the session is
    closed; what was written before stays readable.
    """

    def __init__(self, path: Path, lock: SessionLock, opened: Opened, budget: int) -> None:
        self.path = path
        self.why_read_only = opened.why_read_only
        self._lock = lock
        self._opened = opened
        self._budget = budget
        self._access = threading.RLock()
        self._is_closed = False
        self._identity = file_identity(path)
        self._checkpointed = time.monotonic()

    @classmethod
    def create(
        cls,
        path: Path,
        locks: Path,
        *,
        overwrite: bool = False,
        backup: bool = True,
        budget: int = DEFAULT_BUDGET,
    ) -> Self:
        """Creates a session file and opens it for writing.

        Args:
            path: The file to create.
            locks: The folder of the lock files.
            overwrite: Whether an existing session may be replaced.
            backup: Whether a copy of a replaced session is kept.
            budget: Bytes of weights to keep for each run.

        Raises:
            SessionError: The file exists and may not be replaced, is open in another window, or
                cannot be written.
        """
        with session_errors(path, "created"), SessionLock(path, locks).held():
            refuse_to_overwrite(path, overwrite=overwrite)
            if backup:
                keep_backup(path, backups_beside(locks))
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
        """Opens a session file, read-only if it cannot be written.

        Args:
            path: The file.
            locks: The folder of the lock files.
            read_only: Whether to open it read-only even if it could be written.
            budget: Bytes of weights to keep for each run.
            versions: The current version and the migrations to it.

        Raises:
            SessionError: It is missing, not a session, of a newer version, or damaged; the file
                is left unchanged.
        """
        lock = SessionLock(path, locks)
        try:
            with session_errors(path, "opened"), _guarded(path):
                opened = open_session(path, lock, versions, read_only=read_only)
        except BaseException:
            lock.release()
            raise
        return cls(path, lock, opened, budget)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written; why_read_only holds the reason."""
        return bool(self.why_read_only)

    def close(self) -> None:
        """Closes the file, which is then a single file; may be called twice."""
        with self._access:
            if self._is_closed:
                return
            self._is_closed = True
            with closing(self._opened.db) as db, suppress(sqlite3.Error):
                # With another reader or a full disk the log remains; the next opening merges it.
                db.execute("PRAGMA busy_timeout = 0")
                if not self.read_only:
                    db.execute("PRAGMA journal_mode = DELETE")
            if self._opened.copy is not None:
                self._opened.copy.cleanup()
            self._lock.release()

    def begin(self, new: NewComparison) -> int:
        """Adds a comparison with a waiting run for every contender and seed; returns its id."""
        comparison = self._write(lambda db: write_comparison(db, new))
        self._checkpoint()
        return comparison

    def extend(self, comparison: int, seeds: int, planned: ComparisonSpec | None = None) -> None:
        """Adds waiting runs up to that number of seeds, and interim looks if planned."""
        self._write(lambda db: add_seeds(db, comparison, seeds, planned))

    def reopen_runs(self, comparison: int, spec: ComparisonSpec) -> None:
        """Takes over new limits of training; runs that had reached the old ones wait again."""
        self._write(lambda db: reopen_runs(db, comparison, spec))

    def record(self, comparison: int, events: Sequence[RunEvent]) -> None:
        """Writes events in order, all or none.

        When a run resumes at an epoch, its leftovers from that epoch on are removed. Traces are not
        stored.
        """
        self._write(lambda db: write_events(db, comparison, events, self._budget))
        has_ended = any(isinstance(event, RunFinished) for event in events)
        if has_ended or time.monotonic() - self._checkpointed > _CHECKPOINT_SECONDS:
            self._checkpoint()

    def add_note(
        self, comparison: int, run: RunId | None, text: str, tags: Sequence[str] = ()
    ) -> None:
        """Adds a note to a run, or to the comparison if run is None."""
        self._write(lambda db: write_note(db, comparison, run, text, tags))

    def add_final_model(self, comparison: int, model: FinalModel) -> None:
        """Stores a model trained on all data; one of the same contender and seed is replaced."""
        self._write(lambda db: write_final_model(db, comparison, model))

    def final_models(self, comparison: int) -> tuple[FinalModel, ...]:
        """The models trained on all data, oldest first."""
        return self._read(lambda db: checked_models(read_final_models(db, comparison)))

    def begin_study(self, spec: ComparisonSpec, search: SearchSpec) -> int:
        """Begins a search for settings; returns its number."""
        return self._write(lambda db: write_study(db, spec, search))

    def add_trial(self, study: int, trial: Trial) -> None:
        """Adds a trial that has ended."""
        self._write(lambda db: write_trial(db, study, trial))

    def end_study(self, study: int, comparison: int) -> None:
        """Notes the comparison of the best settings."""
        self._write(lambda db: end_study(db, study, comparison))

    def studies(self) -> tuple[Study, ...]:
        """The searches for settings, oldest first."""
        return self._read(read_studies)

    def relink(self, comparison: int, files: Mapping[str, Path]) -> None:
        """Updates the locations of the dataset's files, by their names within the dataset.

        Raises:
            SessionError: A file differs from the one that the runs were trained on.
        """
        self._write(lambda db: update_file_locations(db, comparison, files))

    def comparisons(self) -> tuple[ComparisonSummary, ...]:
        """All comparisons in the order of their start."""
        return self._read(read_summaries)

    def together(self, read: Callable[["SessionFile"], Result]) -> Result:
        """Several reads with nothing saved between them, such as a best epoch and its weights."""
        with self._access:
            return read(self)

    def history(self, comparison: int) -> ComparisonHistory:
        """A comparison with all measurements so far."""
        return self._read(lambda db: checked_history(read_history(db, comparison)))

    def kept_epochs(self, comparison: int, run: RunId) -> tuple[int, ...]:
        """The epochs of a run whose weights are stored, in order."""
        return self._read(lambda db: read_kept_epochs(db, comparison, run))

    def weights(self, comparison: int, run: RunId, epoch: int) -> bytes:
        """The weights of a stored epoch, safetensors bytes.

        Raises:
            SessionError: They are not stored; the message lists the epochs that are.
        """
        return self._read(lambda db: read_weights(db, comparison, run, epoch))

    def last_state(self, comparison: int, run: RunId) -> tuple[EpochRecord, Snapshot] | None:
        """What a run needs to resume after its last finished epoch, or None before the first."""
        return self._read(lambda db: read_last_state(db, comparison, run))

    def examples(self, comparison: int) -> tuple[StoredExample, ...]:
        """The examples stored in the session, independent of the dataset."""
        return self._read(lambda db: read_examples(db, comparison))

    def dataset(self, comparison: int) -> DatasetRecord:
        """The dataset of a comparison, with its embedded files."""
        return self._read(lambda db: read_dataset(db, comparison))

    def notes(self, comparison: int) -> tuple[Note, ...]:
        """The notes of a comparison, oldest first."""
        return self._read(lambda db: read_notes(db, comparison))

    def save_as(self, path: Path, *, backup: bool = True) -> None:
        """Writes a copy of the session to another file, which is replaced atomically.

        Saving onto itself does nothing.

        Args:
            path: The target.
            backup: Whether a copy of a replaced session is kept.

        Raises:
            SessionError: The target is open in another window, is not a session, or cannot be
                written, or no copy of it can be kept; it is unchanged.
        """
        if path.resolve() == self.path.resolve():
            return
        with (
            self._access,
            session_errors(path, "saved"),
            SessionLock(path, self._lock.folder).held(),
        ):
            refuse_to_overwrite(path, overwrite=True)
            if backup:
                keep_backup(path, backups_beside(self._lock.folder))
            with replacement(path) as new:
                back_up(self._db(), new)

    def continued_in(self, path: Path, *, backup: bool = True) -> Self:
        """The session under another name, open for writing; itself if it already has that name.

        Raises:
            SessionError: As for save_as, or the copy cannot be opened.
        """
        if path.resolve() == self.path.resolve():
            return self
        self.save_as(path, backup=backup)
        return self.open(path, self._lock.folder, budget=self._budget)

    def _db(self) -> sqlite3.Connection:
        if self._is_closed:
            raise SessionError("the session is closed", where=str(self.path))
        return self._opened.db

    def _read(self, read: Callable[[sqlite3.Connection], Result]) -> Result:
        with self._access, session_errors(self.path, "read"):
            db = self._db()
            with _guarded(self.path), time_limit(db, self.path):
                return _in_transaction("BEGIN", db, read)

    def _write(self, write: Callable[[sqlite3.Connection], Result]) -> Result:
        if self.read_only:
            raise SessionError(
                f"the session is read-only: {self.why_read_only}",
                where=str(self.path),
                remedy="Save it under another name",
            )
        with self._access, session_errors(self.path, "saved"):
            result = _in_transaction("BEGIN IMMEDIATE", self._db(), write)
            now = file_identity(self.path)
            if self._identity is None or not self._identity.is_that_of(now):
                raise self._lost()
            self._identity = now
            return result

    def _lost(self) -> SessionError:
        """Saves everything under a new name, as the file is no longer where it was."""
        rescued = rescue(self._db(), self.path)
        if rescued is None:
            return SessionError(
                "the session file was deleted, moved or replaced while it was open, and could not "
                "be saved under another name",
                where=str(self.path),
                remedy="Save the session as another file before closing it",
            )
        return SessionError(
            "the session file was deleted, moved or replaced while it was open; everything so far "
            f"was saved as {rescued}",
            where=str(self.path),
            remedy="Open that file to go on",
        )

    def _checkpoint(self) -> None:
        """Brings the write-ahead log into the file, so that the file alone holds everything."""
        with self._access, suppress(sqlite3.Error):
            self._db().execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._checkpointed = time.monotonic()


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Turns whatever goes wrong with what a stranger stored into the error for damaged sessions."""
    try:
        with reading("content"):
            yield
    except DamagedValueError as error:
        raise damaged(path, str(error).removeprefix("content: ")) from error
    except MemoryError as error:
        raise SessionError(
            "there is not enough memory to read the session",
            where=str(path),
            remedy="Close other programs, or open it on a machine with more memory",
        ) from error


def _in_transaction(
    begin: str, db: sqlite3.Connection, action: Callable[[sqlite3.Connection], Result]
) -> Result:
    """Runs an action within a transaction."""
    db.execute(begin)
    try:
        result = action(db)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    return result
