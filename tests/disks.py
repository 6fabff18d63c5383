"""Small file systems of their own, to be filled or made read-only."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A tmpfs on a folder; the test is skipped where mounting is not allowed."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("there is no mount command")
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        yield
    finally:
        subprocess.run([umount, "-l", str(folder)], check=True)


def remount_read_only(folder: Path) -> None:
    """From here on nothing can be written to a mounted folder."""
    subprocess.run([shutil.which("mount") or "mount", "-o", "remount,ro", str(folder)], check=True)
