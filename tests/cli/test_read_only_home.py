"""Where the home folder cannot be written, everything works, and what is kept elsewhere is told."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from disks import mounted
from support import ROOT
from tiny import ADDING, TINY


@pytest.fixture
def read_only_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    home.mkdir()
    with mounted(home, "size=1m,ro"):
        yield home


def run_at(
    home: Path | str, work: Path, *arguments: object, status: int = 0
) -> "subprocess.CompletedProcess[str]":
    (work / "tmp").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    done = subprocess.run(
        [sys.executable, "-m", "studio", *map(str, arguments)],
        cwd=work,
        env={**kept, "HOME": str(home), "TMPDIR": str(work / "tmp"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_training_works_and_says_where_its_files_are(read_only_home: Path, tmp_path: Path) -> None:
    torch = ("--engine", "torch")
    done = run_at(read_only_home, tmp_path, "compare", *ADDING, *TINY, *torch, "--out", "s.gates")
    assert (tmp_path / "s.gates").is_file()
    spare = tmp_path / "tmp" / f"gate-studio-{os.getuid()}"
    assert f"cannot be written; its files are kept in {spare} for now" in done.stderr
    assert "GRU" in run_at(read_only_home, tmp_path, "show", "s.gates").stdout


def test_recordings_are_read(read_only_home: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for label in ("a", "b"):
        (tmp_path / "sounds" / label).mkdir(parents=True)
        for number in range(3):
            path = tmp_path / "sounds" / label / f"{number}.wav"
            soundfile.write(path, rng.normal(size=4000) / 9, 8000)
    assert "6 examples" in run_at(read_only_home, tmp_path, "inspect", "sounds").stdout


def test_a_relative_home_is_refused(tmp_path: Path) -> None:
    done = run_at("home", tmp_path, "inspect", "adding", status=1)
    assert "HOME: holds the relative path 'home'" in done.stderr


def test_a_spare_folder_that_somebody_else_made_is_refused(
    read_only_home: Path, tmp_path: Path
) -> None:
    spare = tmp_path / "tmp" / f"gate-studio-{os.getuid()}"
    spare.mkdir(parents=True)
    spare.chmod(0o777)
    done = run_at(read_only_home, tmp_path, "inspect", "adding", status=1)
    assert "it belongs to somebody else" in done.stderr
