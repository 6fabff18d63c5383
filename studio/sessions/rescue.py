"""Whether a session file is still the one that was opened, and its rescue if it is not."""

import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

from studio.sessions.atomic_replace import back_up

_MOST_NAMES = 100
_MAGIC = b"SQLite format 3\x00"
_HEADER = 100

FileIdentity = tuple[int, int] | None
"""Device and inode, or None where there is no session file."""


def file_identity(path: Path) -> FileIdentity:
    """Which file a path leads to; None where it is missing or was cut short."""
    try:
        status = path.stat()
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except OSError:
        return None
    is_session = head.startswith(_MAGIC) and status.st_size >= _size_by(head)
    return (status.st_dev, status.st_ino) if is_session else None


def _size_by(head: bytes) -> int:
    """Bytes that a file must have by its header; see SQLite's file format, 1.3."""
    page = int.from_bytes(head[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")


def rescue(db: sqlite3.Connection, path: Path) -> Path | None:
    """Writes everything that an open connection holds into a new file; None where it cannot.

    The file stands beside the lost one, or in the home or temporary folder where that is gone.

    Args:
        db: The connection to the file that is gone.
        path: Where it was.
    """
    for folder in (path.parent, Path.home(), Path(tempfile.gettempdir())):
        for number in range(1, _MOST_NAMES):
            suffix = " (rescued)" if number == 1 else f" (rescued {number})"
            target = folder / f"{path.stem}{suffix}{path.suffix}"
            if target.exists():
                continue
            try:
                back_up(db, target)
            except (OSError, sqlite3.Error):
                with suppress(OSError):
                    target.unlink(missing_ok=True)
                break
            return target
    return None
