"""The newest comparison of a session, to be looked at beside another."""

from pathlib import Path

from studio.core.errors import SessionError
from studio.core.history import ComparisonHistory
from studio.sessions.file import SessionFile


def newest_history(path: Path, locks: Path, loss: str) -> ComparisonHistory:
    """Reads the last comparison of a session, which nobody needs to close for it.

    Args:
        path: The session.
        locks: The folder of lock files.
        loss: The loss that its curves must be of, as in Preparation.

    Raises:
        SessionError: The file is no session, holds no comparison, or one with another loss.
    """
    with SessionFile.open(path, locks, read_only=True) as session:
        known = session.comparisons()
        if not known:
            raise SessionError("the session holds no comparison", where=str(path))
        history = session.history(known[-1].id)
    found = history.preparation.loss
    if found != loss:
        raise SessionError(
            f"its networks were trained with another loss: {found}, not {loss}",
            where=str(path),
            remedy="Choose a session with the same kind of task",
        )
    return history
