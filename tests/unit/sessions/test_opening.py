"""Which files can be opened and how; refused files are left unchanged."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from unit.sessions.make_sessions import (
    CONTENT,
    GRU_1,
    epoch_finished,
    finished,
    new_comparison,
    started,
)

from studio.core.errors import SessionError
from studio.sessions import APPLICATION_ID, CURRENT_VERSION, SessionFile


@pytest.fixture
def saved(path: Path, locks: Path) -> Path:
    """A closed session with one finished run."""
    with SessionFile.create(path, locks) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1), finished(GRU_1)])
    return path


def contents(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.is_file()
    }


def other_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def held(saved: Path, locks: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the session open for writing."""
    code = """
        import sys
        from pathlib import Path
        from studio.sessions import SessionFile
        session = SessionFile.open(Path(sys.argv[1]), Path(sys.argv[2]))
        print(session.read_only, flush=True)
        sys.stdin.read()
    """
    with other_process(code, saved, locks) as process:
        assert process.stdout.readline() == "False\n"
        yield process
        process.kill()


def as_text(path: Path) -> None:
    path.write_text("time,value\n1,2\n")


def as_other_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")


def as_nothing(path: Path) -> None:
    path.write_bytes(b"")


def as_cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def as_cut_in_its_header(path: Path) -> None:
    os.truncate(path, 40)


def as_overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 20_000)


def as_newer(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(60)
        file.write((CURRENT_VERSION + 1000).to_bytes(4, "big"))


def as_unknown_older(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(60)
        file.write((0).to_bytes(4, "big"))


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (as_text, "not a Gate Studio session"),
        (as_other_database, "database of another program"),
        (as_nothing, "empty file"),
        (as_cut, "damaged"),
        (as_cut_in_its_header, "damaged"),
        (as_overwritten, "damaged"),
        (as_newer, "made by a newer version of Gate Studio"),
        (as_unknown_older, "unknown file version 0.0"),
    ],
)
def test_a_bad_file_is_refused_and_left_unchanged(
    saved: Path, locks: Path, spoil: Callable[[Path], None], words: str, *, read_only: bool
) -> None:
    spoil(saved)
    before = contents(saved.parent)
    with pytest.raises(SessionError, match=words) as caught:
        SessionFile.open(saved, locks, read_only=read_only)
    assert caught.value.where == str(saved)
    assert caught.value.remedy
    assert contents(saved.parent) == before


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path, locks: Path) -> None:
    with pytest.raises(SessionError, match="there is no such session file"):
        SessionFile.open(tmp_path / "no.gates", locks)
    with pytest.raises(SessionError, match="is a folder"):
        SessionFile.open(tmp_path, locks)


def test_damage_found_while_reading_is_reported_then(saved: Path, locks: Path) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        db.execute("UPDATE test_result SET answers = x'00'")
        db.execute("UPDATE epoch SET scores = '{'")
    with (
        SessionFile.open(saved, locks) as session,
        pytest.raises(SessionError, match="damaged"),
    ):
        session.history(1)


@pytest.mark.parametrize("relative", [True, False], ids=["the file", "its folder"])
def test_an_unreadable_file_is_refused(saved: Path, *, relative: bool) -> None:
    code = """
        import os, sys
        from pathlib import Path
        from studio.core.errors import SessionError
        from studio.sessions import SessionFile
        os.chdir(Path(sys.argv[1]).parent)
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            SessionFile.open(Path(sys.argv[2]), Path("locks"))
        except SessionError as error:
            print(error)
    """
    saved.chmod(0)
    saved.parent.chmod(0o755 if relative else 0o600)
    with other_process(code, saved, saved.name if relative else saved) as process:
        answer, _ = process.communicate(timeout=30)
    saved.parent.chmod(0o700)
    assert "the session could not be opened: Permission denied" in answer


def test_a_session_that_is_open_elsewhere_opens_read_only(
    saved: Path, locks: Path, held: subprocess.Popen[str]
) -> None:
    with SessionFile.open(saved, locks) as session:
        assert session.read_only
        assert session.why_read_only == f"open in another window (process {held.pid})"
        assert session.history(1).contender("GRU").run(1).status == "finished"
        with pytest.raises(SessionError, match="open in another window"):
            session.add_note(1, None, "no")


def test_a_session_that_is_open_elsewhere_is_not_overwritten(
    saved: Path, locks: Path, held: subprocess.Popen[str], tmp_path: Path
) -> None:
    with pytest.raises(SessionError, match=f"process {held.pid}"):
        SessionFile.create(saved, locks, overwrite=True)
    with (
        SessionFile.create(tmp_path / "mine.gates", locks) as mine,
        pytest.raises(SessionError, match=f"process {held.pid}"),
    ):
        mine.save_as(saved)


def test_a_killed_process_releases_the_session(
    saved: Path, locks: Path, held: subprocess.Popen[str]
) -> None:
    held.kill()
    held.wait()
    with SessionFile.open(saved, locks) as session:
        assert not session.read_only


def test_a_second_opening_in_the_same_process_is_read_only_and_harmless(
    saved: Path, locks: Path
) -> None:
    with SessionFile.open(saved, locks) as writer:
        with SessionFile.open(saved, locks) as reader:
            assert f"(process {os.getpid()})" in reader.why_read_only
            writer.add_note(1, None, "seen at once")
            assert [note.text for note in reader.notes(1)] == ["seen at once"]
        writer.add_note(1, None, "and after")
    with SessionFile.open(saved, locks) as again:
        assert not again.read_only
        assert [note.text for note in again.notes(1)] == ["seen at once", "and after"]


