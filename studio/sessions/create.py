"""Creates session files, without overwriting other files."""

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


def refuse_to_overwrite(path: Path, *, overwrite: bool) -> None:
    """Allows replacing an existing file only if it holds nothing, or `overwrite` is set.

    A session without a comparison holds nothing: a program that is interrupted or killed in the
    moment before it records the first one leaves such a file.

    Raises:
        SessionError: The folder does not exist, or the file must not be replaced.
    """
    if not path.parent.is_dir():
        raise SessionError(
            "there is no such folder", where=str(path.parent), remedy="Create it, or choose another"
        )
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    read_header(path, open_here=False)
    if not (overwrite or is_without_comparisons(path)):
        raise SessionError(
            "the session already exists",
            where=str(path),
            remedy="Open it, choose another name, or overwrite it",
        )


def is_without_comparisons(path: Path) -> bool:
    """Whether a file is a session in which nothing was ever compared or searched."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            filled = (
                db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608 - our names
                for table in ("comparison", "study")
                if table == "comparison" or table in tables
            )
            return not any(filled)
    except sqlite3.Error:
        return False
