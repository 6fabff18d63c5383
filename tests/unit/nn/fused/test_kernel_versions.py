"""Kernels of other versions do not fill the cache, and nobody loses those in use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.nn.engines.fused.kernel_versions import claim, remove_others


def make(cache: Path, number: int) -> Path:
    """The folder of a version, last used so many days after the others."""
    folder = cache / f"{number:016x}"
    folder.mkdir()
    (folder / "gru.zip").write_text("kernels")
    os.utime(folder, (number * 86_400, number * 86_400))
    return folder


@pytest.fixture
def ended_process() -> int:
    """The number of a process that runs no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_latest_three_other_versions_are_kept(tmp_path: Path, ended_process: int) -> None:
    own, *others = (make(tmp_path, number) for number in range(1, 8))
    (others[0] / f"{ended_process}.user").touch()
    os.utime(others[0], (2, 2))
    foreign = tmp_path / "notes"
    foreign.mkdir()
    claim(own)
    remove_others(own)
    assert sorted(tmp_path.iterdir()) == sorted([own, *others[-3:], foreign])


def test_a_version_in_use_is_kept(tmp_path: Path) -> None:
    old, *_, own = (make(tmp_path, number) for number in range(1, 8))
    other = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    (old / f"{other.pid}.user").touch()
    os.utime(old, (1, 1))
    remove_others(own)
    assert old.is_dir()
    other.communicate(b"\n")
    remove_others(own)
    assert not old.exists()


def test_claiming_removes_marks_of_ended_programs(tmp_path: Path, ended_process: int) -> None:
    folder = tmp_path / "kernels" / "0123456789abcdef"
    claim(folder)
    (folder / f"{ended_process}.user").touch()
    claim(folder)
    assert [path.name for path in folder.iterdir()] == [f"{os.getpid()}.user"]


def test_a_read_only_cache_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    claim(blocked / "0123456789abcdef")
    remove_others(blocked / "0123456789abcdef")
