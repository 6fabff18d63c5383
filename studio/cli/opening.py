"""Opening a session from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import SessionError
from studio.paths import user_folders
from studio.sessions import SessionFile


@contextmanager
def reading(path: Path, number: int | None) -> Iterator[tuple[SessionFile, int]]:
    """A session for reading, and the comparison with that number in it (the last without one).

    Raises:
        SessionError: The file is no session, or holds no such comparison.
    """
    with SessionFile.open(path, user_folders().locks, read_only=True) as session:
        known = [comparison.id for comparison in session.comparisons()]
        if not known:
            raise SessionError("the session holds no comparison", where=str(path))
        if number is not None and number not in known:
            raise SessionError(
                f"there is no comparison {number}",
                where=str(path),
                remedy=f"Choose one of {', '.join(map(str, known))}",
            )
        yield session, known[-1] if number is None else number
