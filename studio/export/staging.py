"""Files that are written atomically."""

import hashlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from studio.core.errors import ExportError
from studio.core.system.disk import sync

_TEXTS = {".csv", ".md", ".json", ".py", ".c", ".h"}
_LONGEST_LINE = 4096
_SUFFIX = ".gate-studio-export"
_LONGEST_STEM = 100
_NAME = re.compile(rf"\..*-(?P<host>[0-9a-f]{{8}})-(?P<process>\d+)-[^-]*{re.escape(_SUFFIX)}")
"""Of a folder in which a process of this machine prepares an export."""


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside the target; its files are moved there at the end.

    Files of the same names are replaced, except text files that start differently, which may be
    the user's own. After an error, such as a full disk, nothing has changed, and after a power cut
    no file is there in part. What a process that was killed has left in the folder is removed.

    Raises:
        ExportError: The folder cannot be written, the disk is full, or another kind of text file
            has the name of one of the files.
    """
    folder = target.absolute().parent
    _refuse_folder(target)
    staging: Path | None = None
    try:
        _remove_leftovers(folder)
        prefix = f".{target.stem[:_LONGEST_STEM]}-{_host()}-{os.getpid()}-"
        staging = Path(tempfile.mkdtemp(_SUFFIX, prefix, folder))
        yield staging
        files = sorted(staging.iterdir())
        for file in files:
            _refuse_folder(folder / file.name)
        for file in files:
            _refuse_other_text(file, folder / file.name)
        for file in files:
            sync(file)
        for file in files:
            file.replace(folder / file.name)
        sync(folder)
    except OSError as error:
        raise ExportError(
            f"cannot be written: {error.strerror or error}",
            where=str(target),
            remedy="Check the folder, its permissions and the free space",
        ) from None
    finally:
        if staging is not None:
            remove_staging(staging)


@contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Makes a folder for an export, and removes it again after an error if it was not there.

    Raises:
        ExportError: It cannot be made, or a file has its name.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise ExportError("is a file", where=str(folder), remedy="Choose a folder") from None
    except OSError as error:
        raise ExportError(
            f"cannot be written: {error.strerror or error}",
            where=str(folder),
            remedy="Check the folder, its permissions and the free space",
        ) from None
    try:
        yield
    except BaseException:
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise


def remove_staging(path: Path) -> None:
    """Removes a folder in which an export was prepared, and no other."""
    if _NAME.fullmatch(path.name):
        shutil.rmtree(path, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    with suppress(OSError):
        for path in folder.glob(f".*{_SUFFIX}"):
            match = _NAME.fullmatch(path.name)
            if match and match["host"] == _host() and not psutil.pid_exists(int(match["process"])):
                remove_staging(path)


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _refuse_other_text(new: Path, existing: Path) -> None:
    if new.suffix not in _TEXTS or not existing.is_file() or not existing.stat().st_size:
        return
    if _first_lines(new) != _first_lines(existing):
        raise ExportError(
            "has other content than an export, so it was not overwritten",
            where=str(existing),
            remedy="Choose another name",
        )


def _first_lines(path: Path) -> bytes:
    """What files of one kind have in common: the first line, of JSON the first two."""
    with path.open("rb") as file:
        first = file.readline(_LONGEST_LINE)
        return first + file.readline(_LONGEST_LINE) if path.suffix == ".json" else first


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise ExportError("is a folder", where=str(path), remedy="Choose a file name")
