"""The header of a file, read before SQLite opens it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import SessionError
from studio.sessions.errors import damaged, session_errors
from studio.sessions.schema import APPLICATION_ID

_MAGIC = b"SQLite format 3\x00"
_SIZE = 100  # https://www.sqlite.org/fileformat.html, section 1.3
_WAL = 2


@dataclass(frozen=True)
class Header:
    """The parts of SQLite's header that matter here.

    Attributes:
        application: The application id.
        version: The version of its tables, major * 1000 + minor.
        wal: Whether it is in write-ahead mode, so that recent changes may be in a separate log.
    """

    application: int
    version: int
    wal: bool

    @property
    def major(self) -> int:
        """The part of the version that decides compatibility."""
        return self.version // 1000


def read_header(path: Path, *, open_here: bool) -> Header:
    """Reads the header of a session file without changing it.

    Args:
        path: The file.
        open_here: Whether this process has the file open. Closing a file drops every POSIX lock
            that the process has on it, SQLite's too, so it is then read through SQLite.

    Raises:
        SessionError: It is missing, a folder, empty, unreadable, or not a session.
    """
    if not path.exists():
        raise SessionError(
            "there is no such session file", where=str(path), remedy="Check the name and the folder"
        )
    if path.is_dir():
        raise SessionError("is a folder", where=str(path), remedy="Choose a *.gates file in it")
    if not path.is_file():  # reading a pipe would wait for ever
        raise SessionError("is not a file", where=str(path), remedy="Choose a *.gates file")
    header = _through_sqlite(path) if open_here else _from_bytes(path)
    if header.application != APPLICATION_ID:
        raise SessionError(
            "is a database of another program",
            where=str(path),
            remedy="Choose a file that Gate Studio saved",
        )
    return header


def _from_bytes(path: Path) -> Header:
    with session_errors(path, "opened"), path.open("rb") as file:
        head = file.read(_SIZE)
    if not head:
        raise SessionError("is an empty file", where=str(path), remedy="Choose another session")
    if not head.startswith(_MAGIC):
        raise SessionError(
            "is not a Gate Studio session",
            where=str(path),
            remedy="Choose a file that Gate Studio saved",
        )
    if len(head) < _SIZE:
        raise damaged(path, "it ends within its header")
    return Header(
        application=int.from_bytes(head[68:72], "big"),
        version=int.from_bytes(head[60:64], "big"),
        wal=head[18] == _WAL,
    )


def _through_sqlite(path: Path) -> Header:
    with (
        session_errors(path, "opened"),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db,
    ):
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (mode,) = db.execute("PRAGMA journal_mode").fetchone()
    return Header(application=application, version=version, wal=mode == "wal")
