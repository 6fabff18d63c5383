"""The cache of results computed from files: bounded in size, never trusted."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.system.disk import sync

_MAKING = re.compile(r"making-(?P<process>\d+)-")
MOST_BYTES = 20_000_000_000
Progress = Callable[[float], None]
"""Called with the share that is done, 0 to 1; raising a UserError from it stops the work."""


def ignore_progress(_: float) -> None:
    """The default: nobody is informed."""


def cache_key(paths: Iterable[Path], *settings: object) -> str:
    """A key for results computed from these files, which changes when they do.

    It depends on the path, size and modification time of each file, and on the settings.

    Raises:
        DatasetError: A file cannot be accessed.
    """
    parts: list[object] = [list(map(str, settings))]
    for path in paths:
        try:
            status = path.stat()
        except OSError as error:
            raise DatasetError(f"cannot be read: {error.strerror}", where=str(path)) from None
        parts.append((str(path.resolve()), status.st_size, status.st_mtime_ns))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Cache:
    """A folder of entries, each a folder that is created atomically.

    Attributes:
        folder: Where the entries are.
        most_bytes: Above this total size the least recently used entries are removed.
        progress: Called while a dataset is read.
    """

    folder: Path
    most_bytes: int = MOST_BYTES
    progress: Progress = ignore_progress

    def entry(self, key: str) -> Path | None:
        """The entry of a key, marked as just used, or None."""
        path = self.folder / key
        if not path.is_dir():
            return None
        with suppress(OSError):  # another program may clear the cache meanwhile
            os.utime(path)
        return path

    def make(self, key: str, fill: Callable[[Path], None]) -> Path:
        """Creates an entry; fill writes its files into a folder that is then put in place.

        Raises:
            DatasetError: The cache folder cannot be written, or the disk is full.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            started = Path(tempfile.mkdtemp(prefix=f"making-{os.getpid()}-", dir=self.folder))
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        try:
            fill(started)
            _rename(started, self.folder / key)
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        finally:
            shutil.rmtree(started, ignore_errors=True)
        self._shrink(self.folder / key)
        return self.folder / key

    def drop(self, key: str) -> None:
        """Removes a damaged entry."""
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def size(self) -> int:
        """Bytes of all complete entries."""
        return sum(_size(entry) for entry in self._entries())

    def clear(self) -> None:
        """Removes every entry, except those that a running program is creating."""
        for entry in self._entries():
            shutil.rmtree(entry, ignore_errors=True)

    def _entries(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [
            path for path in self.folder.iterdir() if path.is_dir() and not _is_being_created(path)
        ]

    def _shrink(self, newest: Path) -> None:
        entries = sorted(self._entries(), key=_last_use)
        total = sum(map(_size, entries))
        for entry in entries:
            if total <= self.most_bytes:
                return
            if entry != newest:
                total -= _size(entry)
                shutil.rmtree(entry, ignore_errors=True)


def _is_being_created(entry: Path) -> bool:
    """Whether a running program is still filling a folder; others are left from a crash."""
    maker = _MAKING.match(entry.name)
    if maker is None:
        return False
    import psutil  # seldom needed

    return bool(psutil.pid_exists(int(maker["process"])))


def _rename(started: Path, entry: Path) -> None:
    for file in filter(Path.is_file, started.rglob("*")):
        sync(file)  # a cut of the power must not leave an entry of empty files
    try:
        started.rename(entry)
    except OSError:
        if not entry.is_dir():  # otherwise another process has created the same entry
            raise


def _last_use(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _size(entry: Path) -> int:
    """Bytes of its files; files that another program removes meanwhile count as 0."""
    total = 0
    for folder, _, names in os.walk(entry):
        for name in names:
            with suppress(OSError):
                total += Path(folder, name).stat().st_size
    return total


def _unwritable(folder: Path, error: OSError) -> DatasetError:
    return DatasetError(
        f"cannot be written: {error.strerror or error}",
        where=str(folder),
        remedy="Free some disk space, or clear the cache",
    )
