"""A damaged session is checked in full, and all that can be read is saved to a valid new file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from session_mutations import mutated, read_all, recover_all, small_session
from unit.sessions.make_sessions import GRU_1

from studio.analysis import summary
from studio.core.errors import SessionError
from studio.core.results.history import ComparisonHistory
from studio.sessions import SessionFile
from studio.sessions.recovery.doctor import examine, recover
from studio.sessions.recovery.findings import SessionFindings

PAGE = 4096


@pytest.fixture
def saved(path: Path, locks: Path) -> Path:
    return small_session(path, locks, comparisons=2)


@pytest.fixture
def target(path: Path) -> Path:
    return path.with_name("recovered.gates")


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def spoil(path: Path, page: int, content: bytes = b"\xa5" * PAGE) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(content)


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        page: int = db.execute(query, (table,)).fetchone()[0]
        return page


def recovered(path: Path, target: Path, locks: Path) -> SessionFindings:
    """Recovers a session whose file is not altered; what is saved reads like any other."""
    before = path.read_bytes()
    findings = recover(path, target, locks)
    assert path.read_bytes() == before
    assert findings.recovered == target
    assert read_all(target, locks)
    assert examine(target, locks).is_sound
    return findings


def history(path: Path, locks: Path, comparison: int = 1) -> ComparisonHistory:
    with SessionFile.open(path, locks, read_only=True) as session:
        return session.history(comparison)


def test_a_sound_session_is_told_as_sound_and_left_byte_for_byte(saved: Path, locks: Path) -> None:
    before = {file.name: file.read_bytes() for file in saved.parent.iterdir()}
    findings = examine(saved, locks)
    assert findings.is_sound
    assert findings.is_complete
    assert findings.tables["epoch"].readable == 24
    assert [comparison.finished for comparison in findings.comparisons] == [3, 3]
    assert {file.name: file.read_bytes() for file in saved.parent.iterdir()} == before


@pytest.mark.parametrize("version", ["v1.0", "v2.0", "v2.1", "v2.2"])
def test_the_rows_of_every_older_version_are_recovered(
    version: str, path: Path, target: Path, locks: Path
) -> None:
    old = Path(__file__).parents[2] / "old_sessions" / f"{version}.gates"
    shutil.copyfile(old, path)
    findings = recovered(path, target, locks)
    assert [comparison.name for comparison in findings.comparisons] == ["first", "second"]
    assert history(target, locks).contender("GRU").run(1).result is not None


def test_a_lost_page_costs_the_rows_on_it_and_no_others(
    saved: Path, target: Path, locks: Path
) -> None:
    before = summary(history(saved, locks)).as_json()
    spoil(saved, root_of(saved, "note"))
    with pytest.raises(SessionError, match="damaged"):
        SessionFile.open(saved, locks)
    findings = recovered(saved, target, locks)
    assert not findings.is_sound
    assert findings.tables["note"].readable == 0
    assert any("Pages of the file" in problem for problem in findings.problems)
    assert summary(history(target, locks)).as_json() == before


def test_rows_below_a_lost_inner_page_are_found_again(
    saved: Path, target: Path, locks: Path
) -> None:
    with SessionFile.open(saved, locks) as session:
        for number in range(300):
            session.add_note(1, GRU_1, f"note {number} " + "x" * 100)
    spoil(saved, root_of(saved, "note"), bytes(PAGE))
    findings = recovered(saved, target, locks)
    assert findings.tables["note"].readable > 290


def test_a_session_whose_list_of_tables_is_lost_is_recovered_by_the_shape_of_its_rows(
    saved: Path, target: Path, locks: Path
) -> None:
    spoil(saved, 1)
    findings = recovered(saved, target, locks)
    assert "The header of the file is damaged" in findings.problems
    assert [comparison.finished for comparison in findings.comparisons] == [3, 3]
    assert history(target, locks).contender("GRU").run(1).result is not None


@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_what_is_there_of_a_truncated_session_is_recovered(
    saved: Path, target: Path, locks: Path, share: float
) -> None:
    with saved.open("r+b") as file:
        file.truncate(int(saved.stat().st_size * share))
    findings = examine(saved, locks)
    assert not findings.is_sound
    if findings.can_be_recovered:
        recovered(saved, target, locks)


def test_deleted_rows_do_not_come_back(saved: Path, target: Path, locks: Path) -> None:
    change(saved, "DELETE FROM note", "DELETE FROM step_timing")
    spoil(saved, root_of(saved, "baseline"))
    findings = recovered(saved, target, locks)
    assert findings.tables["note"].readable == 0
    assert findings.tables["step_timing"].readable == 0


def test_what_a_killed_process_left_in_the_log_is_recovered(
    saved: Path, target: Path, locks: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left" / "work.gates"
    left.parent.mkdir()
    with SessionFile.open(saved, locks) as session:
        session.add_note(1, None, "only in the log")
        for file in saved.parent.iterdir():
            shutil.copyfile(file, left.with_name(file.name))
    assert left.with_name("work.gates-wal").stat().st_size
    before = {file.name: file.read_bytes() for file in left.parent.iterdir()}
    findings = recover(left, target, locks)
    assert findings.is_sound
    assert {file.name: file.read_bytes() for file in left.parent.iterdir()} == before
    with SessionFile.open(target, locks) as session:
        assert "only in the log" in [note.text for note in session.notes(1)]


def test_what_a_killed_process_had_half_written_is_rolled_back(
    saved: Path, target: Path, locks: Path
) -> None:
    left = saved.with_name("left.gates")
    with closing(sqlite3.connect(saved, isolation_level=None)) as db:
        db.execute("PRAGMA cache_size = 1")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE comparison SET name = 'half written'")
        db.execute("CREATE TABLE filler (x)")
        db.executemany("INSERT INTO filler VALUES (zeroblob(4000))", [()] * 200)
        shutil.copy(saved, left)
        shutil.copy(f"{saved}-journal", f"{left}-journal")
        db.execute("ROLLBACK")
    findings = recover(left, target, locks)
    assert findings.is_sound
    assert [comparison.name for comparison in findings.comparisons] == ["number 1", "number 2"]
    assert left.with_name("left.gates-journal").exists()


def test_a_session_that_is_open_elsewhere_is_checked_as_it_was_last_saved(
    saved: Path, locks: Path
) -> None:
    with SessionFile.open(saved, locks) as session:
        session.add_note(1, None, "new")
        assert examine(saved, locks).tables["note"].readable == 5


def test_views_and_triggers_do_not_reach_the_new_file(
    saved: Path, target: Path, locks: Path
) -> None:
    change(
        saved,
        "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM run; END",
        "CREATE VIEW v AS SELECT 1",
    )
    findings = recovered(saved, target, locks)
    assert any("contains a" in problem for problem in findings.problems)
    assert findings.tables["run"].readable == 8


@pytest.mark.parametrize(
    ("statement", "loss"),
    [
        ("DELETE FROM dataset", "the record of its dataset"),
        ("DELETE FROM contender WHERE name = 'LSTM'", "the contender LSTM"),
        ("UPDATE test_result SET answers = x'00'", "the end of GRU, seed 1"),
        ("DELETE FROM run WHERE seed = 2", "the run GRU, seed 2, which can be trained again"),
        ("UPDATE checkpoint SET weights = x'00'", "the weights of the best epoch of GRU, seed 1"),
        ("UPDATE epoch SET scores = '['", "the test result of GRU, seed 1"),
    ],
)
def test_a_comparison_that_lost_a_part_is_kept_and_the_loss_is_told(
    saved: Path, target: Path, locks: Path, statement: str, loss: str
) -> None:
    change(saved, "PRAGMA foreign_keys = OFF", statement)
    findings = recovered(saved, target, locks)
    assert len(findings.comparisons) == 2
    assert any(text.startswith(loss) for text in findings.comparisons[0].losses)


def test_a_copy_of_the_data_that_was_changed_is_not_kept(
    saved: Path, target: Path, locks: Path
) -> None:
    change(saved, "UPDATE dataset_file SET content = x'00'")
    findings = recovered(saved, target, locks)
    assert findings.tables["dataset_file"].damaged == 1


def test_text_that_is_not_utf_8_costs_its_row(saved: Path, target: Path, locks: Path) -> None:
    change(saved, "UPDATE note SET text = CAST(x'c3ff' AS TEXT) WHERE id = 1")
    findings = recovered(saved, target, locks)
    assert (findings.tables["note"].readable, findings.tables["note"].damaged) == (3, 1)


def test_nothing_is_written_where_nothing_can_be_read(
    saved: Path, target: Path, locks: Path
) -> None:
    change(saved, "DELETE FROM comparison")
    with pytest.raises(SessionError, match="no comparison in the session can be read"):
        recover(saved, target, locks)
    assert not target.exists()


def test_a_file_of_another_kind_is_told_as_such(path: Path, locks: Path) -> None:
    path.write_text("time,value\n" + "1,2\n" * 5000)
    with pytest.raises(SessionError, match="is not a Gate Studio session, and no part of it"):
        examine(path, locks)


def test_a_session_is_never_recovered_onto_itself_nor_onto_another_by_accident(
    saved: Path, target: Path, locks: Path
) -> None:
    with pytest.raises(SessionError, match="the damaged file itself"):
        recover(saved, saved, locks, overwrite=True)
    small_session(target, locks)
    before = target.read_bytes()
    with pytest.raises(SessionError, match="already exists"):
        recover(saved, target, locks)
    assert target.read_bytes() == before
    findings = recover(saved, target, locks, overwrite=True)
    assert findings.backup is not None
    assert read_all(findings.backup, locks)
    assert len(history(target, locks, 2).contenders) == 2


def test_pages_that_refer_to_each_other_in_a_circle_are_read_once(
    saved: Path, target: Path, locks: Path
) -> None:
    root = root_of(saved, "epoch")
    circle = bytearray(PAGE)
    circle[0] = 5
    circle[8:12] = root.to_bytes(4, "big")
    spoil(saved, root, bytes(circle))
    findings = recovered(saved, target, locks)
    assert findings.problems


def test_a_session_changed_anywhere_is_recovered_into_a_valid_one_or_nothing_is_written(
    saved: Path, locks: Path, tmp_path: Path
) -> None:
    """The same changes each time; `make verify` looks for others."""
    saved_from = sum(
        recover_all(mutated(seed, saved, tmp_path / f"{seed}.gates"), locks) for seed in range(60)
    )
    assert saved_from > 40
