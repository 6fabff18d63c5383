"""Small sessions, and ways to change them that a stranger, a bad disk or a bad tool could find."""

import json
import random
import shutil
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save
from unit.sessions.make_sessions import (
    GRU_1,
    GRU_2,
    LSTM_1,
    epoch_finished,
    failed,
    finished,
    new_comparison,
    started,
    stopped,
    timed,
)

from studio.analysis import summary
from studio.core.errors import UserError
from studio.core.results.events import EpochFinished, RunId, RunStarted, Snapshot
from studio.sessions import SessionFile
from studio.sessions.recovery.doctor import examine, recover

_NUMBERS: tuple[Any, ...] = (-1, 0, 1, 2**31, 2**63 - 1, -(2**63), 1e308, -0.5)
_TEXTS = ("", "nan", "-inf", "x" * 3000, "\x00", "\u202e", "<b>", "[]", "{}", "[" * 4000, "null")
_VALUES: tuple[Any, ...] = (None, *_NUMBERS, *_TEXTS, b"", b"\x93NUMPY", [], {}, [[]], True)
_COLUMNS = "SELECT name FROM pragma_table_info(?)"
_HEADER = 100


def valid_weights(epoch: int) -> bytes:
    """Safetensors bytes as a run's."""
    return save({"head.weight": np.full((4, 8), epoch, np.float32)})


def small_session(path: Path, locks: Path, comparisons: int = 1) -> Path:
    """A closed session with runs in every state, whose weights are what they should be."""
    with SessionFile.create(path, locks) as session:
        for number in range(comparisons):
            comparison = session.begin(new_comparison(f"number {number + 1}"))
            for run in (GRU_1, LSTM_1, GRU_2):
                epochs = [_with_weights(epoch_finished(run, n, best=n == 2)) for n in range(1, 5)]
                session.record(comparison, [_begun(run), timed(run, 1, 0), *epochs])
            session.record(comparison, [finished(GRU_1), finished(LSTM_1, "early"), stopped(GRU_2)])
            session.record(comparison, [failed(RunId("LSTM", 2))])
            session.add_note(comparison, GRU_1, "a note", ["tag"])
            session.add_note(comparison, None, "a note on all")
    return path


def _with_weights(event: EpochFinished) -> EpochFinished:
    snapshot = Snapshot(valid_weights(event.record.epoch), valid_weights(0))
    return EpochFinished(event.run, event.record, event.best, snapshot)


def _begun(run: RunId) -> RunStarted:
    event = started(run)
    snapshot = Snapshot(valid_weights(0), valid_weights(0))
    return RunStarted(event.run, event.execution, event.memory, 1, snapshot)


def read_all(path: Path, locks: Path) -> bool:
    """Reads all that `show`, the window and the report read; whether it could be read.

    Whatever is wrong has to be a UserError of one line; anything else passes through.
    """
    problem = ""
    try:
        with SessionFile.open(path, locks, read_only=True) as session:
            for comparison in session.comparisons():
                history = session.history(comparison.id)
                session.examples(comparison.id)
                session.dataset(comparison.id)
                session.notes(comparison.id)
                for contender in history.contenders:
                    for run in contender.runs:
                        session.kept_epochs(comparison.id, run.run)
                        session.last_state(comparison.id, run.run)
                with warnings.catch_warnings():  # a stranger's numbers may be infinite
                    warnings.simplefilter("ignore", RuntimeWarning)
                    json.dumps(summary(history).as_json(), allow_nan=False)
    except UserError as error:
        problem = str(error)
    assert len(problem.splitlines()) <= 1, problem
    assert len(problem) < 1000, problem
    return not problem


def recover_all(path: Path, locks: Path) -> bool:
    """Recovers a session, which is not altered; whether something could be saved.

    What is saved is read like any session, and a full check of it finds nothing damaged.
    """
    before = path.read_bytes()
    target = path.with_name(f"{path.stem} recovered.gates")
    target.unlink(missing_ok=True)
    try:
        recover(path, target, locks)
    except UserError as error:
        problem = str(error)
    else:
        problem = ""
        assert read_all(target, locks)
        assert examine(target, locks).is_sound
    assert path.read_bytes() == before
    assert target.exists() == (not problem)
    assert len(problem.splitlines()) <= 1, problem
    return not problem