def test_the_last_note_on_a_run_counts(saved: Path, locks: Path) -> None:
    with SessionFile.open(saved, locks) as session:
        run, other = (run.run for run in session.history(1).contenders[0].runs[:2])
        session.add_note(1, run, "odd", ["check"])
        session.add_note(1, other, "fine")
        session.add_note(1, run, "odder", ["check", "slow"])
        assert [str(note) for note in session.notes(1)] == [
            f"{other}: fine",
            f"{run}: odder (check, slow)",
        ]
        session.add_note(1, run, "")
        assert [note.run for note in session.notes(1)] == [other]


def test_a_session_opened_read_only_is_left_byte_for_byte(saved: Path, locks: Path) -> None:
    before = contents(saved.parent)
    with SessionFile.open(saved, locks, read_only=True) as session:
        assert session.why_read_only == "opened read-only"
        session.history(1)
        with pytest.raises(SessionError, match="opened read-only"):
            session.record(1, [started(GRU_1)])
    assert contents(saved.parent) == before


def test_a_link_and_its_target_are_one_session(saved: Path, locks: Path) -> None:
    link = saved.with_name("link.gates")
    link.symlink_to(saved)
    with SessionFile.open(saved, locks), SessionFile.open(link, locks) as second:
        assert second.read_only


def test_a_new_session_has_its_application_id_and_version_in_the_header(
    path: Path, locks: Path
) -> None:
    with SessionFile.create(path, locks):
        head = path.read_bytes()[:100]
    assert int.from_bytes(head[68:72], "big") == APPLICATION_ID
    assert int.from_bytes(head[60:64], "big") == CURRENT_VERSION


def test_an_existing_file_is_not_overwritten_by_default(saved: Path, locks: Path) -> None:
    before = contents(saved.parent)
    with pytest.raises(SessionError, match="already exists"):
        SessionFile.create(saved, locks)
    assert contents(saved.parent) == before
    with SessionFile.create(saved, locks, overwrite=True) as session:
        assert session.comparisons() == ()


def test_other_files_are_never_overwritten(saved: Path, locks: Path) -> None:
    data = saved.with_name("data.csv")
    as_text(data)
    with pytest.raises(SessionError, match="not a Gate Studio session"):
        SessionFile.create(data, locks, overwrite=True)
    with (
        SessionFile.open(saved, locks) as session,
        pytest.raises(SessionError, match="not a Gate Studio session"),
    ):
        session.save_as(data)
    assert data.read_text() == "time,value\n1,2\n"


def test_a_missing_folder_is_named(tmp_path: Path, locks: Path) -> None:
    with pytest.raises(SessionError, match="there is no such folder"):
        SessionFile.create(tmp_path / "no" / "work.gates", locks)


def test_a_closed_session_is_a_single_file(saved: Path) -> None:
    assert [file.name for file in saved.parent.iterdir()] == ["work.gates"]


def test_a_saved_copy_is_equal_and_the_original_stays_open(saved: Path, locks: Path) -> None:
    target = saved.with_name("copy.gates")
    with SessionFile.open(saved, locks) as session:
        session.save_as(target)
        session.add_note(1, None, "later")
        session.save_as(saved)
    assert {file.name for file in saved.parent.iterdir()} == {"work.gates", "copy.gates"}
    with SessionFile.open(target, locks) as copy:
        assert copy.notes(1) == ()
        assert copy.history(1).contender("GRU").run(1).status == "finished"


def test_a_saved_copy_replaces_an_older_session_with_a_leftover_log(
    saved: Path, locks: Path, held: subprocess.Popen[str], tmp_path: Path
) -> None:
    held.kill()
    held.wait()
    saved.with_name("work.gates-wal").touch()
    with SessionFile.create(tmp_path / "mine.gates", locks) as mine:
        mine.begin(new_comparison("mine"))
        mine.save_as(saved)
    with SessionFile.open(saved, locks) as session:
        assert [comparison.name for comparison in session.comparisons()] == ["mine"]


def test_a_moved_dataset_is_relinked_if_its_content_is_the_same(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "moved" / "weather.csv"
    moved.parent.mkdir()
    moved.write_bytes(CONTENT)
    with SessionFile.open(saved, locks) as session:
        session.relink(1, {"weather.csv": moved})
        dataset = session.dataset(1)
        assert dataset.files[0].path == dataset.spec.path == str(moved)
        assert session.history(1).spec.dataset.path == str(moved)
        moved.write_bytes(CONTENT + b"3\n")
        with pytest.raises(SessionError, match="differs from the"):
            session.relink(1, {"weather.csv": moved})
        with pytest.raises(SessionError, match="not a file of the dataset"):
            session.relink(1, {"rain.csv": moved})
        with pytest.raises(SessionError, match="could not be saved"):
            session.relink(1, {"weather.csv": tmp_path / "gone.csv"})


def test_notes_are_stored_with_run_and_tags(saved: Path, locks: Path) -> None:
    with SessionFile.open(saved, locks) as session:
        session.add_note(1, GRU_1, "odd curve", ["check", "später"])
        session.add_note(1, None, "for the paper")
    with SessionFile.open(saved, locks, read_only=True) as session:
        first, second = session.notes(1)
    assert (first.run, first.text, first.tags) == (GRU_1, "odd curve", ("check", "später"))
    assert (second.run, second.tags) == (None, ())


def test_a_session_that_stored_the_engines_inequality_as_a_sentence_opens(
    saved: Path, locks: Path
) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        db.execute("UPDATE run SET served = json_set(served, '$.unequal', 'Not all alike.')")
    with SessionFile.open(saved, locks) as session:
        run = session.history(1).contenders[0].runs[0]
        assert run.execution is not None
        assert run.execution.engine == "fused"
