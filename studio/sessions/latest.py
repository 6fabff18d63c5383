"""The latest comparison of a session, to be shown beside another."""

from pathlib import Path

from studio.core.errors import SessionError
from studio.core.results.history import ComparisonHistory
from studio.sessions.file import SessionFile


def latest_history(path: Path, locks: Path, loss: str) -> ComparisonHistory:
    """Reads the last comparison of a session, which may be open elsewhere.

    Args:
        path: The session.
        locks: The folder of lock files.
        loss: The required loss of its curves, as in Preprocessing.

    Raises:
        SessionError: The file is not a session, has no comparison, or one with another loss.
    """
    with SessionFile.open(path, locks, read_only=True) as session:
        comparisons = session.comparisons()
        if not comparisons:
            raise SessionError("the session contains no comparison", where=str(path))
        history = session.history(comparisons[-1].id)
    its_loss = history.preprocessing.loss
    if its_loss != loss:
        raise SessionError(
            f"its networks were trained with another loss: {its_loss}, not {loss}",
            where=str(path),
            remedy="Choose a session with the same kind of task",
        )
    return history
