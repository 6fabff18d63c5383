"""A dated copy of a session is kept before it is replaced or migrated."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from disks import mounted
from session_mutations import read_all, small_session
from unit.sessions.make_sessions import new_comparison

from studio.core.errors import SessionError
from studio.paths import user_folders
from studio.sessions import CURRENT_VERSION, SessionFile
from studio.sessions.backups import KEPT, backups_beside, keep_backup, list_backups, restore

OLD = Path(__file__).parents[2] / "old_sessions" / "v2.0.gates"


@pytest.fixture
def saved(path: Path, locks: Path) -> Path:
    return small_session(path, locks)


def version_of(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[60:64], "big")


def test_backups_stand_in_the_users_data_folder() -> None:
    folders = user_folders()
    assert backups_beside(folders.locks) == folders.backups


def test_the_session_that_save_as_replaces_is_kept(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    before = saved.read_bytes()
    with SessionFile.create(tmp_path / "other.gates", locks) as other:
        other.begin(new_comparison("other"))
        other.save_as(saved)
    (backup,) = list_backups(backups_beside(locks))
    assert backup.origin == saved
    assert backup.size == backup.path.stat().st_size
    assert read_all(backup.path, locks)
    assert saved.read_bytes() != before
    restore(backup, saved, locks)
    with SessionFile.open(saved, locks) as session:
        assert session.comparisons()[0].name == "number 1"
    newest, oldest = list_backups(backups_beside(locks))
    assert oldest == backup
    with SessionFile.open(newest.path, locks, read_only=True) as session:
        assert session.comparisons()[0].name == "other"


def test_the_session_that_a_new_one_overwrites_is_kept_unless_that_is_declined(
    saved: Path, locks: Path
) -> None:
    SessionFile.create(saved, locks, overwrite=True, backup=False).close()
    assert list_backups(backups_beside(locks)) == ()
    SessionFile.create(saved, locks, overwrite=True).close()
    assert len(list_backups(backups_beside(locks))) == 1


def test_a_session_of_an_earlier_version_is_kept_as_it_was_before_it_is_migrated(
    path: Path, locks: Path
) -> None:
    shutil.copyfile(OLD, path)
    SessionFile.open(path, locks).close()
    assert version_of(path) == CURRENT_VERSION
    (backup,) = list_backups(backups_beside(locks))
    assert version_of(backup.path) == 2000
    SessionFile.open(path, locks).close()
    assert len(list_backups(backups_beside(locks))) == 1


def test_a_session_opened_read_only_needs_no_backup(path: Path, locks: Path) -> None:
    shutil.copyfile(OLD, path)
    SessionFile.open(path, locks, read_only=True).close()
    assert list_backups(backups_beside(locks)) == ()


def test_what_a_killed_process_left_in_the_log_is_in_the_backup(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left" / "work.gates"
    left.parent.mkdir()
    with SessionFile.open(saved, locks) as session:
        session.add_note(1, None, "only in the log")
        for file in saved.parent.iterdir():
            shutil.copyfile(file, left.with_name(file.name))
    copy = keep_backup(left, backups_beside(locks))
    assert copy is not None
    with SessionFile.open(copy, locks, read_only=True) as session:
        assert session.notes(1)[-1].text == "only in the log"


def test_a_damaged_session_is_kept_as_it_is(saved: Path, locks: Path) -> None:
    os.truncate(saved, 10_000)
    copy = keep_backup(saved, backups_beside(locks))
    assert copy is not None
    assert copy.read_bytes() == saved.read_bytes()


def test_ten_backups_of_each_session_are_kept_and_the_oldest_go(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    other = small_session(tmp_path / "other.gates", locks)
    folder = backups_beside(locks)
    kept = keep_backup(other, folder)
    copies = [keep_backup(saved, folder) for _ in range(KEPT + 3)]
    assert [copy for copy in copies if copy is not None and copy.exists()] == copies[3:]
    assert kept is not None
    assert kept.exists()
    assert [backup.path for backup in list_backups(folder) if backup.origin == saved] == [
        *reversed(copies[3:])
    ]


def test_a_new_or_empty_file_has_no_backup(path: Path, locks: Path) -> None:
    assert keep_backup(path, backups_beside(locks)) is None
    path.touch()
    assert keep_backup(path, backups_beside(locks)) is None


def test_nothing_is_replaced_where_no_backup_can_be_made(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    before = saved.read_bytes()
    folder = backups_beside(locks)
    folder.mkdir()
    with mounted(folder, "size=64k"):
        with SessionFile.create(tmp_path / "other.gates", locks) as other:
            with pytest.raises(SessionError, match="no backup could be made") as caught:
                other.save_as(saved)
            assert "--no-backup" in caught.value.remedy
        with pytest.raises(SessionError, match="so the session was left as it is"):
            SessionFile.create(saved, locks, overwrite=True)
        assert not list(folder.glob("*/*.gates*"))
    assert saved.read_bytes() == before


def test_an_earlier_session_opens_read_only_where_no_backup_can_be_made(
    path: Path, locks: Path
) -> None:
    shutil.copyfile(OLD, path)
    before = path.read_bytes()
    folder = backups_beside(locks)
    folder.mkdir()
    with mounted(folder, "size=64k"), SessionFile.open(path, locks) as session:
        assert "earlier version" in session.why_read_only
        assert "no backup could be made" in session.why_read_only
        assert session.comparisons()[0].name == "first"
    assert path.read_bytes() == before


def test_a_session_that_is_open_is_not_restored_onto(saved: Path, locks: Path) -> None:
    keep_backup(saved, backups_beside(locks))
    (backup,) = list_backups(backups_beside(locks))
    with (
        SessionFile.open(saved, locks),
        pytest.raises(SessionError, match="open in another window"),
    ):
        restore(backup, saved, locks)


def test_a_file_of_another_kind_is_not_restored_onto(saved: Path, locks: Path) -> None:
    keep_backup(saved, backups_beside(locks))
    (backup,) = list_backups(backups_beside(locks))
    text = saved.with_name("data.csv")
    text.write_text("a,b\n1,2\n")
    with pytest.raises(SessionError, match="is not a Gate Studio session"):
        restore(backup, text, locks)
    assert text.read_text() == "a,b\n1,2\n"


def test_what_is_not_a_backup_is_passed_over(saved: Path, locks: Path) -> None:
    folder = backups_beside(locks)
    copy = keep_backup(saved, folder)
    assert copy is not None
    copy.with_name("notes.gates").write_text("mine")
    (folder / "other").mkdir()
    (folder / "other" / "origin.json").write_text("[]")
    assert [backup.path for backup in list_backups(folder)] == [copy]


def test_a_process_killed_while_it_makes_a_backup_leaves_none_half_written(
    saved: Path, locks: Path
) -> None:
    code = """
import os, sys
from pathlib import Path
from studio.sessions import backups
copy = backups._copy
def die(path, part):
    copy(path, part)
    os.truncate(part, 5000)
    os.kill(os.getpid(), 9)
backups._copy = die
backups.keep_backup(Path(sys.argv[1]), Path(sys.argv[2]))
"""
    folder = backups_beside(locks)
    done = subprocess.run([sys.executable, "-c", code, saved, folder], check=False)
    assert done.returncode == -9
    assert list_backups(folder) == ()
    assert keep_backup(saved, folder) is not None
    assert len(list_backups(folder)) == 1


def test_a_full_disk_is_named(saved: Path, locks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(SessionError, match="No space left on device"):
        keep_backup(saved, backups_beside(locks))
