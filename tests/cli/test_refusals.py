"""Errors are reported in one line and leave nothing behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from commands import environment, run, start
from tiny import ADDING, TINY, Finished, write_temperatures

WRONG_OPTIONS = [
    (("--cells", "gru,foo"), "--cells: choose one of gru, lstm, rnn"),
    (("--cells", ","), "--cells: names no cell"),
    (("--target", ","), "--target: names no column"),
    (("--target", "nothere"), "--target: the data has no column 'nothere'"),
    (("--split", "0.5,-0.5,1"), "--split: the shares must not be negative"),
    (("--split", "a,b"), "--split: 'a,b' is not a list of numbers"),
    (("--lr", "0"), "--lr: must be greater than 0"),
    (("--dropout", "1"), "--dropout: must be less than 1"),
    (("--clip", "-1"), "--clip: must be greater than 0"),
    (("--epochs", "0"), "'--epochs'"),
    (("--seeds", "two"), "'--seeds'"),
    (("--task", "sing"), "'--task'"),
    (("--window", "5"), "--window: "),
    (("--data-option", "length"), "--data-option: 'length' is not KEY=VALUE"),
    (("--data-option", "sides=3"), "sides"),
    (("--nothing",), "--nothing"),
]
BAD_FILES = {
    "empty": (b"", "is empty"),
    "header": (b"a,b,c\n", "has a header but no rows"),
    "ragged": (b"a,b\n1,2\n3\n", "line 3: has 1 cell"),
    "text": (b"a,b\n" + b"1,2.5\n" * 30 + b"1,hello\n" + b"1,2.5\n" * 30, "line 32, column 'b'"),
    "missing": (b"a,b\n" + b",\n" * 50, "has a header but no rows"),
    "unknown": (b"a,b\n" + b"?,?\n" * 50, "has only missing values"),
    "classes": (b"label,x1,x2,x3\n" + b"A,1,2,3\n" * 40, "holds only one class"),
    "short": (b"a\n" + b"1.5\n2.5\n" * 5, "a window of 20"),
    "cyrillic": ("температура\n".encode("cp1251") + b"1.5\n2.5\n" * 50, "is not UTF-8"),
    "binary": (bytes(range(256)) * 20, "is a binary file"),
}


def one_line(output: str) -> str:
    lines = output.splitlines()
    assert len(lines) == 1, output
    assert lines[0].startswith("Error: ")
    return lines[0]


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}


@pytest.mark.parametrize(("options", "output"), WRONG_OPTIONS, ids=lambda value: str(value)[:24])
def test_a_wrong_option_is_named(home: Path, options: tuple[str, ...], output: str) -> None:
    done = run(home, "compare", *ADDING, *options, status=2)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    assert output in last
    assert done.stdout == ""
    assert files(home) == {}


SETTLED = [
    ("--seeds", "10"),
    ("--lr", "0.5"),
    ("--hidden-size", "99"),
    ("--device", "cpu"),
    ("--out", "other.gates"),
]


@pytest.mark.parametrize("options", SETTLED, ids=lambda value: value[0])
def test_a_setting_that_a_resumed_session_would_ignore_is_refused(
    home: Path, options: tuple[str, ...]
) -> None:
    done = run(home, "compare", "any.gates", "--resume", *options, status=2)
    assert f"{options[0]}: is fixed when a comparison starts" in one_line(done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is that of Linux")
@pytest.mark.parametrize("megabytes", [400, 1200])
def test_too_little_memory_is_told_with_what_is_needed(home: Path, megabytes: int) -> None:
    limited = f'ulimit -v {megabytes}000 && exec "$@"'
    program = [sys.executable, "-m", "studio", "compare", *map(str, (*ADDING, *TINY))]
    done = subprocess.run(
        ["/bin/sh", "-c", limited, "sh", *program],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "not enough memory to load PyTorch: it takes about 1.3 GB" in one_line(done.stderr)
    assert files(home) == {}


def test_resuming_without_a_session_is_refused(home: Path) -> None:
    done = run(home, "compare", *ADDING, "--resume", status=2)
    assert "--resume: needs a session file. Name it with --out" in one_line(done.stderr)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_reported_in_one_line_and_nothing_is_created(home: Path, name: str) -> None:
    content, output = BAD_FILES[name]
    (home / f"{name}.csv").write_bytes(content)
    process = start(home, "compare", f"{name}.csv", "--window", 20)
    if name == "classes":
        process.kill()
        process.communicate()
        process = start(home, "compare", f"{name}.csv")
    out, err = process.communicate(timeout=60)
    assert process.returncode in {1, 2}
    assert output in one_line(err)
    assert out == ""
    assert files(home) == {f"{name}.csv": content}


def test_a_line_of_200_mb_is_refused_soon(home: Path) -> None:
    with (home / "long.csv").open("wb") as file:
        file.write(b"a,b\n")
        for _ in range(200):
            file.write(b"1" * 1_000_000)
    before = time.monotonic()
    output = one_line(run(home, "compare", "long.csv", status=1).stderr)
    assert time.monotonic() - before < 20
    assert "line longer than" in output
    (home / "long.csv").unlink()


def test_the_right_encoding_makes_the_file_readable(home: Path) -> None:
    name = "температура,x\n".encode("cp1251")
    (home / "old.csv").write_bytes(name + b"1.5,1.5\n2.5,1.25\n" * 60)
    output = one_line(run(home, "compare", "old.csv", status=1).stderr)
    assert "cp1251" in output
    shown = run(home, "inspect", "old.csv", "--data-option", "encoding=cp1251").stdout
    assert "температура" in shown
    wrong = run(home, "inspect", "old.csv", "--data-option", "encoding=no", status=2)
    assert "'no' is not a text encoding" in one_line(wrong.stderr)


def test_an_archive_with_pickled_objects_is_refused(home: Path) -> None:
    np.savez(home / "p.npz", X=np.array([{1: 2}, [3]], dtype=object), y=np.array([1, 2]))
    before = files(home)
    assert "Python objects" in one_line(run(home, "compare", "p.npz", status=1).stderr)
    assert files(home) == before


def test_a_missing_file_and_a_folder_are_reported(home: Path) -> None:
    assert "gone.csv" in one_line(run(home, "compare", "gone.csv", status=1).stderr)
    (home / "folder").mkdir()
    assert "cannot be read as one dataset" in one_line(
        run(home, "inspect", "folder", status=1).stderr
    )
    output = one_line(run(home, "compare", *ADDING, "--out", "no/such.gates", status=1).stderr)
    assert "there is no such folder" in output
    assert files(home) == {}


def test_an_existing_session_is_kept_unless_overwritten(home: Path) -> None:
    write_temperatures(home / "t.csv")
    arguments = ("compare", *ADDING, *TINY, "--epochs", 1, "--cells", "rnn", "--out", "s.gates")
    run(home, *arguments)
    before = files(home)
    output = one_line(run(home, *arguments, status=1).stderr)
    assert (
        "Use --resume to continue it, --add to add the comparison to it, or --overwrite" in output
    )
    assert files(home) == before
    run(home, *arguments, "--overwrite")
    assert files(home)["s.gates"] != before["s.gates"]
    output = one_line(run(home, *arguments[:-1], "t.csv", "--overwrite", status=1).stderr)
    assert "t.csv" in output
    assert files(home)["t.csv"] == before["t.csv"]


def test_a_session_given_as_data_is_refused(finished: Finished) -> None:
    output = one_line(run(finished.home, "compare", "t.gates", status=2).stderr)
    assert "Use --resume to continue it, or the command show" in output


def test_an_unwritable_folder_is_reported(home: Path) -> None:
    folder = home / "locked"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)],  # noqa: S607 - the system's
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        if os.geteuid() == 0:
            pytest.skip("nothing can be mounted here, and root ignores permissions")
        folder.chmod(0o500)
    try:
        done = run(home, "compare", *ADDING, *TINY, "--out", "locked/s.gates", status=1)
        assert "locked/s.gates" in one_line(done.stderr)
        assert list(folder.iterdir()) == []
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - likewise


def test_unwritable_output_is_reported(finished: Finished) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(finished.home, "show", "t.gates", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "No space left" in one_line(err)


def test_a_closed_pipe_shows_no_error(finished: Finished) -> None:
    for options in ((), ("--json",)):
        process = start(finished.home, "show", "t.gates", *options)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait(timeout=60)
        process.stderr.close()


def test_an_error_of_the_program_is_one_line_and_its_traceback_is_in_the_log(
    tmp_path: Path,
) -> None:
    """Told in one line; never a traceback in the terminal."""
    program = (
        "import studio.data, sys\n"
        "def wrong(*_): raise KeyError('a mistake of ours')\n"
        "studio.data.load = wrong\n"
        "sys.argv = ['gate-studio', 'inspect', 'adding']\n"
        "from studio.cli.app import run\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Internal error: KeyError" in done.stderr
    told = done.stderr.replace("\n", " ").strip()
    log = Path(told.rpartition("see ")[2].rstrip(".").replace(" ", ""))
    assert "Traceback" in log.read_text(encoding="utf-8")
