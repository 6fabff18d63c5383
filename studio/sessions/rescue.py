"""Whether a session file is still the one that was opened, and its rescue if it is not."""

import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from studio.sessions.atomic_replace import back_up

_MOST_NAMES = 100
_MAGIC = b"SQLite format 3\x00"


class FileIdentity(NamedTuple):
    """Which file it is, and how long; a file with a write-ahead log never becomes shorter."""

    device: int
    inode: int
    size: int

    def is_that_of(self, now: "FileIdentity | None") -> bool:
        """Whether it is still there, and was not cut short."""
        return now is not None and now[:2] == self[:2] and now.size >= self.size


def file_identity(path: Path) -> FileIdentity | None:
    """Which file a path leads to; None where there is no session file."""
    try:
        status = path.stat()
        with path.open("rb") as file:
            is_session = file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return None
    return FileIdentity(status.st_dev, status.st_ino, status.st_size) if is_session else None


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
