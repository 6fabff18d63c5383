"""Bounds for connections to files from elsewhere: what SQL may do, how large, how long."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.sessions.errors import damaged

_ACTIONS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_DELETE,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
"""What our own statements do; attaching files and changing the schema are not among them."""
_FUNCTIONS = frozenset({"count", "max"})
_PRAGMAS = frozenset(
    {
        "application_id",
        "busy_timeout",
        "cell_size_check",
        "foreign_key_check",
        "foreign_keys",
        "integrity_check",
        "journal_mode",
        "max_page_count",
        "quick_check",
        "synchronous",
        "table_xinfo",
        "trusted_schema",
        "user_version",
        "wal_checkpoint",
    }
)
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 5,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 8,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""See https://www.sqlite.org/security.html."""
_INSTRUCTIONS = 20_000  # of SQLite's machine between two looks at the clock
_SECONDS = 60.0
_BYTES_PER_SECOND = 5_000_000  # a slow disk


def bound(db: sqlite3.Connection) -> None:
    """Limits a connection to what our own statements do."""
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    for limit, value in _LIMITS.items():
        db.setlimit(limit, value)
    db.set_authorizer(_authorize)


def seconds_for(path: Path) -> float:
    """How long reading a file may take in all, generous for a slow disk."""
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return _SECONDS + size / _BYTES_PER_SECOND


@contextmanager
def time_limit(db: sqlite3.Connection, path: Path, seconds: float | None = None) -> Iterator[None]:
    """Ends statements that run longer, which those on honest files never do.

    Raises:
        SessionError: A statement was ended.
    """
    allowed = seconds_for(path) if seconds is None else seconds
    end = time.monotonic() + allowed
    db.set_progress_handler(lambda: time.monotonic() > end, _INSTRUCTIONS)
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_INTERRUPT":
            raise
        raise damaged(path, f"reading it took longer than {allowed:.0f} seconds") from error
    finally:
        db.set_progress_handler(None, 0)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    is_allowed = action in _ACTIONS
    if action == sqlite3.SQLITE_PRAGMA:
        is_allowed = first in _PRAGMAS
    elif action == sqlite3.SQLITE_FUNCTION:
        is_allowed = second in _FUNCTIONS
    return sqlite3.SQLITE_OK if is_allowed else sqlite3.SQLITE_DENY
