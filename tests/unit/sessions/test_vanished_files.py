"""A session file that goes while it is open is rescued, and the file alone holds what was done."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from unit.sessions.make_sessions import (
    GRU_1,
    epoch_finished,
    finished,
    new_comparison,
    started,
)

from studio.core.errors import SessionError
from studio.sessions import SessionFile


def delete(path: Path) -> None:
    path.unlink()


def move_over(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"something else")
    other.replace(path)


def replace_by_a_copy(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


@pytest.mark.parametrize("size", [0, 50, 100, 5000])
def test_a_file_that_is_cut_short_while_it_is_open_is_told_at_the_next_epoch(
    path: Path, locks: Path, size: int
) -> None:
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1)])
        os.truncate(path, size)
        with pytest.raises(SessionError, match=r"was deleted, moved or replaced|damaged"):
            session.record(comparison, [epoch_finished(GRU_1, 2)])


@pytest.mark.parametrize("lose", [delete, move_over, replace_by_a_copy])
def test_a_file_that_goes_while_it_is_open_is_rescued_under_a_name_that_is_told(
    path: Path, locks: Path, lose: Callable[[Path], None]
) -> None:
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1)])
        lose(path)
        with pytest.raises(SessionError, match=r"was deleted, moved or replaced.*\(rescued\)"):
            session.record(comparison, [epoch_finished(GRU_1, 2)])
    rescued = path.with_name(f"{path.stem} (rescued){path.suffix}")
    with SessionFile.open(rescued, locks) as again:
        run = again.history(comparison).contenders[0].runs[0]
        assert len(run.epochs) == 2


def test_the_file_alone_holds_a_comparison_from_its_beginning_and_each_finished_run(
    path: Path, locks: Path, tmp_path: Path
) -> None:
    """A copy taken while it trains, or what is left after a kill, without the log beside it."""
    alone = tmp_path / "alone.gates"
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        shutil.copy(path, alone)
        with SessionFile.open(alone, locks) as copy:
            assert len(copy.comparisons()) == 1
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1), finished(GRU_1)])
        alone.unlink()
        shutil.copy(path, alone)
        with SessionFile.open(alone, locks) as copy:
            assert copy.history(comparison).contenders[0].runs[0].result is not None


def test_a_session_is_created_where_folders_cannot_be_opened_as_on_windows(
    path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_open, really_sync = os.open, os.fsync
    flags_of: dict[int, int] = {}

    def open_like_windows(name: str | Path, flags: int, *more: int) -> int:
        if Path(name).is_dir():
            raise PermissionError(13, "Permission denied", str(name))
        descriptor = really_open(name, flags, *more)
        flags_of[descriptor] = flags
        return descriptor

    def sync_like_windows(descriptor: int) -> None:
        if flags_of.get(descriptor, os.O_RDWR) & (os.O_RDWR | os.O_WRONLY) == 0:
            raise OSError(9, "Bad file descriptor")
        really_sync(descriptor)

    monkeypatch.setattr(os, "open", open_like_windows)
    monkeypatch.setattr(os, "fsync", sync_like_windows)
    with SessionFile.create(path, locks) as session:
        assert session.begin(new_comparison()) == 1


def test_a_session_killed_while_closing_opens_read_only(path: Path, locks: Path) -> None:
    """Killed while the log is merged, a hot journal stays behind."""
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1), finished(GRU_1)])
    left = path.with_name("left.gates")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE comparison SET name = 'half written'")
        db.execute("CREATE TABLE filler (x)")
        db.executemany("INSERT INTO filler VALUES (zeroblob(4000))", [()] * 200)
        shutil.copy(path, left)
        shutil.copy(f"{path}-journal", f"{left}-journal")
        db.execute("ROLLBACK")
    with SessionFile.open(left, locks, read_only=True) as again:
        assert again.comparisons()[0].name != "half written"
        assert again.history(comparison).contenders[0].runs[0].result is not None
