"""Killed processes, full disks and read-only folders, with real files."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from disks import mounted, remount_read_only
from unit.sessions.make_sessions import (
    GRU_1,
    GRU_2,
    LSTM_1,
    epoch_finished,
    finished,
    new_comparison,
    started,
)

from studio.core.errors import SessionError
from studio.sessions import SessionFile

CHILD = Path(__file__).with_name("killed_child.py")
TESTS = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}


def child_that_dies(*arguments: object) -> None:
    """Runs a process that kills itself at the point given by its arguments."""
    ended = subprocess.run(
        [sys.executable, CHILD, *map(str, arguments)], env=ENVIRONMENT, timeout=60, check=False
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("statement", [1, 4, 6, 10])
def test_a_process_killed_inside_a_transaction_loses_only_that_epoch(
    path: Path, locks: Path, statement: int
) -> None:
    child_that_dies("statement", path, locks, statement)
    with SessionFile.open(path, locks) as session:
        assert not session.read_only
        run = session.history(1).contender("GRU").run(1)
        assert [epoch.epoch for epoch in run.epochs] == [1, 2, 3]
        assert run.status == "running"
        record, snapshot = session.last_state(1, GRU_1)
        assert (record.epoch, snapshot.state) == (3, b"state 3")
        assert session.kept_epochs(1, GRU_1) == (0, 1, 2, 3)
        session.record(1, [started(GRU_1, first_epoch=4), epoch_finished(GRU_1, 4)])
    assert [file.name for file in path.parent.iterdir()] == ["work.gates"]


def test_a_process_killed_after_a_transaction_loses_nothing(path: Path, locks: Path) -> None:
    child_that_dies("committed", path, locks, 0)
    with SessionFile.open(path, locks, read_only=True) as session:
        run = session.history(1).contender("GRU").run(1)
        assert [epoch.epoch for epoch in run.epochs] == [1, 2, 3, 4]


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.011])
def test_a_process_killed_at_any_time_keeps_every_reported_epoch(
    path: Path, locks: Path, delay: float
) -> None:
    command = [sys.executable, str(CHILD), "endless", str(path), str(locks), "0"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        reported = [int(process.stdout.readline()) for _ in range(6)]
        time.sleep(delay)
        process.kill()
        reported += [int(line) for line in process.stdout.read().splitlines()]
    with SessionFile.open(path, locks) as session:
        run = session.history(1).contender("GRU").run(1)
        epochs = [epoch.epoch for epoch in run.epochs]
        assert epochs == list(range(1, len(epochs) + 1))
        assert len(epochs) - reported[-1] in {0, 1}
        record, snapshot = session.last_state(1, GRU_1)
        assert record.epoch == epochs[-1]
        assert snapshot.weights == session.weights(1, GRU_1, epochs[-1])


@pytest.mark.parametrize(
    ("moment", "target_exists"),
    [("back_up", True), ("back_up", False), ("sync", True), ("replace", True)],
)
def test_a_process_killed_while_saving_leaves_the_target_unchanged(
    path: Path, locks: Path, moment: str, *, target_exists: bool
) -> None:
    target = path.with_name("target.gates")
    if target_exists:
        with SessionFile.create(target, locks) as session:
            session.begin(new_comparison("before"))
    before = target.read_bytes() if target_exists else None
    child_that_dies(moment, path, locks, 0)
    assert (target.read_bytes() if target.exists() else None) == before
    with SessionFile.open(path, locks) as session:
        session.save_as(target)
    with SessionFile.open(target, locks) as saved:
        assert [comparison.name for comparison in saved.comparisons()] == ["weather"]
    assert sorted(file.name for file in path.parent.iterdir()) == ["target.gates", "work.gates"]


def test_a_process_killed_while_creating_leaves_no_obstacle(path: Path, locks: Path) -> None:
    child_that_dies("create", path, locks, 0)
    assert not path.exists()
    with SessionFile.create(path, locks) as session:
        assert session.comparisons() == ()
    assert [file.name for file in path.parent.iterdir()] == ["work.gates"]


@pytest.mark.parametrize("moment", ["migrate", "migrated"])
def test_a_process_killed_while_migrating_leaves_the_original(
    path: Path, locks: Path, moment: str
) -> None:
    child_that_dies(moment, path, locks, 0)
    with SessionFile.open(path, locks) as session:
        assert len(session.history(1).contender("GRU").run(1).epochs) == 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, "size=2m"):
        yield folder


def fill(session: SessionFile, comparison: int) -> int:
    """Records epochs with large weights until the disk is full; returns the last saved epoch."""
    session.record(comparison, [started(GRU_1)])
    for epoch in range(1, 100):
        try:
            session.record(comparison, [epoch_finished(GRU_1, epoch, size=100_000)])
        except SessionError as error:
            message = str(error)
            break
    assert "the disk is full. Free some space" in message
    return epoch - 1


def test_a_full_disk_loses_no_saved_data(small_disk: Path, locks: Path) -> None:
    path = small_disk / "work.gates"
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        last = fill(session, comparison)
        assert last > 2
        assert len(session.history(comparison).contender("GRU").run(1).epochs) == last
    with SessionFile.open(path, locks) as session:
        run = session.history(comparison).contender("GRU").run(1)
        assert len(run.epochs) == last
        assert session.last_state(comparison, GRU_1)[0].epoch == last


def test_writing_continues_once_there_is_space_again(small_disk: Path, locks: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    with SessionFile.create(small_disk / "work.gates", locks) as session:
        comparison = session.begin(new_comparison())
        last = fill(session, comparison)
        ballast.unlink()
        session.record(comparison, [epoch_finished(GRU_1, last + 1, size=100_000)])
        session.record(comparison, [started(LSTM_1), finished(LSTM_1), started(GRU_2)])
        assert len(session.history(comparison).contender("GRU").run(1).epochs) == last + 1


def test_saving_to_a_full_disk_leaves_the_target_unchanged(
    small_disk: Path, path: Path, locks: Path
) -> None:
    target = small_disk / "target.gates"
    with SessionFile.create(target, locks) as session:
        session.begin(new_comparison("before"))
    before = target.read_bytes()
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1, size=3_000_000)])
        with pytest.raises(SessionError, match="the disk is full"):
            session.save_as(target)
        assert len(session.history(comparison).contender("GRU").run(1).epochs) == 1
    assert target.read_bytes() == before
    assert [file.name for file in small_disk.iterdir()] == ["target.gates"]


def leave_closed(path: Path, locks: Path) -> None:
    with SessionFile.create(path, locks) as session:
        session.begin(new_comparison())


def leave_killed(path: Path, locks: Path) -> None:
    child_that_dies("committed", path, locks, 0)


@pytest.mark.parametrize(("leave", "lost"), [(leave_closed, ""), (leave_killed, "changes since")])
def test_a_session_in_a_read_only_folder_opens_read_only(
    small_disk: Path, locks: Path, leave: Callable[[Path, Path], None], lost: str
) -> None:
    path = small_disk / "work.gates"
    leave(path, locks)
    before = sorted((file.name, file.stat().st_size) for file in small_disk.iterdir())
    remount_read_only(small_disk)
    with SessionFile.open(path, locks) as session:
        assert "read-only" in session.why_read_only
        assert lost in session.why_read_only
        assert all(comparison.id == 1 for comparison in session.comparisons())
    assert sorted((file.name, file.stat().st_size) for file in small_disk.iterdir()) == before


def test_an_unwritable_folder_takes_no_new_session(small_disk: Path, locks: Path) -> None:
    remount_read_only(small_disk)
    with pytest.raises(SessionError, match="could not be created"):
        SessionFile.create(small_disk / "work.gates", locks)


def test_with_an_unwritable_lock_folder_sessions_open_read_only(
    small_disk: Path, path: Path
) -> None:
    leave_closed(path, small_disk / "locks")
    remount_read_only(small_disk)
    with SessionFile.open(path, small_disk / "locks") as session:
        assert "could not be locked" in session.why_read_only
        assert len(session.comparisons()) == 1
