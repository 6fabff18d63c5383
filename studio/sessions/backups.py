"""Dated copies of sessions, made before a file is migrated or replaced (ADR 61)."""

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from studio.core.errors import BackupError
from studio.sessions.atomic_replace import back_up, replacement
from studio.sessions.create import refuse_to_overwrite
from studio.sessions.errors import session_errors
from studio.sessions.locking import SessionLock

KEPT = 10
"""Backups of each session; the oldest go."""
_ORIGIN = "origin.json"
_STAMP = "%Y-%m-%d %H-%M-%S-%f"
_BESIDE = ("-journal", "-wal")


@dataclass(frozen=True)
class Backup:
    """A dated copy of a session.

    Attributes:
        path: Where it is.
        origin: The session that it was made of.
        when: When it was made, in local time.
        size: Bytes.
    """

    path: Path
    origin: Path
    when: datetime
    size: int


def backups_beside(locks: Path) -> Path:
    """The folder of the backups: beside that of the lock files, in the user's data folder."""
    return locks.with_name("backups")


def keep_backup(path: Path, folder: Path) -> Path | None:
    """Copies a session that is about to be migrated or replaced; returns the copy.

    There is none of a file that does not exist or is empty. The caller holds the session's lock.

    Args:
        path: The session, sound or damaged.
        folder: The folder of all backups.

    Raises:
        BackupError: The copy cannot be written; nothing must be replaced then.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    origin = path.resolve()
    own = folder / hashlib.sha256(os.fsencode(origin)).hexdigest()[:32]
    try:
        own.mkdir(parents=True, exist_ok=True)
        (own / _ORIGIN).write_text(json.dumps({"path": str(origin)}), encoding="utf-8")
        copy = own / f"{datetime.now(UTC).strftime(_STAMP)}.gates"
        with replacement(copy) as part:
            _copy(path, part)
    except (OSError, sqlite3.Error) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise BackupError(
            f"no backup could be made, so the session was left as it is: {detail}",
            where=str(path),
            remedy=f"Free some space in {folder}, choose another name, or replace it without a "
            "backup (--no-backup)",
        ) from error
    others = sorted(other for other in own.glob("*.gates") if other != copy)
    for old in others[: 1 - KEPT]:  # the clock may have been set back
        with suppress(OSError):
            old.unlink()
    return copy


def _copy(path: Path, part: Path) -> None:
    """Through SQLite, so that its log is included; a file that it cannot read, byte by byte."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            back_up(db, part)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise
        part.unlink(missing_ok=True)
        shutil.copyfile(path, part)


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """All backups, the newest first; what is not one is passed over."""
    backups = []
    for origin in folder.glob(f"*/{_ORIGIN}"):
        try:
            path = Path(json.loads(origin.read_text(encoding="utf-8"))["path"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        for copy in origin.parent.glob("*.gates"):
            with suppress(OSError, ValueError):
                backups.append(Backup(copy, path, _when(copy), copy.stat().st_size))
    return tuple(sorted(backups, key=lambda backup: backup.when, reverse=True))


def backups_of(path: Path, folder: Path) -> tuple[Backup, ...]:
    """The backups of one session, the newest first."""
    origin = path.resolve()
    return tuple(backup for backup in list_backups(folder) if backup.origin == origin)


def restore(backup: Backup, target: Path, locks: Path, *, keep: bool = True) -> None:
    """Writes a backup to a file, which is replaced atomically; the backup stays.

    Args:
        backup: The backup.
        target: The file, new or a session.
        locks: The folder of the lock files.
        keep: Whether a copy of a replaced session is kept.

    Raises:
        SessionError: The target is open, is not a session, or cannot be written; it is unchanged.
    """
    with session_errors(target, "restored"), SessionLock(target, locks).held():
        refuse_to_overwrite(target, overwrite=True)
        if keep:
            keep_backup(target, backups_beside(locks))
        with replacement(target) as part:
            shutil.copyfile(backup.path, part)


def _when(copy: Path) -> datetime:
    return datetime.strptime(copy.stem, _STAMP).replace(tzinfo=UTC).astimezone()
