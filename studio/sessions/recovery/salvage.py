"""Copies every row that can be read into a new database with the same tables."""

import mmap
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from studio.sessions.checks.limits import bound, time_limit
from studio.sessions.checks.schema_check import expected_schemas, schema_problem, tables_of
from studio.sessions.recovery.findings import SessionFindings
from studio.sessions.recovery.pages import Pages
from studio.sessions.recovery.row_checks import StoredColumn, columns_of, row_problem
from studio.sessions.schema import CURRENT_VERSION

_MOST_TOLD = 20


def salvage(source: Path, version: int, target: Path, findings: SessionFindings) -> int:
    """Copies the rows and notes what is wrong with the file.

    Args:
        source: A file that nobody writes to, without a log or journal beside it.
        version: The version in its header, or 0 where it is lost.
        target: The new database, with the tables of the version that is returned.
        findings: Problems and counts are added to it.

    Returns:
        The version of the tables; the current one where that of the file is unknown or newer.
    """
    known = version if expected_schemas(version) else CURRENT_VERSION
    with closing(sqlite3.connect(target, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")  # a new file, thrown away after an error
        db.execute("PRAGMA synchronous = OFF")
        db.executescript(tables_of(known))
        db.execute("BEGIN")
        copy = _Copy(db, known, findings)
        if _can_sqlite_read(source, version, findings):
            copy.through_sqlite(source)
        else:
            copy.by_pages(source)
        db.execute("COMMIT")
    return known


def _can_sqlite_read(source: Path, version: int, findings: SessionFindings) -> bool:
    """Whether schema and pages are sound; otherwise notes what is wrong."""
    try:
        with closing(_connect(source)) as db, time_limit(db, source):
            problem = schema_problem(db, version)
            if problem:
                findings.problems.append(f"The schema is not that of a session: {problem}")
                return False
            faults = [
                line
                for (text,) in db.execute(f"PRAGMA integrity_check({_MOST_TOLD})").fetchall()
                for line in str(text).splitlines()
                if line != "ok" and not line.startswith("***")
            ]
    except Exception as error:  # noqa: BLE001 - whatever SQLite says of a stranger's file
        what = (str(getattr(error, "what", "")) or str(error) or "unknown").splitlines()[0]
        findings.problems.append(f"SQLite cannot read the file: {what}")
        return False
    if faults:
        more = "or more " if len(faults) >= _MOST_TOLD else ""
        count = f"{len(faults)} {more}faults" if len(faults) > 1 else "a fault"
        findings.problems.append(f"SQLite finds {count} in the file: {faults[0]}")
    return not faults


def _connect(source: Path) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"{source.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
    )
    bound(db)
    return db


def _text(raw: bytes) -> str | bytes:
    """Text as such; bytes where it is none, which no column of text allows."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw


class _Copy:
    """Takes rows into the new database, each once."""

    def __init__(self, db: sqlite3.Connection, version: int, findings: SessionFindings) -> None:
        self._db, self._findings = db, findings
        self._columns = columns_of(version)

    def through_sqlite(self, source: Path) -> None:
        with closing(_connect(source)) as old:
            old.text_factory = _text
            for table, columns in self._columns.items():
                names = ", ".join(column.name for column in columns)
                for values in old.execute(f"SELECT {names} FROM {table}"):
                    self._take(table, columns, values)
            dangling = old.execute("PRAGMA foreign_key_check").fetchall()
        if dangling:
            self._findings.problems.append(
                f"Rows that belong to something that is not there: {len(dangling)}"
            )

    def by_pages(self, source: Path) -> None:
        if not source.stat().st_size:
            return
        with (
            source.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            pages = Pages.of(content)
            try:
                self._read_pages(pages)
            finally:
                pages.content.release()

    def _read_pages(self, pages: Pages) -> None:
        roots = pages.tables()
        for table, columns in self._columns.items():
            if table in roots:
                for row, values in pages.rows(roots[table], table):
                    self._take(table, columns, _completed(columns, row, values))
                self._findings.tables[table].damaged += pages.damaged_rows.get(table, 0)
        for row, values in pages.stray_rows():
            self._take_stray(row, values)
        missing = [table for table in self._columns if table not in roots]
        if missing:
            self._findings.problems.append("The list of tables in the file is damaged")
        if pages.unreadable:
            self._findings.problems.append(
                f"Pages of the file that cannot be read: {len(pages.unreadable)} of {pages.count}"
            )

    def _take(
        self, table: str, columns: Sequence[StoredColumn], values: tuple[Any, ...] | None
    ) -> None:
        counts = self._findings.tables[table]
        problem = "it is cut off" if values is None else row_problem(table, columns, values)
        if values is None or problem or not self._insert(table, columns, values):
            counts.damaged += 1
        else:
            counts.readable += 1

    def _take_stray(self, row: int, values: tuple[Any, ...]) -> None:
        """A row of a page that was cut off belongs to the table whose columns it fits."""
        for table, columns in self._columns.items():
            completed = _completed(columns, row, values)
            if completed is None or row_problem(table, columns, completed):
                continue
            self._findings.tables[table].readable += self._insert(table, columns, completed)
            return

    def _insert(self, table: str, columns: Sequence[StoredColumn], values: tuple[Any, ...]) -> bool:
        """Whether the row was new and is one that the table allows."""
        names = ", ".join(column.name for column in columns)
        marks = ", ".join("?" * len(columns))
        try:
            done = self._db.execute(
                f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", values
            )
        except (sqlite3.Error, OverflowError, UnicodeEncodeError):
            return False
        return done.rowcount > 0


def _completed(
    columns: Sequence[StoredColumn], row: int, values: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    """The values of all columns: the row id where it is one, NULL in columns added later."""
    missing = len(columns) - len(values)
    if missing < 0 or any(column.is_required for column in columns[len(values) :]):
        return None
    padded = (*values, *(None,) * missing)
    return tuple(
        row if column.is_row_id and value is None else value
        for column, value in zip(columns, padded, strict=True)
    )
