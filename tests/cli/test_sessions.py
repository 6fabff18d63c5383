"""Sessions that are damaged, newer or on a full disk."""

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import run
from tiny import ADDING, Finished

from studio.core.results.history import ComparisonHistory
from studio.sessions import SessionFile

MANY = (*ADDING, "--hidden-size", 40, "--threads", 1, "--seeds", 1, "--epochs", 40)


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "size=400k")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - the system's own


def history(session: Path, locks: Path) -> ComparisonHistory:
    with SessionFile.open(session, locks, read_only=True) as file:
        return file.history(1)


def losses(result: ComparisonHistory) -> dict[str, list[float]]:
    return {
        contender.name: [record.train_loss for record in contender.runs[0].epochs]
        for contender in result.contenders
    }


def one_line(output: str) -> str:
    assert len(output.splitlines()) == 1, output
    assert output.startswith("Error: ")
    return output


def test_a_full_disk_during_training_loses_no_finished_epoch(home: Path, disk: Path) -> None:
    run(home, "compare", *MANY, "--out", "whole.gates")
    whole = losses(history(home / "whole.gates", home / "locks"))
    process = run(home, "compare", *MANY, "--out", "disk/s.gates", status=1)
    (output,) = (line for line in process.stderr.splitlines() if line.startswith("Error: "))
    assert "the disk is full" in output
    assert output.endswith("is still there.")
    assert not output.endswith("..")
    assert process.stdout == ""
    partial = losses(history(disk / "s.gates", home / "locks"))
    assert 0 < max(map(len, partial.values())) < 40
    assert all(some == whole[name][: len(some)] for name, some in partial.items())
    assert "GRU, seed 1" in run(home, "show", "disk/s.gates").stdout
    grown = ["mount", "-o", "remount,size=20m", str(disk)]
    subprocess.run(grown, check=True)
    run(home, "compare", "disk/s.gates", "--resume")
    assert losses(history(disk / "s.gates", home / "locks")) == whole
    assert [path.name for path in disk.iterdir()] == ["s.gates"]


def test_a_disk_without_room_for_a_session_or_an_export_is_left_empty(
    home: Path, disk: Path, finished: Finished
) -> None:
    for ballast in (245_000, 350_000):
        (disk / "ballast").write_bytes(bytes(ballast))
        process = run(home, "compare", *MANY, "--out", "disk/s.gates", status=1)
        assert "disk" in one_line(process.stderr)
        assert [path.name for path in disk.iterdir()] == ["ballast"]
    (disk / "ballast").write_bytes(bytes(409_600))
    commands = (
        ("export", finished.session, "--contender", "GRU", "--format", "safetensors"),
        ("export", finished.session, "--contender", "GRU", "--format", "onnx"),
        ("export", finished.session, "--format", "curves-csv"),
        ("trace", finished.session, "--contender", "GRU"),
    )
    for command in commands:
        process = run(home, *command, "--out", "disk/out.file", status=1)
        one_line(process.stderr)
        assert [path.name for path in disk.iterdir()] == ["ballast"], command


@pytest.mark.parametrize("harm", ["newer", "cut", "scrambled", "empty", "text"])
def test_an_unreadable_session_is_reported_and_left_unchanged(
    home: Path, finished: Finished, harm: str
) -> None:
    session = home / "s.gates"
    shutil.copy(finished.session, session)
    whole = session.read_bytes()
    if harm == "newer":
        with closing(sqlite3.connect(session)) as db:
            db.execute("PRAGMA user_version = 90000")
    elif harm == "cut":
        session.write_bytes(whole[: len(whole) // 2])
    elif harm == "scrambled":
        noise = random.Random(3).randbytes(len(whole) - 8192)
        session.write_bytes(whole[:8192] + noise)
    elif harm == "empty":
        session.write_bytes(b"")
    else:
        session.write_text("a,b\n1,2\n")
    before = session.read_bytes()
    for arguments in (
        ("show", "s.gates"),
        ("compare", "s.gates", "--resume"),
        ("trace", "s.gates", "--contender", "GRU", "--out", "x.npz"),
    ):
        output = one_line(run(home, *arguments, status=1).stderr)
        assert "s.gates" in output
        assert ("newer" in output) == (harm == "newer")
    assert session.read_bytes() == before
    assert [path.name for path in home.iterdir() if path.is_file()] == ["s.gates"]
