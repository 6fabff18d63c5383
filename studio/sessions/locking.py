"""One writer per session file, across processes; a killed process releases its lock."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from studio.core.errors import SessionError

_ATTEMPTS = 2
"""A file that its holder removes in this very moment is made anew by the second."""

_OLD_SECONDS = 7 * 86400


class SessionLock:
    """The lock for writing a session file.

    Args:
        path: The session file.
        locks: The folder of the lock files, created if missing.
    """

    def __init__(self, path: Path, locks: Path) -> None:
        self._path = path
        key = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
        self._holder = locks / f"{key}.pid"
        self.folder = locks
        self._lock = FileLock(locks / f"{key}.lock", thread_local=False)

    def acquire(self) -> bool:
        """Acquires the lock if nobody holds it; returns whether it is ours now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._remove_leftovers()
        if not any(_acquired(self._lock) for _ in range(_ATTEMPTS)):
            return False
        with suppress(OSError):  # only the message to other processes is affected
            self._holder.write_text(str(os.getpid()))
        return True

    def release(self) -> None:
        """Releases the lock, if it is held."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            with suppress(OSError):  # Windows removes it itself
                Path(self._lock.lock_file).unlink()
            self._lock.release()

    def _remove_leftovers(self) -> None:
        """Removes old files of processes that were killed; those of running ones are locked."""
        before = time.time() - _OLD_SECONDS
        with suppress(OSError):
            for path in self.folder.glob("*.lock"):
                if path.stat().st_mtime < before and path != Path(self._lock.lock_file):
                    _remove_unless_held(path)

    @property
    def holder(self) -> int | None:
        """The process that holds it, if known."""
        try:
            return int(self._holder.read_text())
        except (OSError, ValueError):
            return None

    @property
    def taken_by(self) -> str:
        """Who holds it, in words."""
        process = f" (process {self.holder})" if self.holder else ""
        return f"open in another window{process}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lock within a with block.

        Raises:
            SessionError: Another window or process holds it.
        """
        if not self.acquire():
            raise SessionError(
                f"the session is {self.taken_by}",
                where=str(self._path),
                remedy="Close it there, or choose another name",
            )
        try:
            yield
        finally:
            self.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _remove_unless_held(path: Path) -> None:
    lock = FileLock(path, thread_local=False)
    if _acquired(lock):
        path.with_suffix(".pid").unlink(missing_ok=True)
        with suppress(OSError):
            path.unlink()
        lock.release()
