"""gate-studio doctor with a session: a full check, and a new file with what can be read."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from commands import run
from tiny import Finished


@pytest.fixture
def session(finished: Finished, home: Path) -> Path:
    """A copy of a real session."""
    path = home / "s.gates"
    shutil.copyfile(finished.session, path)
    return path


def spoil(path: Path, table: str) -> None:
    """Writes over the first page of a table."""
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = db.execute(query, (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xa5" * 4096)


def test_a_sound_session_is_told_as_sound(home: Path, session: Path) -> None:
    shown = run(home, "doctor", session).stdout
    assert "The session is sound: everything in it can be read." in shown
    assert "4 of 4 runs have a test result." in shown
    assert "stored weights" in shown
    assert "Save what can be read" not in shown


def test_a_damaged_session_is_told_in_words_and_recovered_into_one_that_is_shown(
    home: Path, session: Path
) -> None:
    before = json.loads(run(home, "show", session, "--json").stdout)
    spoil(session, "step_timing")
    content = session.read_bytes()
    told = run(home, "show", session, status=1).stderr
    assert "the session file is damaged" in told
    assert "gate-studio doctor" in told
    shown = run(home, "doctor", session, status=1).stdout
    assert "The session is damaged." in shown
    assert "Pages of the file that cannot be read: 1 of " in shown
    assert "gate-studio doctor SESSION --out NEW.gates" in shown
    done = run(home, "doctor", session, "--out", "new.gates", "--json", status=1)
    found = json.loads(done.stdout)
    assert (found["sound"], found["recovered"]) == (False, "new.gates")
    assert "Saved: new.gates" in done.stderr
    assert session.read_bytes() == content
    after = json.loads(run(home, "show", "new.gates", "--json").stdout)
    assert after["contenders"][0]["metrics"] == before["contenders"][0]["metrics"]
    assert json.loads(run(home, "doctor", "new.gates", "--json").stdout)["sound"]
    arguments = ("--contender", "GRU", "--out", "trace.npz")
    run(home, "trace", "new.gates", *arguments)


def test_a_recovered_session_goes_on_training(home: Path, session: Path) -> None:
    with closing(sqlite3.connect(session)) as db, db:
        db.execute("DELETE FROM run WHERE seed = 2")
    shown = run(home, "doctor", session, "--out", "new.gates", status=1).stdout
    assert "lost: the run GRU, seed 2, which can be trained again" in shown
    assert "2 of 4 runs have a test result." in shown
    shutil.copyfile(session, home / "unused.gates")
    run(home, "compare", "new.gates", "--resume")
    assert "4 of 4 runs" in run(home, "doctor", "new.gates").stdout


def test_a_file_of_another_kind_and_a_missing_one_are_told_in_one_line(home: Path) -> None:
    (home / "data.csv").write_text("a,b\n" + "1,2\n" * 999)
    assert "is not a Gate Studio session" in run(home, "doctor", "data.csv", status=1).stderr
    assert "no such session file" in run(home, "doctor", "no.gates", status=1).stderr


def test_nothing_is_replaced_unless_asked_and_then_a_backup_is_listed(
    home: Path, session: Path
) -> None:
    shutil.copyfile(session, home / "new.gates")
    refused = run(home, "doctor", session, "--out", "new.gates", status=1).stderr
    assert "the session already exists" in refused
    done = run(home, "doctor", session, "--out", "new.gates", "--overwrite")
    assert "Backup of the file that it replaced: " in done.stderr
    assert "Earlier copies, the newest first:" in run(home, "doctor", "new.gates").stdout
    listed = json.loads(run(home, "doctor", "new.gates", "--json").stdout)["backups"]
    assert len(listed) == 1
    assert Path(listed[0]["path"]).stat().st_size == listed[0]["bytes"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "new.gates"), "--out: needs a session to check"),
        (("s.gates", "--overwrite"), "--overwrite: needs --out"),
        (("s.gates", "--no-backup"), "--no-backup: needs --out"),
    ],
)
def test_options_without_effect_are_refused(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in run(home, "doctor", *arguments, status=2).stderr


def test_overwriting_a_session_with_a_new_comparison_keeps_the_old_one(
    home: Path, session: Path
) -> None:
    quick = ("adding", "--data-option", "length=8", "--data-option", "examples=60", "--epochs", 1,
             "--seeds", 1, "--hidden-size", 3, "--threads", 1, "--out", "s.gates")  # fmt: skip
    told = run(home, "compare", *quick, "--no-backup", status=2).stderr
    assert "--no-backup: needs --overwrite" in told
    before = session.stat().st_size
    run(home, "compare", *quick, "--overwrite")
    listed = json.loads(run(home, "doctor", session, "--json").stdout)["backups"]
    assert [backup["bytes"] for backup in listed] == [before]
    run(home, "compare", *quick, "--overwrite", "--no-backup")
    again = json.loads(run(home, "doctor", session, "--json").stdout)["backups"]
    assert again == listed
