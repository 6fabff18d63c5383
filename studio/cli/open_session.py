"""Opening a session from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import SessionError
from studio.paths import user_folders
from studio.sessions import SessionFile


@contextmanager
def open_comparison(
    path: Path, number: int | None, *, writing: bool = False
) -> Iterator[tuple[SessionFile, int]]:
    """Opens a session; yields it with that comparison's number, or the last one's.

    Raises:
        SessionError: The file is not a session, does not contain the comparison, or is to be
            written and cannot be.
    """
    with SessionFile.open(path, user_folders().locks, read_only=not writing) as session:
        if writing and session.read_only:
            raise SessionError(
                f"the session is read-only: {session.why_read_only}",
                where=str(path),
                remedy="Close it there, or work on a copy",
            )
        numbers = [comparison.id for comparison in session.comparisons()]
        if not numbers:
            raise SessionError("the session contains no comparison", where=str(path))
        if number is not None and number not in numbers:
            raise SessionError(
                f"there is no comparison {number}",
                where=str(path),
                remedy=f"Choose from {', '.join(map(str, numbers))}",
            )
        yield session, numbers[-1] if number is None else number
