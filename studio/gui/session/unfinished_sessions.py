"""Unnamed sessions left by earlier starts."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.core.errors import SessionError
from studio.sessions.locking import SessionLock

_ENDINGS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class UnfinishedSession:
    path: Path
    when: datetime


def find_unfinished_sessions(
    folder: Path, locks: Path, in_use: Path | None
) -> list[UnfinishedSession]:
    """The sessions in the folder that are not open, the newest first; for the loader thread."""
    sessions = []
    for path in folder.glob("*.gates"):
        if path != in_use and _is_free(path, locks):
            changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            sessions.append(UnfinishedSession(path, changed))
    return sorted(sessions, key=lambda session: session.when, reverse=True)


def remove_unfinished_session(path: Path, locks: Path) -> None:
    """Deletes a session; for the loader thread.

    Raises:
        SessionError: It is open in another window, or cannot be deleted.
    """
    with SessionLock(path, locks).held():
        try:
            for ending in _ENDINGS:
                path.with_name(path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            raise SessionError(f"cannot be deleted: {error.strerror}", where=str(path)) from None


def _is_free(path: Path, locks: Path) -> bool:
    with suppress(SessionError, OSError), SessionLock(path, locks).held():
        return True
    return False