def mutated(seed: int, original: Path, copy: Path) -> Path:
    """A copy with a change that the seed draws, the same each time."""
    shutil.copyfile(original, copy)
    draw = random.Random(seed)
    mutate = draw.choice((*(_in_a_value,) * 4, *(_in_json,) * 5, *(_in_an_array,) * 3, *OTHERS))
    with suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):  # such a file is not possible
        mutate(draw, copy)
    return copy


Mutation = Callable[[random.Random, Path], None]


def _in_a_value(draw: random.Random, path: Path) -> None:
    """Another value in a column; constraints of the table still hold."""
    with closing(sqlite3.connect(path)) as db, db:
        table, column, row = _place(draw, db)
        value = draw.choice(_VALUES)
        value = json.dumps(value) if isinstance(value, list | dict) else value
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row))


def _in_json(draw: random.Random, path: Path) -> None:
    """A value deep within stored JSON is replaced, removed or doubled."""
    with closing(sqlite3.connect(path)) as db, db:
        for _ in range(60):
            table, column, row = _place(draw, db)
            query = f"SELECT {column} FROM {table} WHERE rowid = ?"
            (text,) = db.execute(query, (row,)).fetchone()
            if isinstance(text, str) and text[:1] in {"{", "["}:
                break
        else:
            return
        value = json.loads(text)
        for _ in range(draw.randint(1, 3)):
            _change(draw, value)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (json.dumps(value), row))


def _change(draw: random.Random, value: Any) -> None:  # noqa: ANN401 - any JSON
    """Changes one place within lists and objects."""
    while True:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = draw.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and draw.random() < 0.8:
            value = value[key]
            continue
        how = draw.random()
        if how < 0.2:
            del value[key]
        elif how < 0.3 and isinstance(value, list):
            value.append(value[key])
        else:
            values = [each for each in _VALUES if not isinstance(each, bytes)]
            value[key] = draw.choice(values)
        return


def _in_an_array(draw: random.Random, path: Path) -> None:
    """Bytes of an array or of weights: their header, their length, their content."""
    with closing(sqlite3.connect(path)) as db, db:
        for _ in range(60):
            table, column, row = _place(draw, db)
            query = f"SELECT {column} FROM {table} WHERE rowid = ?"
            (packed,) = db.execute(query, (row,)).fetchone()
            if isinstance(packed, bytes):
                break
        else:
            return
        content = bytearray(packed)
        how = draw.random()
        if how < 0.3:
            huge = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({10**13}, 2), }}"
            header = huge.ljust(117).encode() + b"\n"
            content = bytearray(b"\x93NUMPY\x01\x00v\x00" + header + content[128:])
        elif how < 0.5:
            for old, new in ((b"<f4", b"|O8"), (b"<i8", b"<U2")):
                content = content.replace(old, new)
        elif how < 0.7:
            del content[draw.randrange(len(content) + 1) :]
        else:
            for _ in range(draw.randint(1, 8)):
                content[draw.randrange(len(content))] = draw.randrange(256)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bytes(content), row))


