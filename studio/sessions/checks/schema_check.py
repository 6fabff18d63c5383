"""Compares the tables of a session file with those that this program makes."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path

from studio.sessions.checks.older_schemas import OLDER_TABLES
from studio.sessions.errors import damaged
from studio.sessions.migrations.versions import VERSIONS
from studio.sessions.schema import CURRENT_VERSION, TABLES

_TOKEN = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+|[^\w\s]")
_KINDS = {"view": "a view", "trigger": "a trigger", "index": "an index", "table": "a table"}

Schema = Mapping[str, tuple[str, ...]]
"""Tables and indexes by name, each as the tokens of the SQL that makes it."""


def check_schema(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Refuses tables, views, triggers and indexes that a file of that version does not have.

    Files of a newer minor version may have further tables and columns, but nothing that computes.

    Raises:
        SessionError: The schema is another; the message names what differs.
    """
    problem = schema_problem(db, version)
    if problem:
        raise damaged(path, problem)


def schema_problem(db: sqlite3.Connection, version: int) -> str:
    """What is wrong with the schema, or "". Reads nothing but sqlite_master."""
    rows = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    for kind, name, sql in rows:
        if kind not in {"table", "index"}:
            return f"it contains {_KINDS.get(kind, 'an object')}, {_name(name)}"
        if kind == "table" and _tokens(sql)[:2] == ("CREATE", "VIRTUAL"):
            return f"it contains a virtual table, {_name(name)}"
    stored = {str(name): _tokens(sql) for _, name, sql in rows if sql is not None}
    if version > CURRENT_VERSION:
        return _newer_problem(db, stored)
    schemas = expected_schemas(version)
    if not schemas or any(stored == schema for schema in schemas):
        return ""  # an unknown version is refused where it would be migrated
    closest = min(schemas, key=lambda schema: len(_differences(stored, schema)))
    return _told(_differences(stored, closest), closest, {str(row[1]): row[0] for row in rows})


@cache
def expected_schemas(version: int) -> tuple[Schema, ...]:
    """The schemas that files of a version have: made so, or migrated from each earlier version."""
    schemas = []
    for start in (*OLDER_TABLES, CURRENT_VERSION):
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            db.executescript(tables_of(start))
            for migration in VERSIONS.migrations:
                if start <= migration.source and migration.target <= version:
                    migration.apply(db)
                    start = migration.target  # noqa: PLW2901 - from here the next one goes on
            if start == version:
                schemas.append(_stored_schema(db))
    return tuple(schemas)


def tables_of(version: int) -> str:
    """The SQL that makes the tables of a version; those of the current one if it is unknown."""
    return OLDER_TABLES.get(version, TABLES)


def _stored_schema(db: sqlite3.Connection) -> Schema:
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: _tokens(sql) for name, sql in rows}


def _newer_problem(db: sqlite3.Connection, stored: Schema) -> str:
    """A newer minor version adds plain columns and tables to those that are known."""
    with closing(sqlite3.connect(":memory:")) as known:
        known.executescript(TABLES)
        for name in expected_schemas(CURRENT_VERSION)[-1]:
            columns = _columns(known, name)
            if columns and _columns(db, name)[: len(columns)] != columns:
                return f"its table {name} is not the one that Gate Studio makes"
    for name in stored:
        if any(hidden for *_, hidden in _columns(db, name)):
            return f"its table {_name(name)} has computed columns"
    return ""


def _columns(db: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    """Name, type, NOT NULL, key and kind of each column; nothing for an index."""
    query = 'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(?)'
    is_table = db.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
    ).fetchone()
    return db.execute(query, (table,)).fetchall() if is_table else []


def _differences(stored: Schema, expected: Schema) -> list[str]:
    return [name for name in (*expected, *stored) if stored.get(name, ()) != expected.get(name, ())]


def _told(names: list[str], expected: Schema, kinds: Mapping[str, str]) -> str:
    name = names[0]
    if name not in kinds:
        return f"its table {name} is missing"
    kind = "index" if kinds[name] == "index" else "table"
    if name in expected:
        return f"its {kind} {name} is not the one that Gate Studio makes"
    return f"it contains {_KINDS[kind]} that Gate Studio does not make, {_name(name)}"


def _name(name: object) -> str:
    return repr(str(name)[:40])


def _tokens(sql: object) -> tuple[str, ...]:
    """The tokens of SQL without comments and without quotes around names."""
    words = _TOKEN.findall(str(sql))
    return tuple(word.strip('"') for word in words if not word.startswith("--"))
