"""What was done to the program to break it is done again."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest
from commands import environment, run_json, start
from support import ROOT
from tiny import ADDING, TINY, write_temperatures

LONG = (
    "compare", "adding", "--data-option", "length=16", "--data-option", "examples=300",
    "--hidden-size", 8, "--threads", 1, "--seeds", 1, "--epochs", 100_000,
)  # fmt: skip
PATIENCE_SECONDS = 240  # a first start compiles its kernels


def test_resumed_elsewhere_a_comparison_trains_on_its_own_file_not_on_one_of_the_same_name(
    home: Path,
) -> None:
    mine, other = home / "mine", home / "other"
    for folder in (mine, other):
        folder.mkdir()
    write_temperatures(mine / "t.csv")
    rng = np.random.default_rng(0)
    rows = "\n".join(f"{value:.4f},{i % 7}" for i, value in enumerate(rng.normal(size=160) * 50))
    (other / "t.csv").write_text(f"temperature,weekday\n{rows}\n")
    settings = ("--target", "temperature", "--window", 8, *TINY)
    answers = []
    for name, elsewhere in (("undisturbed", mine), ("moved", other)):
        process = start_in(mine, home, "compare", "t.csv", *settings, "--out", f"../{name}.gates")
        assert process.wait(PATIENCE_SECONDS) == 0
        more = ("compare", f"../{name}.gates", "--resume", "--epochs", 4)
        assert start_in(elsewhere, home, *more).wait(PATIENCE_SECONDS) == 0
        answers.append(run_json(home, "show", f"{name}.gates")["contenders"][0]["metrics"])
    assert answers[0] == answers[1]


def start_in(folder: Path, home: Path, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "studio", *map(str, arguments)],
        cwd=folder,
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_epochs(session: Path) -> None:
    """Until some epochs are saved."""
    deadline, count = time.monotonic() + PATIENCE_SECONDS, 0
    while count < 4:
        assert time.monotonic() < deadline
        time.sleep(0.05)
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"{session.as_uri()}?mode=ro", uri=True)) as db,
        ):
            (count,) = db.execute("SELECT count(*) FROM epoch").fetchone()


def delete(path: Path) -> None:
    path.unlink()


def move_away(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere.gates")


def move_another_over_it(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"something else")
    other.replace(path)


def remove_its_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def cut_it_short(path: Path) -> None:
    os.truncate(path, 100)


@pytest.mark.parametrize(
    "lose",
    [
        delete,
        cut_it_short,
        *(
            pytest.param(lose, marks=pytest.mark.verify)
            for lose in (move_away, move_another_over_it, remove_its_folder)
        ),
    ],
)
def test_a_session_that_is_lost_while_it_trains_is_told_with_status_1_and_rescued_if_it_can_be(
    home: Path, lose: Callable[[Path], None]
) -> None:
    (home / "work").mkdir()
    session = home / "work" / "s.gates"
    process = start(home, *LONG, "--out", session)
    try:
        wait_for_epochs(session)
        lose(session)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert "was deleted, moved or replaced" in err or "damaged" in err
    if lose not in {remove_its_folder, cut_it_short}:  # these leave nothing to rescue
        rescued = home / "work" / "s (rescued).gates"
        assert str(rescued) in err
        assert run_json(home, "show", rescued)["contenders"]


def test_a_session_that_another_program_locks_is_waited_for(home: Path) -> None:
    session = home / "s.gates"
    process = start(home, *LONG[:-1], 200, "--out", session)
    try:
        wait_for_epochs(session)
        with closing(sqlite3.connect(session, isolation_level=None, timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(6.5)
            other.execute("ROLLBACK")
        _, err = process.communicate(timeout=240)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, err
    assert "Waiting to save: another program has locked the session. Training goes on." in err
    assert "Saving goes on." in err
    runs = run_json(home, "show", session)["contenders"]
    assert [each["runs"] for each in runs] == [1, 1]


@pytest.mark.verify
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or not (shutil.which("ip")),
    reason="only root can make a network on Linux",
)
def test_nothing_of_the_whole_journey_sends_a_packet(home: Path) -> None:
    data = write_temperatures(home / "t.csv")
    studio = [sys.executable, "-m", "studio"]
    session = str(home / "s.gates")
    model = ["--contender", "GRU", "--out"]
    journey = [
        [*studio, "inspect", str(data)],
        [*studio, "compare", *map(str, (*ADDING, *TINY)), "--out", session],
        [*studio, "show", session],
        [*studio, "export", session, "--format", "onnx", *model, str(home / "m.onnx")],
        [*studio, "export", session, "--format", "safetensors", *model, str(home / "m.st")],
        [*studio, "report", session, "--out", str(home / "r.html")],
        [*studio, "doctor"],
        [sys.executable, str(ROOT / "tests" / "ui" / "driver.py"), session, "look"],
    ]
    (home / "journey.json").write_text(json.dumps(journey))
    unshare = shutil.which("unshare") or ""
    listener = ROOT / "tests" / "network_listener.py"
    done = subprocess.run(
        [unshare, "--net", sys.executable, listener, home / "journey.json"],
        cwd=home,
        env={**environment(home), "QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if "Operation not permitted" in done.stderr:
        pytest.skip("a network cannot be made here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "0"
