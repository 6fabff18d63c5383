"""Older files are migrated on a copy; newer ones are left unchanged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from unit.sessions.make_sessions import new_comparison

from studio.core.errors import SessionError
from studio.sessions import CURRENT_VERSION, Migration, SessionFile, Versions

WRITTEN = rf"{CURRENT_VERSION // 1000}\.{CURRENT_VERSION % 1000}"
MINOR, MAJOR = CURRENT_VERSION + 1, CURRENT_VERSION + 1000


def add_column(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")


def rename_all(db: sqlite3.Connection) -> None:
    db.execute("UPDATE comparison SET name = name || ' (migrated)'")


def fail_half_way(db: sqlite3.Connection) -> None:
    db.execute("UPDATE comparison SET name = 'lost'")
    db.execute("SELECT nothing FROM nowhere")


def break_references(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM dataset")


def later(*steps: Migration) -> Versions:
    return Versions(steps[-1].target, steps)


TWO_STEPS = later(
    Migration(CURRENT_VERSION, MINOR, add_column), Migration(MINOR, MAJOR, rename_all)
)


@pytest.fixture
def old(path: Path, locks: Path) -> Path:
    with SessionFile.create(path, locks) as session:
        session.begin(new_comparison("first"))
    return path


def version_of(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[60:64], "big")


def test_an_older_file_is_migrated_step_by_step(old: Path, locks: Path) -> None:
    with SessionFile.open(old, locks, versions=TWO_STEPS) as session:
        assert session.comparisons()[0].name == "first (migrated)"
        session.add_note(1, None, "writable")
    assert version_of(old) == MAJOR
    assert [file.name for file in old.parent.iterdir()] == ["work.gates"]


@pytest.mark.parametrize("step", [fail_half_way, break_references])
def test_a_failed_migration_leaves_the_original(old: Path, locks: Path, step: object) -> None:
    before = old.read_bytes()
    steps = later(Migration(CURRENT_VERSION, MINOR, add_column), Migration(MINOR, MAJOR, step))
    with pytest.raises(SessionError, match="brought to the current version"):
        SessionFile.open(old, locks, versions=steps)
    assert old.read_bytes() == before
    assert [file.name for file in old.parent.iterdir()] == ["work.gates"]
    with SessionFile.open(old, locks) as session:
        assert not session.read_only


def test_an_older_file_opened_read_only_is_not_changed(old: Path, locks: Path) -> None:
    before = old.read_bytes()
    with SessionFile.open(old, locks, read_only=True, versions=TWO_STEPS) as session:
        assert session.comparisons()[0].name == "first (migrated)"
        folder = Path(session._opened.copy.name)
        assert folder.exists()
    assert not folder.exists()
    assert old.read_bytes() == before


def test_an_older_file_without_a_migration_is_refused(old: Path, locks: Path) -> None:
    with pytest.raises(SessionError, match=rf"unknown file version {WRITTEN}"):
        SessionFile.open(old, locks, versions=Versions(3000))


def test_a_newer_minor_version_is_opened_and_keeps_its_version(old: Path, locks: Path) -> None:
    with closing(sqlite3.connect(old)) as db, db:
        add_column(db)
        db.execute(f"PRAGMA user_version = {MINOR}")
    with SessionFile.open(old, locks) as session:
        session.add_note(1, None, "still writable")
    assert version_of(old) == MINOR


def test_a_file_left_by_a_killed_process_is_migrated_with_its_last_changes(
    old: Path, locks: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed.gates"
    with SessionFile.open(old, locks) as session:
        session.begin(new_comparison("second"))
        for file in list(old.parent.iterdir()):
            (tmp_path / file.name.replace("work", "killed")).write_bytes(file.read_bytes())
    assert killed.with_name("killed.gates-wal").stat().st_size
    with SessionFile.open(killed, locks, versions=TWO_STEPS) as session:
        names = [comparison.name for comparison in session.comparisons()]
    assert names == ["first (migrated)", "second (migrated)"]
