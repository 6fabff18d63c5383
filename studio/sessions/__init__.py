"""The session file: one crash-safe SQLite file that holds everything."""

from studio.sessions.file import SessionFile
from studio.sessions.migrations.versions import VERSIONS, Migration, Versions
from studio.sessions.schema import APPLICATION_ID, CURRENT_VERSION
from studio.sessions.tables.checkpoint_retention import DEFAULT_BUDGET, epochs_to_keep
from studio.sessions.tables.notes import Note
from studio.sessions.tables.reading import ComparisonSummary

__all__ = [
    "APPLICATION_ID",
    "CURRENT_VERSION",
    "DEFAULT_BUDGET",
    "VERSIONS",
    "ComparisonSummary",
    "Migration",
    "Note",
    "SessionFile",
    "Versions",
    "epochs_to_keep",
]
