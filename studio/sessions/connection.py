"""Connects to a session file: checks first, then SQLite, never the other way round."""

import os
import re
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import BackupError
from studio.sessions.backups import backups_beside, keep_backup
from studio.sessions.checks.limits import bound, time_limit
from studio.sessions.checks.schema_check import check_schema
from studio.sessions.errors import damaged, session_errors
from studio.sessions.header import Header, read_header
from studio.sessions.locking import SessionLock
from studio.sessions.migrations.versions import Versions, migrate, migrate_copy

_CHECKED_IN_FULL = 32_000_000  # bytes; larger files are checked where they are read
_BUSY_SECONDS = 5.0


@dataclass(frozen=True)
class Opened:
    """A connection to a session.

    Attributes:
        db: The connection, usable from any thread, one at a time.
        why_read_only: Why it is read-only, or "".
        copy: The folder of a migrated copy that is read instead of the file, or None.
    """

    db: sqlite3.Connection
    why_read_only: str
    copy: tempfile.TemporaryDirectory[str] | None = None


def open_session(path: Path, lock: SessionLock, versions: Versions, *, read_only: bool) -> Opened:
    """Opens a session file for writing, or read-only where writing is not possible.

    Raises:
        SessionError: It is not a session, of a newer version, or damaged.
    """
    why = "opened read-only" if read_only else _why_not_writable(path, lock)
    header = read_header(path, open_here=lock.holder == os.getpid() and bool(why))
    versions.refuse_newer(header, path)
    _roll_back(path)
    _check(path, header)
    if why:
        return _open_for_reading(path, header, versions, why)
    if header.version < versions.current:
        versions.migrations_from(header.version, path)  # or it is refused
        try:
            keep_backup(path, backups_beside(lock.folder))
        except BackupError as error:
            why = f"it is of an earlier version, and {error.what}"
            return _open_for_reading(path, header, versions, why)
        migrate(path, header.version, versions)
    return Opened(_open_for_writing(path), "")


def _roll_back(path: Path) -> None:
    """Takes back what a killed process had half written, which reading alone cannot do.

    Only a journal that no process holds is rolled back; SQLite checks that itself.
    """
    journal = path.with_name(f"{path.name}-journal")
    if not journal.exists() or not os.access(path, os.W_OK):
        return
    with suppress(sqlite3.Error), closing(_connect(f"{path.resolve().as_uri()}?mode=rw")) as db:
        db.execute("PRAGMA busy_timeout = 0")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _why_not_writable(path: Path, lock: SessionLock) -> str:
    if path.is_file() and not os.access(path, os.W_OK):
        return "the file is read-only"
    if path.is_file() and not os.access(path.parent, os.W_OK):
        return "its folder is read-only"
    try:
        return "" if lock.acquire() else lock.taken_by
    except OSError as error:
        return f"it could not be locked: {error.strerror}"


def _open_for_writing(path: Path) -> sqlite3.Connection:
    with session_errors(path, "opened"):
        db = _connect(f"{path.resolve().as_uri()}?mode=rw")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # what was shown survives a power cut
        db.execute("PRAGMA foreign_keys = ON")
        return db


def _open_for_reading(path: Path, header: Header, versions: Versions, why: str) -> Opened:
    uri, missing = _reading_uri(path, header)
    if header.version >= versions.current:
        with session_errors(path, "opened"):
            return Opened(_connect(uri), why + missing)
    migrations = versions.migrations_from(header.version, path)
    folder = tempfile.TemporaryDirectory(prefix="gate-studio-", ignore_cleanup_errors=True)
    copy = Path(folder.name) / path.name
    with session_errors(path, "brought to the current version"):
        migrate_copy(uri, copy, migrations)
        return Opened(_connect(f"{copy.as_uri()}?mode=ro"), why + missing, folder)


def _reading_uri(path: Path, header: Header) -> tuple[str, str]:
    """SQLite cannot read a log without writing beside it, so such a file is read without it."""
    uri = path.resolve().as_uri()
    if not header.wal or os.access(path.parent, os.W_OK):
        return f"{uri}?mode=ro", ""
    log = path.with_name(f"{path.name}-wal")
    lost = log.exists() and log.stat().st_size
    return (
        f"{uri}?mode=ro&immutable=1",
        "; changes since it was last closed are not shown" if lost else "",
    )


def _connect(uri: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
    )
    bound(db)
    return db


def _check(path: Path, header: Header) -> None:
    """The schema comes first: a check of the content evaluates what a schema says."""
    uri, _ = _reading_uri(path, header)
    with session_errors(path, "opened"), closing(_connect(uri)) as db, time_limit(db, path):
        check_schema(db, path, header.version)
        if path.stat().st_size > _CHECKED_IN_FULL:
            return
        (answer,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise damaged(path, _in_words(str(answer).splitlines()[-1]))


def _in_words(finding: str) -> str:
    """A finding of SQLite without its internal names."""
    page = re.search(r"\bpage (\d+)", finding, re.IGNORECASE)
    return f"page {page[1]} cannot be read" if page else finding
