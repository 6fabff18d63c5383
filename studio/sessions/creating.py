"""New session files, and the care not to write over what is not ours."""

import sqlite3
from contextlib import closing
from pathlib import Path

from studio.core.errors import SessionError
from studio.sessions.header import read_header
from studio.sessions.schema import APPLICATION_ID, CURRENT_VERSION, TABLES


def write_empty_session(path: Path) -> None:
    """Writes a session without comparisons into a new file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {CURRENT_VERSION}")
        db.executescript(TABLES)


def refuse_to_lose(path: Path, *, overwrite: bool) -> None:
    """Lets an existing file be replaced only where it is empty, or a session that may go.

    Raises:
        SessionError: There is no such folder, or the file must not be replaced.
    """
    if not path.parent.is_dir():
        raise SessionError(
            "there is no such folder", where=str(path.parent), remedy="Make it, or choose another"
        )
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    read_header(path, open_here=False)
    if not overwrite:
        raise SessionError(
            "the session exists already",
            where=str(path),
            remedy="Open it, choose another name, or ask for it to be overwritten",
        )
