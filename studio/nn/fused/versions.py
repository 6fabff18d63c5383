"""Kernels of other versions in the cache: kept for those who go back and forth, a few of them."""

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
    """Says that this program uses a folder, for as long as it runs; a cache may be read-only."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for mark in _marks(folder):
            if not _is_running(mark):
                mark.unlink(missing_ok=True)
        (folder / f"{os.getpid()}{_USER}").touch()
        os.utime(folder)


def remove_others(folder: Path) -> None:
    """Removes the folders beside this one but for the latest few and those that are in use."""
    with suppress(OSError):
        others = [
            each
            for each in folder.parent.iterdir()
            if each != folder and _OURS.fullmatch(each.name) and each.is_dir()
        ]
        others.sort(key=lambda each: each.stat().st_mtime, reverse=True)
        for each in others[_OTHERS_KEPT:]:
            if not any(map(_is_running, _marks(each))):
                shutil.rmtree(each, ignore_errors=True)


def _marks(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{_USER}"))


def _is_running(mark: Path) -> bool:
    """Whether a process of that number runs, be it another program's."""
    return mark.stem.isdecimal() and psutil.pid_exists(int(mark.stem))
