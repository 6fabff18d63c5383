"""Errors of SQLite and the operating system, reported with a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import BusySessionError, DamagedSessionError, SessionError

_DAMAGED = (
    "The file was left unchanged. Save what can be read with Check and recover (in the terminal: "
    "gate-studio doctor), or bring back an earlier copy with File > Restore"
)


def damaged(path: Path, detail: str) -> DamagedSessionError:
    """The error for a session file with inconsistent content."""
    return DamagedSessionError(
        f"the session file is damaged ({detail})", where=str(path), remedy=_DAMAGED, path=path
    )


@contextmanager
def session_errors(path: Path, doing: str) -> Iterator[None]:
    """Turns errors of SQLite and the operating system into a SessionError about the file.

    Args:
        path: The session file.
        doing: The action as a participle, such as "saved".
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, path, doing) from error
    except OSError as error:
        detail = error.strerror or str(error)
        raise SessionError(
            f"the session could not be {doing}: {detail}",
            where=str(path),
            remedy="Check the folder, its permissions and the free space",
        ) from error


def _explain(error: sqlite3.Error, path: Path, doing: str) -> SessionError:
    name = getattr(error, "sqlite_errorname", "")
    detail = (str(error).splitlines() or [""])[0]
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damaged(path, detail)
    if detail.startswith("Could not decode to UTF-8"):  # Python's own, without a name
        return damaged(path, "it contains text that is not UTF-8")
    for prefix, what, remedy in _KNOWN:
        if name.startswith(prefix):
            kind = BusySessionError if name.startswith(_BUSY) else SessionError
            return kind(f"the session could not be {doing}: {what}", where=str(path), remedy=remedy)
    return SessionError(
        f"the session could not be {doing}: {detail}",
        where=str(path),
        remedy="Check the disk, and that the file is a session of this program",
    )


_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_KNOWN = (
    ("SQLITE_FULL", "the disk is full", "Free some space; everything saved before is still there"),
    ("SQLITE_IOERR", "the disk reports an error", "Check the disk, or save to another one"),
    ("SQLITE_BUSY", "another program is using it", "Close the other program and try again"),
    ("SQLITE_LOCKED", "another program is using it", "Close the other program and try again"),
    ("SQLITE_READONLY", "it is read-only", "Save it under another name"),
    ("SQLITE_CANTOPEN", "it cannot be opened", "Check that it exists and is readable"),
    (
        "SQLITE_TOOBIG",
        "a single value in it is larger than 1 GB",
        "Use smaller networks or less data",
    ),
)
