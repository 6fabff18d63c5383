"""A full check of a session file, and its recovery into a new one; the file is never altered."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from studio.core.errors import DamagedSessionError, SessionError
from studio.sessions.atomic_replace import back_up, replacement
from studio.sessions.backups import backups_beside, keep_backup
from studio.sessions.create import refuse_to_overwrite
from studio.sessions.errors import session_errors
from studio.sessions.file import SessionFile
from studio.sessions.header import read_header
from studio.sessions.locking import SessionLock
from studio.sessions.migrations.versions import VERSIONS, format_version
from studio.sessions.recovery.findings import SessionFindings
from studio.sessions.recovery.repair import repair
from studio.sessions.recovery.salvage import salvage
from studio.sessions.schema import APPLICATION_ID, CURRENT_VERSION

_BESIDE = ("-journal", "-wal")
_NOT_OURS = frozenset({"is not a Gate Studio session", "is a database of another program"})


def examine(path: Path, locks: Path) -> SessionFindings:
    """Checks a session in full: the file, its schema, and every row with the real readers.

    Args:
        path: The session; it is not altered.
        locks: The folder of the lock files.

    Raises:
        SessionError: It is missing, not a session, of a newer version, or there is no room for a
            copy to work on.
    """
    with _recovered(path, locks) as (_, findings):
        return findings


def recover(
    path: Path, target: Path, locks: Path, *, overwrite: bool = False, backup: bool = True
) -> SessionFindings:
    """The same; saves all that can be read as a valid session under another name.

    Args:
        path: The session; it is not altered.
        target: The new file, written in full or not at all.
        locks: The folder of the lock files.
        overwrite: Whether an existing session may be replaced.
        backup: Whether a copy of a replaced session is kept.

    Raises:
        SessionError: As above; or nothing can be read, or the new file cannot be written.
    """
    if target.resolve() == path.resolve():
        raise SessionError(
            "is the damaged file itself", where=str(target), remedy="Choose another name"
        )
    refuse_to_overwrite(target, overwrite=overwrite)
    with _recovered(path, locks) as (new, findings):
        if not findings.can_be_recovered:
            raise SessionError(
                "no comparison in the session can be read, so there is nothing to save",
                where=str(path),
                remedy="File > Restore in the window brings back an earlier copy, if there is one",
            )
        with session_errors(target, "saved"), SessionLock(target, locks).held():
            if backup:
                findings.backup = keep_backup(target, backups_beside(locks))
            with replacement(target) as part, closing(sqlite3.connect(new)) as db:
                back_up(db, part)
    findings.recovered = target
    return findings


@contextmanager
def _recovered(path: Path, locks: Path) -> Iterator[tuple[Path, SessionFindings]]:
    """A new session in a temporary folder with all that can be read, and what was found."""
    version, problem = _version(path)
    findings = SessionFindings(path, format_version(version))
    findings.problems += [problem] if problem else []
    with (
        session_errors(path, "checked"),
        tempfile.TemporaryDirectory(prefix="gate-studio-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        new = folder / "recovered.gates"
        source = _copy_to_read(path, locks, folder)
        known = salvage(source, version, new, findings)
        _bring_up_to_date(new, known, findings)
        if problem and not findings.can_be_recovered:
            raise SessionError(
                "is not a Gate Studio session, and no part of it is one",
                where=str(path),
                remedy="Choose a file that Gate Studio saved",
            )
        if findings.can_be_recovered:
            _read_back(new, folder)
        yield new, findings


def _version(path: Path) -> tuple[int, str]:
    """The version of the tables, and what is wrong with the header; 0 where it is lost.

    Raises:
        SessionError: The file is missing, empty, another program's, or of a newer version.
    """
    try:
        header = read_header(path, open_here=False)
    except DamagedSessionError:
        return CURRENT_VERSION, "The file ends within its header"
    except SessionError as error:
        if error.what not in _NOT_OURS:
            raise
        return CURRENT_VERSION, "The header of the file is damaged"
    VERSIONS.refuse_newer(header, path)
    return header.version, ""


def _copy_to_read(path: Path, locks: Path, folder: Path) -> Path:
    """The file itself where it stands alone, else a copy with all that was committed.

    Another process that writes to it, a log, and a journal that was left make a copy necessary.
    """
    lock = SessionLock(path, locks)
    copy = folder / "copy.gates"
    if not lock.acquire():
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            back_up(db, copy)
        return copy
    try:
        beside = [path.with_name(f"{path.name}{suffix}") for suffix in _BESIDE]
        if not any(file.exists() and file.stat().st_size for file in beside):
            return path
        shutil.copyfile(path, copy)
        for suffix, file in zip(_BESIDE, beside, strict=True):
            if file.exists():
                shutil.copyfile(file, copy.with_name(f"{copy.name}{suffix}"))
    finally:
        lock.release()
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(copy, isolation_level=None)) as db,
    ):
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # rolls a journal back
        db.execute("PRAGMA journal_mode = DELETE")  # merges a log
    return copy


def _bring_up_to_date(new: Path, version: int, findings: SessionFindings) -> None:
    """Migrates the rows and makes a valid session of them."""
    with closing(sqlite3.connect(new, isolation_level=None)) as db:
        db.execute("BEGIN")
        for migration in VERSIONS.migrations_from(version, new):
            migration.apply(db)
        repair(db, findings)
        db.execute("COMMIT")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {CURRENT_VERSION}")


def _read_back(new: Path, folder: Path) -> None:
    """What was recovered opens and is read like any session."""
    with SessionFile.open(new, folder / "locks", read_only=True) as session:
        for comparison in session.comparisons():
            history = session.history(comparison.id)
            for contender in history.contenders:
                for run in contender.runs:
                    session.last_state(comparison.id, run.run)
            session.examples(comparison.id)
            session.dataset(comparison.id)
            session.notes(comparison.id)
