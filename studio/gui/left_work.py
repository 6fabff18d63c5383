"""Sessions without a name that earlier starts left behind."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from studio.core.errors import SessionError
from studio.gui.pages.start_view import LeftWork
from studio.sessions.locking import SessionLock

_ENDINGS = ("", "-wal", "-shm")


def find_left_work(folder: Path, locks: Path, in_use: Path | None) -> list[LeftWork]:
    """The sessions in the folder that nobody works on, the newest first; for the loader thread."""
    found = []
    for path in folder.glob("*.gates"):
        if path != in_use and _is_free(path, locks):
            changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            found.append(LeftWork(path, changed))
    return sorted(found, key=lambda work: work.when, reverse=True)


def remove_left_work(path: Path, locks: Path) -> None:
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
