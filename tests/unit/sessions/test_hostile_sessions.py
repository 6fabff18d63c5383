"""A session is a document from the internet: whatever it holds, one sentence and no hang."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from session_mutations import mutated, read_all, small_session

from studio.core.errors import DamagedSessionError, SessionError
from studio.sessions import CURRENT_VERSION, SessionFile
from studio.sessions.checks.limits import bound, time_limit
from studio.sessions.checks.schema_check import expected_schemas
from studio.sessions.tables.serialization import pack_array

MUTATIONS = 400
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


@pytest.fixture
def saved(path: Path, locks: Path) -> Path:
    return small_session(path, locks)


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def read_first(path: Path, locks: Path) -> None:
    with SessionFile.open(path, locks) as session:
        session.history(1)
        session.examples(1)
        session.notes(1)


def problem_of(path: Path, locks: Path) -> str:
    """What opening and reading the first comparison says."""
    with pytest.raises(DamagedSessionError) as caught:
        read_first(path, locks)
    assert caught.value.where == str(path)
    assert "gate-studio doctor" in str(caught.value)
    return caught.value.what


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["CREATE VIEW extra AS SELECT 1"], "a view, 'extra'"),
        (["ALTER TABLE note RENAME TO old", f"CREATE VIEW note AS {ENDLESS}"], "a view, 'note'"),
        (
            ["CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM run; END"],
            "contains a trigger, 't'",
        ),
        (["CREATE VIRTUAL TABLE words USING fts5(text)"], "a virtual table, 'words'"),
        (["CREATE TABLE mine (a)"], "a table that Gate Studio does not make, 'mine'"),
        (["CREATE INDEX mine ON note (text)"], "an index that Gate Studio does not make, 'mine'"),
        (["DROP TABLE note"], "table note is missing"),
        (["ALTER TABLE note ADD COLUMN more INT AS (1)"], "table note is not the one that"),
        (["ALTER TABLE note ADD COLUMN more TEXT"], "table note is not the one that"),
    ],
)
def test_a_schema_that_is_not_ours_is_refused_before_anything_is_read(
    saved: Path, locks: Path, statements: list[str], words: str
) -> None:
    change(saved, *statements)
    before = saved.read_bytes()
    assert words in problem_of(saved, locks)
    assert saved.read_bytes() == before


def test_a_newer_minor_version_may_add_columns_but_nothing_that_computes(
    saved: Path, locks: Path
) -> None:
    change(saved, f"PRAGMA user_version = {CURRENT_VERSION + 1}")
    change(saved, "ALTER TABLE note ADD COLUMN colour TEXT", "CREATE TABLE shelf (book TEXT)")
    assert read_all(saved, locks)
    change(saved, "ALTER TABLE note ADD COLUMN size INT AS (length(text))")
    assert "table 'note' has computed columns" in problem_of(saved, locks)


def test_each_version_has_the_schema_of_its_own_files_and_of_migrated_ones() -> None:
    assert [len(expected_schemas(version)) for version in (1000, 2000, 2001, 2002)] == [1, 2, 3, 4]


def test_an_array_that_claims_terabytes_is_refused_before_memory_is_taken(
    saved: Path, locks: Path
) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        (packed,) = db.execute("SELECT answers FROM test_result").fetchone()
        shape = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 4), }"
        huge = b"\x93NUMPY\x01\x00v\x00" + shape.ljust(117) + b"\n" + packed[128:]
        db.execute("UPDATE test_result SET answers = ?", (huge,))
    assert "GRU, seed 1: an array of shape (1000000000000, 4)" in problem_of(saved, locks)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE epoch SET scores = '[1, 2]'", "GRU, seed 1: "),
        ("UPDATE epoch SET scores = '{\"rmse\": {}}'", "GRU, seed 1: "),
        ("UPDATE comparison SET spec = '[]'", "settings of comparison 1: "),
        (f"UPDATE comparison SET spec = '{'[' * 5000}'", "settings of comparison 1: "),
        ("UPDATE comparison SET environment = '3'", "settings of comparison 1: "),
        ("UPDATE run SET seed = -seed", "GRU, seed -2: the seed -2 is out of range"),
        ("UPDATE run SET served = '{\"engine\": 1}'", "GRU, seed 1: "),
        ("UPDATE run SET memory = '7'", "GRU, seed 1: "),
        ("UPDATE division SET part_sizes = '{}'", "split: the sizes of its sets"),
        ("DELETE FROM division", "the split of comparison 1 is missing"),
        ("DELETE FROM contender WHERE name = 'LSTM'", "contender LSTM is missing"),
        ("UPDATE contender SET parameters = -5", "contender GRU: its size is negative"),
        ("UPDATE note SET tags = '1'", "note 1: "),
    ],
)
def test_values_of_another_shape_are_told_with_their_place(
    saved: Path, locks: Path, statement: str, words: str
) -> None:
    change(saved, "PRAGMA foreign_keys = OFF", statement)
    assert words in problem_of(saved, locks)


def test_predictions_that_are_not_numbers_are_refused(saved: Path, locks: Path) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        predictions = np.full((6, 1), np.inf, np.float32)
        db.execute("UPDATE test_result SET answers = ?", (pack_array(predictions),))
    assert "GRU, seed 1: its predictions are not numbers" in problem_of(saved, locks)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"series_naive_error": [[1.0]], "series_ends": [20]}, "lie outside its series"),
        ({"series_naive_error": [[1.0]] * 2, "series_ends": [40, 30]}, "series go back"),
        ({"series_naive_error": [[1.0, 2.0]], "series_ends": [40]}, "do not fit its series"),
        ({"naive_error": []}, "naive errors do not fit the targets"),
        ({"horizon": -1}, "a horizon is out of range"),
        ({"target_scaler": None}, "targets do not fit its task"),
        ({"chosen_loss": {"name": "focal", "gamma": 2.0}}, "targets do not fit its task"),
        ({"chosen_loss": {"name": "huber", "delta": -1.0}}, "its loss are out of range"),
        ({"chosen_loss": {"name": "mae", "delta": 1.0}}, "its loss are out of range"),
        ({"chosen_loss": {"name": "pinball", "quantiles": []}}, "its loss are out of range"),
        ({"chosen_loss": {"name": "pinball", "quantiles": [0.1, 0.9]}}, "its loss are out of"),
        ({"chosen_loss": {"name": "pinball", "quantiles": [0.5, 0.9]}}, "do not fit the test set"),
        ({"washout": -1}, "the washout or the past target"),
        ({"past_target": [1.0, 2.0]}, "the washout or the past target"),
        ({"known_ahead": ["x"], "ahead_sources": [99]}, "known in advance or static is not"),
        ({"static": [{"name": "a"}] * 9}, "known in advance or static is not"),
        ({"known_ahead": ["x"]}, "known in advance or static is not"),
    ],
)
def test_preprocessing_that_does_not_fit_the_results_is_refused(
    saved: Path, locks: Path, changes: dict[str, object], words: str
) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        (text,) = db.execute("SELECT preparation FROM division").fetchone()
        db.execute("UPDATE division SET preparation = ?", (json.dumps(json.loads(text) | changes),))
    assert words in problem_of(saved, locks)


def test_a_vocabulary_that_does_not_fit_the_results_is_refused(saved: Path, locks: Path) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        (text,) = db.execute("SELECT preparation FROM division").fetchone()
        changed = json.loads(text) | {
            "kind": "next-token", "vocabulary": ["a"] * 50, "target_scaler": None,
        }  # fmt: skip
        db.execute("UPDATE division SET preparation = ?", (json.dumps(changed),))
    assert "split: " in problem_of(saved, locks)


def test_an_array_of_objects_is_never_unpickled(saved: Path, locks: Path) -> None:
    with closing(sqlite3.connect(saved)) as db, db:
        objects = np.array([{"a": 1}], dtype=object)
        file = saved.with_name("objects.npy")
        np.save(file, objects, allow_pickle=True)
        db.execute("UPDATE test_result SET answers = ?", (file.read_bytes(),))
    assert "an array of object, not of numbers" in problem_of(saved, locks)


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE 'other.db' AS other",
        "SELECT load_extension('evil')",
        "SELECT zeroblob(900000000)",
        "CREATE TABLE mine (a)",
        "DROP TABLE note",
        "PRAGMA writable_schema = ON",
        "SELECT " + "+".join("1" * 100),
    ],
)
def test_a_connection_to_a_session_does_nothing_but_what_our_statements_do(
    saved: Path, statement: str
) -> None:
    with closing(sqlite3.connect(saved)) as db:
        bound(db)
        with pytest.raises(sqlite3.DatabaseError):
            db.execute(statement)


def test_a_statement_that_does_not_end_is_ended(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as db:
        with (
            pytest.raises(SessionError, match="took longer than 0 seconds"),
            time_limit(db, saved, 0.2),
        ):
            db.execute(f"SELECT count(*) FROM ({ENDLESS})").fetchone()
        assert db.execute("SELECT count(*) FROM note").fetchone() == (2,)


@pytest.mark.parametrize("first", range(0, MUTATIONS, 100))
def test_a_session_changed_anywhere_is_read_or_refused_in_one_line(
    saved: Path, locks: Path, tmp_path: Path, first: int
) -> None:
    """The same changes each time; `make verify` looks for others."""
    readable = 0
    for seed in range(first, first + 100):
        copy = tmp_path / f"{seed}.gates"
        readable += read_all(mutated(seed, saved, copy), locks)
    assert 10 < readable < 90


@pytest.mark.parametrize("column", ["sql", "name", "type"])
def test_a_schema_that_is_not_text_is_refused_in_one_line(
    saved: Path, locks: Path, column: str
) -> None:
    """The bytes are changed in the file, as SQLite itself would not write them."""
    old, new = {
        "sql": (b"text TEXT NOT NULL", b"te\x90t TEXT NOT NULL"),
        "name": (b"tablenotenote", b"tablen\x90tenote"),
        "type": (b"tablenotenote", b"t\x90blenotenote"),
    }[column]
    content = saved.read_bytes()
    assert content.count(old) == 1
    saved.write_bytes(content.replace(old, new))
    assert not read_all(saved, locks)


def test_a_pipe_in_the_place_of_a_session_is_not_waited_for(path: Path, locks: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(SessionError, match="is not a file"):
        SessionFile.open(path, locks)


@pytest.mark.parametrize(("planes", "is_read"), [(1, True), (2, True), (3, False)])
def test_predictions_at_every_step_hold_the_likelihood_and_perhaps_a_guess(
    saved: Path, locks: Path, planes: int, *, is_read: bool
) -> None:
    """Next rows of keys have no likeliest class, so one number is kept of each step."""
    predictions = pack_array(np.ones((6, 3, planes), np.float32))
    truth = pack_array(np.ones((6, 3), np.float32))
    with closing(sqlite3.connect(saved)) as db, db:
        (text,) = db.execute("SELECT preparation FROM division").fetchone()
        changed = json.loads(text) | {"kind": "next-step", "target_scaler": None, "window": None}
        db.execute(
            "UPDATE division SET preparation = ?, test_truth = ?", (json.dumps(changed), truth)
        )
        for table in ("baseline", "test_result"):
            db.execute(f"UPDATE {table} SET answers = ?", (predictions,))
    with SessionFile.open(saved, locks) as session:
        if is_read:
            assert session.history(1).preprocessing.kind == "next-step"
        else:
            with pytest.raises(DamagedSessionError, match="do not fit the test set"):
                session.history(1)