def _rows_go(draw: random.Random, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        table, _, row = _place(draw, db)
        condition = draw.choice(("rowid = ?", "rowid >= ?", "rowid <= ?"))
        db.execute(f"DELETE FROM {table} WHERE {condition}", (row,))


def _numbers_swap(draw: random.Random, path: Path) -> None:
    """Rows come to belong to another run, contender, comparison or dataset."""
    with closing(sqlite3.connect(path)) as db, db:
        table, column, row = _place(draw, db)
        db.execute(
            f"UPDATE OR REPLACE {table} SET {column} ="
            f" (SELECT {column} FROM {table} ORDER BY rowid DESC LIMIT 1) WHERE rowid = ?",
            (row,),
        )


def _in_the_schema(draw: random.Random, path: Path) -> None:
    """Views, triggers, virtual tables, tables that compute, tables that are gone."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
    with closing(sqlite3.connect(path)) as db, db:
        table, column, _ = _place(draw, db)
        db.execute("PRAGMA foreign_keys = OFF")
        statement = draw.choice(
            (
                f"CREATE VIEW v AS {endless} i FROM n",
                f"CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END",
                "CREATE TABLE extra (a)",
                f"CREATE INDEX extra ON {table} ({column})",
                "CREATE VIRTUAL TABLE words USING fts5(text)",
                f"ALTER TABLE {table} ADD COLUMN extra TEXT AS (hex(zeroblob(90000000)))",
                f"ALTER TABLE {table} RENAME TO other",
                f"DROP TABLE {table}",
                "ANALYZE",
            )
        )
        db.execute(statement)
        if draw.random() < 0.5 and "RENAME" in statement:
            columns = [name for (name,) in db.execute(_COLUMNS, ("other",))]
            values = ", ".join(f"i AS {name}" for name in columns)
            db.execute(f"CREATE VIEW {table} AS {endless} {values} FROM n")


def _in_the_sql(draw: random.Random, path: Path) -> None:
    """The schema's own text, which SQLite believes."""
    with closing(sqlite3.connect(path)) as db, db:
        table, _, _ = _place(draw, db)
        db.execute("PRAGMA writable_schema = ON")
        old, new = draw.choice(
            (
                ("STRICT", ""),
                ("NOT NULL", ""),
                (" TEXT", " BLOB"),
                ("PRIMARY KEY", "UNIQUE"),
                ("CREATE TABLE", "CREATE  table"),
                (") STRICT", ", CHECK (length(hex(zeroblob(90000000))) > 1)) STRICT"),
            )
        )
        db.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?", (old, new, table)
        )
        if draw.random() < 0.3:
            db.execute(
                "UPDATE sqlite_master SET rootpage = ? WHERE name = ?", (draw.randrange(12), table)
            )


def _bytes_of_the_file(draw: random.Random, path: Path) -> None:
    with path.open("r+b") as file:
        size = path.stat().st_size
        for _ in range(draw.choice((1, 1, 4, 40))):
            where = draw.choice((draw.randrange(size), draw.randrange(_HEADER), 4096))
            file.seek(where)
            file.write(bytes(draw.randrange(256) for _ in range(draw.choice((1, 1, 2, 64)))))


def _pages_of_the_file(draw: random.Random, path: Path) -> None:
    page = 4096 * draw.randrange(path.stat().st_size // 4096)
    content = draw.choice((bytes(4096), b"\xa5" * 4096, draw.randbytes(4096)))
    with path.open("r+b") as file:
        file.seek(page)
        file.write(content)


def _end_of_the_file(draw: random.Random, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(draw.randrange(path.stat().st_size))


def _page_elsewhere(draw: random.Random, path: Path) -> None:
    """A page of one table in the place of another's, or pointers in a circle."""
    content = path.read_bytes()
    pages = len(content) // 4096
    source, target = (4096 * draw.randrange(1, pages) for _ in range(2))
    with path.open("r+b") as file:
        file.seek(target)
        file.write(content[source : source + 4096])


OTHERS: tuple[Mutation, ...] = (
    _rows_go,
    _numbers_swap,
    _in_the_schema,
    _in_the_sql,
    _bytes_of_the_file,
    _bytes_of_the_file,
    _pages_of_the_file,
    _end_of_the_file,
    _page_elsewhere,
)


def _place(draw: random.Random, db: sqlite3.Connection) -> tuple[str, str, int]:
    """A table that has rows, one of its columns, and one of its rows."""
    tables = [
        name
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()
    ]
    table = draw.choice(sorted(tables))
    columns = [name for (name,) in db.execute(_COLUMNS, (table,))]
    rows = [row for (row,) in db.execute(f"SELECT rowid FROM {table}")]
    return table, draw.choice(columns), draw.choice(rows)
