"""A process that writes a session and kills itself at a point chosen by the test."""

import itertools
import os
import signal
import sqlite3
import sys
from pathlib import Path

from unit.sessions.make_sessions import (
    GRU_1,
    epoch_finished,
    new_comparison,
    started,
    timed,
)

from studio.sessions import CURRENT_VERSION, Migration, SessionFile, Versions, file


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_statement(session: SessionFile, number: int) -> None:
    """Dies when SQLite starts the n-th statement from now."""
    seen = 0

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            die()

    session._opened.db.set_trace_callback(count)


def write(path: Path, locks: Path) -> SessionFile:
    session = SessionFile.create(path, locks)
    session.begin(new_comparison())
    session.record(1, [started(GRU_1)])
    for epoch in range(1, 4):
        session.record(1, [timed(GRU_1, epoch, 10 * epoch), epoch_finished(GRU_1, epoch)])
    return session


def write_on(session: SessionFile) -> None:
    """Writes epochs and reports each saved one, until it is killed."""
    for epoch in itertools.count(4):
        session.record(1, [epoch_finished(GRU_1, epoch, best=True, size=2_000_000)])
        print(epoch, flush=True)  # noqa: T201 - the test listens


def die_while_copying(*_: object) -> None:
    """Replaces the backup call: half a file, then death."""
    target = Path(sys.argv[2]).with_name(".target.gates.part")
    target.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    die()


def save_and_die(session: SessionFile, path: Path, moment: str) -> None:
    if moment == "back_up":
        file.back_up = die_while_copying
    elif moment == "sync":
        os.fsync = die
    else:
        Path.replace = die
    session.save_as(path.with_name("target.gates"))


def migrate_and_die(path: Path, locks: Path, moment: str) -> None:
    def change(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM epoch")
        if moment == "migrate":
            die()

    Path.replace = die
    step = Migration(CURRENT_VERSION, CURRENT_VERSION + 1, change)
    SessionFile.open(path, locks, versions=Versions(CURRENT_VERSION + 1, (step,)))


def main(moment: str, path: Path, locks: Path, number: int) -> None:
    if moment == "create":
        Path.replace = die
    session = write(path, locks)
    if moment == "endless":
        write_on(session)
    if moment in {"statement", "committed"}:
        if moment == "statement":
            die_at_statement(session, number)
        session.record(1, [timed(GRU_1, 4, 40), epoch_finished(GRU_1, 4)])
        die()
    if moment in {"back_up", "sync", "replace"}:
        save_and_die(session, path, moment)
    session.close()
    migrate_and_die(path, locks, moment)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
