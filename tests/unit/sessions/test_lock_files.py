"""Lock files exist while a session is open, and no longer."""

import os
import subprocess
import sys
import time
from pathlib import Path

from support import ROOT

from studio.sessions import SessionFile
from studio.sessions.locking import SessionLock

HOLD = """
import sys, time
from pathlib import Path
from studio.sessions.locking import SessionLock
lock = SessionLock(Path(sys.argv[1]), Path(sys.argv[2]))
assert lock.acquire()
print("held", flush=True)
time.sleep(600)
"""
WEEKS_AGO = time.time() - 30 * 86400


def hold(session: Path, locks: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, session, locks],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_closed_sessions_leave_no_lock_files(path: Path, locks: Path) -> None:
    for _ in range(3):
        with SessionFile.create(path, locks, overwrite=True):
            assert len(list(locks.iterdir())) == 2
    assert not list(locks.iterdir())


def test_old_lock_files_of_killed_processes_are_removed_and_those_in_use_stay(
    tmp_path: Path, locks: Path
) -> None:
    killed, running = hold(tmp_path / "a", locks), hold(tmp_path / "b", locks)
    try:
        killed.kill()
        killed.communicate()
        for file in locks.iterdir():
            os.utime(file, (WEEKS_AGO, WEEKS_AGO))
        assert len(list(locks.glob("*.lock"))) == 2
        with SessionLock(tmp_path / "c", locks).held():
            assert len(list(locks.glob("*.lock"))) == 2
            assert not SessionLock(tmp_path / "b", locks).acquire()
    finally:
        running.kill()
        running.communicate()


def test_two_processes_never_hold_one_session_while_files_come_and_go(
    tmp_path: Path, locks: Path
) -> None:
    code = """
import sys, time
from pathlib import Path
from studio.sessions.locking import SessionLock
path, locks, shared = map(Path, sys.argv[1:])
times, end = 0, time.monotonic() + 3
while time.monotonic() < end:
    lock = SessionLock(path, locks)
    if not lock.acquire():
        continue
    shared.touch(exist_ok=False)
    shared.unlink()
    lock.release()
    times += 1
print(times)
"""
    command = [sys.executable, "-c", code, tmp_path / "s", locks, tmp_path / "shared"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert min(map(int, outputs)) > 10
