"""Atomic replacement of database files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from studio.core.system.disk import sync

_SUFFIXES = ("", "-journal", "-wal", "-shm")


@contextmanager
def replacement(target: Path) -> Iterator[Path]:
    """Yields the name of a new database beside the target, which it replaces at the end.

    Leftovers of a killed process are removed first. After an error the new file is removed and the
    target is unchanged.
    """
    new = target.with_name(f".{target.name}.part")
    _remove(new)
    try:
        yield new
        sync(new)
        _merge_log(target)
        new.replace(target)
        sync(target.parent)
    finally:
        _remove(new)


def back_up(db: sqlite3.Connection, copy: Path) -> None:
    """Writes a connection's database to a new file without a write-ahead log."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        db.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _merge_log(target: Path) -> None:
    """Merges the target's write-ahead log into it.

    A remaining log would otherwise be applied to the file that replaces it.
    """
    log = target.with_name(f"{target.name}-wal")
    if not log.exists():
        return
    if target.exists() and target.stat().st_size:
        with closing(sqlite3.connect(target, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    for suffix in _SUFFIXES[1:]:
        target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for suffix in _SUFFIXES:
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
