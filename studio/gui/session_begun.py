"""What the session on the desk is once it was opened or something begins to train in it."""

from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from studio.core.errors import SessionError
from studio.core.events import Event
from studio.core.history import ComparisonHistory
from studio.runs.workspace import Running, Workspace
from studio.sessions import ComparisonSummary, SessionFile


@dataclass(frozen=True, eq=False)
class Begun:
    """A session that was opened, or a comparison that begins or goes on in it.

    Attributes:
        workspace: The session at work.
        events: What happens in it.
        running: What trains, or None.
        comparison: Number of the comparison that is shown.
        history: That comparison as last read.
        path: The session file.
        why_read_only: Why nothing can be written, or "".
        comparisons: All comparisons of the session.
    """

    workspace: Workspace
    events: "SimpleQueue[Event]"
    running: Running | None
    comparison: int
    history: ComparisonHistory
    path: Path
    why_read_only: str
    comparisons: tuple[ComparisonSummary, ...]


def opened_session(workspace: Workspace, path: Path) -> Begun:
    """A session with its last comparison; waits for the recorder.

    Raises:
        SessionError: It holds no comparison.
    """

    def look(session: SessionFile) -> Begun:
        found = session.comparisons()
        if not found:
            raise SessionError("the session holds no comparison", where=str(path))
        last, why = found[-1].id, session.why_read_only
        history = session.history(last)
        return Begun(workspace, workspace.subscribe(), None, last, history, path, why, found)

    return workspace.ask(look).result()


def at_work(
    workspace: Workspace, events: "SimpleQueue[Event]", running: Running, path: Path
) -> Begun:
    """A comparison that begins or goes on; waits for the recorder."""
    history, found = workspace.ask(
        lambda session: (session.history(running.comparison), session.comparisons())
    ).result()
    return Begun(workspace, events, running, running.comparison, history, path, "", found)
