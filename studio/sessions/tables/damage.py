"""Names the place of whatever goes wrong while stored values are read."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.errors import SessionError

_LONGEST = 160


class DamagedValueError(ValueError):
    """A stored value that this program did not write; the message says where and what."""


@contextmanager
def reading(place: str) -> Iterator[None]:
    """Turns whatever goes wrong with stored values into a DamagedValueError.

    Stored values are a stranger's: JSON may have any shape and arrays any size. Errors of SQLite,
    of the disk and of memory are about something else and pass, as do messages for the user.

    Args:
        place: What is read, such as "GRU, seed 2".
    """
    try:
        yield
    except (DamagedValueError, SessionError, sqlite3.Error, OSError, MemoryError):
        raise
    except Exception as error:
        raise DamagedValueError(f"{place}: {problem_of(error)}") from error


def problem_of(error: Exception) -> str:
    """What is wrong, in one short line."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, KeyError):
        return f"{str(error)[:_LONGEST]} is missing"
    errors = getattr(error, "errors", None)
    if callable(errors):  # pydantic's, which list every field
        first = errors()[0]
        words = ".".join(map(str, first["loc"])), first["msg"]
        return _short(": ".join(filter(None, words)))
    return _short(str(error) or type(error).__name__)


def _short(text: str) -> str:
    lines = text.strip().splitlines() or [""]
    return lines[0][:_LONGEST].rstrip(".")
