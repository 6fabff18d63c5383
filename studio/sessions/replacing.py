"""A file takes another's place whole, or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_BESIDE = ("", "-journal", "-wal", "-shm")


@contextmanager
def replacement(target: Path) -> Iterator[Path]:
    """Yields the name of a new database beside the target, which it replaces in the end.

    What a killed process left there is removed first. After an error the new file is removed and
    the target is as it was.
    """
    new = target.with_name(f".{target.name}.part")
    _remove(new)
    try:
        yield new
        _sync(new)
        _settle(target)
        new.replace(target)
        _sync(target.parent)
    finally:
        _remove(new)


def back_up(db: sqlite3.Connection, copy: Path) -> None:
    """Writes what a connection sees into a new file that has nothing beside it."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as target:
        db.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _settle(target: Path) -> None:
    """Moves what lies in the target's write-ahead log into it.

    A log left behind would otherwise be taken for that of the file that replaces it.
    """
    log = target.with_name(f"{target.name}-wal")
    if not log.exists():
        return
    if target.exists() and target.stat().st_size:
        with closing(sqlite3.connect(target, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    for end in _BESIDE[1:]:
        target.with_name(f"{target.name}{end}").unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for end in _BESIDE:
        path.with_name(f"{path.name}{end}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
