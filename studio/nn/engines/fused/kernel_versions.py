"""Kernels of other versions in the cache; the latest few are kept."""

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path

import psutil

_OTHERS_KEPT = 3
_OURS = re.compile(r"[0-9a-f]{16}")
_USER = ".user"


def claim(folder: Path) -> None:
    """Marks a folder as used by this program while it runs; a cache may be read-only."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mark in _marks(folder):
            if not _is_running(mark):
                mark.unlink(missing_ok=True)
        (folder / f"{os.getpid()}{_USER}").touch()
        os.utime(folder)


def remove_others(folder: Path) -> None:
    """Removes folders of other versions, except the latest few and those in use."""
    with suppress(OSError):
        others = [
            path
            for path in folder.parent.iterdir()
            if path != folder and _OURS.fullmatch(path.name) and path.is_dir()
        ]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[_OTHERS_KEPT:]:
            if not any(map(_is_running, _marks(path))):
                shutil.rmtree(path, ignore_errors=True)


def _marks(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{_USER}"))


def _is_running(mark: Path) -> bool:
    """Whether a process with that number runs, even if it is another program."""
    return mark.stem.isdecimal() and psutil.pid_exists(int(mark.stem))
