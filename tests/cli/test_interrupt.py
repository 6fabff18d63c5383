"""Interrupts, resuming, and a session that another process works on."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commands import run, run_json, start
from tiny import ADDING, TINY

from studio.core.results.history import ComparisonHistory
from studio.sessions import SessionFile

PATIENCE_SECONDS = 60  # a busy machine is no failure
STARTED: "list[subprocess.Popen[str]]" = []
DATA = ("compare", "adding", "--data-option", "length=16", "--data-option", "examples=300")
LONG = (
    *DATA, "--hidden-size", 8, "--dropout", 0.2, "--device", "cpu", "--threads", 1, "--seeds", 1,
    "--epochs", 70,
)  # fmt: skip


def history(session: Path) -> ComparisonHistory:
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        return file.history(file.comparisons()[-1].id)


def losses(result: ComparisonHistory) -> dict[tuple[str, int], list[float]]:
    return {
        run.run: [record.train_loss for record in run.epochs]
        for contender in result.contenders
        for run in contender.runs
    }


def epochs_saved(session: Path) -> int:
    if not session.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{session.as_uri()}?mode=ro", uri=True)) as db:
            (count,) = db.execute("SELECT count(*) FROM epoch").fetchone()
    except sqlite3.Error:  # it is being made
        return 0
    return int(count)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def no_process_outlives_its_test() -> Iterator[None]:
    yield
    while STARTED:
        process = STARTED.pop()
        process.kill()
        process.communicate()


def begin(home: Path, *arguments: object) -> "subprocess.Popen[str]":
    STARTED.append(start(home, *arguments))
    return STARTED[-1]


def start_and_wait(home: Path, *arguments: object) -> "subprocess.Popen[str]":
    """A running comparison that has saved a few epochs."""
    process = begin(home, *arguments)
    session = home / str(arguments[-1])
    wait_until(lambda: epochs_saved(session) > 3 or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> ComparisonHistory:
    home = tmp_path_factory.mktemp("whole")
    run(home, *LONG, "--out", "whole.gates")
    return history(home / "whole.gates")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_interrupt_saves_and_resuming_gives_the_undisturbed_result(
    home: Path, undisturbed: ComparisonHistory, name: str
) -> None:
    process = start_and_wait(home, *LONG, "--out", "my session.gates")
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "finished epochs are saved" in err
    assert err.splitlines()[-1] == (
        "Interrupted. Resume with: gate-studio compare 'my session.gates' --resume"
    )
    assert "GRU" in out
    stopped = losses(history(home / "my session.gates"))
    for run_id, some in stopped.items():
        assert 0 < len(some) < 70
        assert some == losses(undisturbed)[run_id][: len(some)]
    assert [path.name for path in home.iterdir() if path.is_file()] == ["my session.gates"]
    assert "stopped" in run(home, "show", "my session.gates").stdout
    run(home, "compare", "my session.gates", "--resume")
    resumed = history(home / "my session.gates")
    assert losses(resumed) == losses(undisturbed)
    for contender in undisturbed.contenders:
        (whole,), (again,) = contender.runs, resumed.contender(contender.name).runs
        assert whole.result is not None
        assert again.result is not None
        assert again.result.scores == whole.result.scores


def test_a_second_interrupt_exits_immediately_and_the_session_stays_valid(home: Path) -> None:
    slow = (*LONG, "--batch-size", 300, "--hidden-size", 400, "--num-layers", 3)
    process = begin(home, *slow, "--out", "s.gates")
    wait_until(lambda: epochs_saved(home / "s.gates") > 0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.15)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.splitlines()[-1].endswith("gate-studio compare s.gates --resume")
    assert history(home / "s.gates").contenders[0].runs[0].epochs


def test_an_interrupt_before_training_exits_quietly(home: Path) -> None:
    for seconds in (0.1, 0.5, 1.5):
        process = begin(home, *LONG, "--out", "s.gates")
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode in {130, -signal.SIGINT}, err
        if seconds > 1:
            assert "Traceback" not in err


def test_the_same_command_works_after_an_interrupt_in_the_first_seconds(home: Path) -> None:
    with SessionFile.create(home / "s.gates", home / "locks"):
        pass  # what an interrupt leaves before the comparison is recorded
    run(home, "compare", *ADDING, *TINY, "--out", "s.gates")
    assert history(home / "s.gates").is_complete
    refused = run(home, "compare", *ADDING, *TINY, "--out", "s.gates", status=1)
    assert "already exists" in refused.stderr


def test_a_running_session_can_be_shown_but_not_resumed(home: Path) -> None:
    process = start_and_wait(home, *LONG, "--epochs", 100_000, "--out", "s.gates")
    try:
        answer = run_json(home, "show", "s.gates")
        assert [each["runs"] for each in answer["contenders"]] == [0, 0]
        assert answer["contenders"][0]["seeds"][0]["status"] == "running"
        assert "running" in run(home, "show", "s.gates").stdout
        for arguments in (("compare", "s.gates", "--resume"), (*LONG, "--out", "s.gates",
                                                               "--overwrite")):  # fmt: skip
            output = run(home, *arguments, status=1).stderr.splitlines()
            assert output[-1].startswith("Error: ")
            assert f"open in another window (process {process.pid})" in output[-1]
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130


def test_resume_starts_a_missing_session_and_leaves_a_complete_one_unchanged(
    home: Path,
) -> None:
    brief = (*LONG, "--epochs", 1, "--cells", "rnn", "--out", "s.gates", "--resume")
    first = run(home, *brief)
    assert "Resuming" not in first.stderr
    before = losses(history(home / "s.gates"))
    again = run(home, *brief, "--epochs", 50)
    assert "Resuming s.gates with its own settings." in again.stderr
    assert losses(history(home / "s.gates")) == before


def test_resume_needs_a_session(home: Path) -> None:
    output = run(home, "compare", "gone.gates", "--resume", status=1).stderr
    assert output.startswith("Error: gone.gates: ")
    assert list(home.glob("*.gates")) == []


def test_a_failed_run_is_reported_with_status_1(home: Path) -> None:
    done = run(
        home, *DATA, "--optimizer", "sgd", "--lr", 100, "--clip", 0, "--momentum", 0.99,
        "--scaling", "none", "--epochs", 60, "--seeds", 1, "--threads", 1, "--cells", "rnn,gru",
        "--out", "s.gates", "--weight-decay", 50, status=1,
    )  # fmt: skip
    assert "Failed: RNN, seed 1: " in done.stderr
    assert "failed" in run(home, "show", "s.gates").stdout
    answer = run_json(home, "show", "s.gates")
    assert answer["contenders"][0]["runs"] == 0
    assert answer["contenders"][0]["metrics"]["rmse"]["mean"] is None


def test_resuming_without_the_file_uses_the_copy_or_says_that_there_is_none(home: Path) -> None:
    rows = "".join(f"{(i * 37 % 101) / 50}\n" for i in range(300))
    for name, options in (("kept", ()), ("bare", ("--no-embed",))):
        (home / "d.csv").write_text("x\n" + rows)
        arguments = ("compare", "d.csv", "--window", 8, "--epochs", 100_000, "--threads", 1)
        process = start_and_wait(home, *arguments, *options, "--out", f"{name}.gates")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
    (home / "d.csv").unlink()
    output = run(home, "compare", "bare.gates", "--resume", status=1).stderr
    assert "d.csv is missing" in output
    assert "has no copy" in output
    process = begin(home, "compare", "kept.gates", "--resume")
    assert process.stderr is not None
    assert "using the copy in the session" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
