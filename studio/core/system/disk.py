"""What a power cut must not undo."""

import os
from pathlib import Path
from uuid import uuid4


def sync(path: Path) -> None:
    """Waits until the disk has a file, or the entries of a folder where the system can say so.

    A file that is renamed before the disk has its content may be empty under its new name after a
    power cut.
    """
    if path.is_dir():
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except PermissionError:
            return  # Windows opens no folders; it writes their entries at once
    else:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file at once: an error or a power cut leaves the old content or the new.

    A link stays, and the file that it points to is replaced.

    Raises:
        OSError: It cannot be written; then nothing has changed.
    """
    path = path.resolve()
    new = path.with_name(f".{path.stem[:50]}-{os.getpid()}-{uuid4().hex}.part")
    try:
        with new.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
