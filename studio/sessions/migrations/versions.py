"""Versions of the session file, and the migration of older ones."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import SessionError
from studio.sessions.atomic_replace import back_up, replacement
from studio.sessions.errors import session_errors
from studio.sessions.header import Header
from studio.sessions.migrations.v1_to_v2 import add_folds
from studio.sessions.migrations.v2_0_to_v2_1 import add_positions
from studio.sessions.migrations.v2_1_to_v2_2 import add_final_models_and_studies
from studio.sessions.schema import CURRENT_VERSION


@dataclass(frozen=True)
class Migration:
    """A migration from one version to a later one.

    Attributes:
        source: The version before.
        target: The version after.
        apply: Changes the tables within the caller's transaction.
    """

    source: int
    target: int
    apply: Callable[[sqlite3.Connection], None]


@dataclass(frozen=True)
class Versions:
    """The version that this program writes, and the migrations to it."""

    current: int
    migrations: tuple[Migration, ...] = ()

    def refuse_newer(self, header: Header, path: Path) -> None:
        """Refuses files of a newer major version; newer minor versions are compatible.

        Raises:
            SessionError: The file's major version is newer than this program's.
        """
        if header.major > self.current // 1000:
            raise SessionError(
                "was made by a newer version of Gate Studio "
                f"(file version {format_version(header.version)}, "
                f"this program reads {format_version(self.current)})",
                where=str(path),
                remedy="Update Gate Studio; the file was left unchanged",
            )

    def migrations_from(self, version: int, path: Path) -> tuple[Migration, ...]:
        """The migrations from a version to the current one, in order.

        Raises:
            SessionError: The version is unknown.
        """
        by_source = {migration.source: migration for migration in self.migrations}
        migrations = []
        while version < self.current:
            if version not in by_source:
                raise SessionError(
                    f"has the unknown file version {format_version(version)}",
                    where=str(path),
                    remedy="Open it with the version of Gate Studio that made it",
                )
            migrations.append(by_source[version])
            version = by_source[version].target
        return tuple(migrations)


def format_version(version: int) -> str:
    """A file version for people, such as "2.1"."""
    return f"{version // 1000}.{version % 1000}"


VERSIONS = Versions(
    current=CURRENT_VERSION,
    migrations=(
        Migration(1000, 2000, add_folds),
        Migration(2000, 2001, add_positions),
        Migration(2001, 2002, add_final_models_and_studies),
    ),
)


def migrate(path: Path, version: int, versions: Versions) -> None:
    """Migrates an older file to the current version, on a copy that then replaces it.

    Raises:
        SessionError: The migration failed; the file is unchanged.
    """
    migrations = versions.migrations_from(version, path)
    with session_errors(path, "brought to the current version"), replacement(path) as copy:
        migrate_copy(f"{path.resolve().as_uri()}?mode=ro", copy, migrations)


def migrate_copy(uri: str, copy: Path, migrations: tuple[Migration, ...]) -> None:
    """Writes a migrated copy of a file; the caller owns the copy."""
    with closing(sqlite3.connect(uri, uri=True)) as db:
        back_up(db, copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        for migration in migrations:
            db.execute("BEGIN IMMEDIATE")
            migration.apply(db)
            db.execute(f"PRAGMA user_version = {migration.target}")
            db.execute("COMMIT")
        problems = db.execute("PRAGMA foreign_key_check").fetchall()
    if problems:
        raise sqlite3.IntegrityError(f"{len(problems)} rows have dangling references")
