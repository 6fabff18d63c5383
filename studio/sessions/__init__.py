"""The session file: one SQLite file that holds everything and survives any crash."""

from studio.sessions.file import SessionFile
from studio.sessions.keeping import DEFAULT_BUDGET, epochs_to_keep
from studio.sessions.notes import Note
from studio.sessions.reading import ComparisonSummary
from studio.sessions.schema import APPLICATION_ID, CURRENT_VERSION
from studio.sessions.versions import VERSIONS, Migration, Versions

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
