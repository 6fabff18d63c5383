"""Versions of the session file, and how an older file becomes a current one."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import SessionError
from studio.sessions.folds import add_folds
from studio.sessions.header import Header
from studio.sessions.problems import told
from studio.sessions.replacing import back_up, replacement
from studio.sessions.schema import CURRENT_VERSION


@dataclass(frozen=True)
class Migration:
    """A step from one version to a later one.

    Attributes:
        source: The version that it starts from.
        target: The version that it leads to.
        apply: Changes the tables within a transaction that its caller begins and commits.
    """

    source: int
    target: int
    apply: Callable[[sqlite3.Connection], None]


@dataclass(frozen=True)
class Versions:
    """The version that this program writes, and the ways to it."""

    current: int
    migrations: tuple[Migration, ...] = ()

    def refuse_newer(self, header: Header, path: Path) -> None:
        """Refuses what a newer major version made; a newer minor version only adds.

        Raises:
            SessionError: The file's major version is newer than this program's.
        """
        if header.major > self.current // 1000:
            raise SessionError(
                "was made by a newer version of Gate Studio "
                f"(file version {_words(header.version)}, "
                f"this program reads {_words(self.current)})",
                where=str(path),
                remedy="Update Gate Studio; the file was left as it is",
            )

    def way_from(self, version: int, path: Path) -> tuple[Migration, ...]:
        """The migrations from a version to the current one, in order.

        Raises:
            SessionError: There is no way.
        """
        starts = {migration.source: migration for migration in self.migrations}
        way = []
        while version < self.current:
            if version not in starts:
                raise SessionError(
                    f"has the unknown file version {_words(version)}",
                    where=str(path),
                    remedy="Open it with the version of Gate Studio that made it",
                )
            way.append(starts[version])
            version = starts[version].target
        return tuple(way)


def _words(version: int) -> str:
    return f"{version // 1000}.{version % 1000}"


VERSIONS = Versions(current=CURRENT_VERSION, migrations=(Migration(1000, 2000, add_folds),))


def migrate(path: Path, version: int, versions: Versions) -> None:
    """Brings an older file to the current version, on a copy that then takes its place.

    Raises:
        SessionError: It could not be done; the file is as it was.
    """
    way = versions.way_from(version, path)
    with told(path, "brought to the current version"), replacement(path) as copy:
        migrate_copy(f"{path.resolve().as_uri()}?mode=ro", copy, way)


def migrate_copy(uri: str, copy: Path, way: tuple[Migration, ...]) -> None:
    """Writes a migrated copy of a file; what happens to the copy is the caller's business."""
    with closing(sqlite3.connect(uri, uri=True)) as db:
        back_up(db, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        for migration in way:
            db.execute("BEGIN IMMEDIATE")
            migration.apply(db)
            db.execute(f"PRAGMA user_version = {migration.target}")
            db.execute("COMMIT")
        problems = db.execute("PRAGMA foreign_key_check").fetchall()
    if problems:
        raise sqlite3.IntegrityError(f"{len(problems)} rows refer to nothing")
