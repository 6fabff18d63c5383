"""What the loader thread brings when a session is opened or something starts to train in it."""

from pathlib import Path
from queue import SimpleQueue

from studio.core.errors import SessionError
from studio.core.results.events import Event
from studio.core.results.history import ComparisonHistory
from studio.gui.session.session_state import OpenedSession
from studio.runs.workspace import RunningComparison, Workspace
from studio.sessions import SessionFile

Loaded = tuple[OpenedSession, ComparisonHistory, RunningComparison | None]
"""The session, its shown comparison as read, and what trains in it."""


def last_comparison(workspace: Workspace, path: Path) -> Loaded:
    """A session with its last comparison; waits for the recorder.

    Raises:
        SessionError: It holds no comparison.
    """

    def read(session: SessionFile) -> Loaded:
        comparisons = session.comparisons()
        if not comparisons:
            raise SessionError("the session holds no comparison", where=str(path))
        last = comparisons[-1].id
        opened = OpenedSession(
            workspace, workspace.subscribe(), last, path, session.why_read_only, comparisons
        )
        return opened, session.history(last), None

    return workspace.ask(read).result()


def training_comparison(
    workspace: Workspace, events: "SimpleQueue[Event]", running: RunningComparison, path: Path
) -> Loaded:
    """A comparison that starts or is resumed; waits for the recorder."""
    history, comparisons = workspace.ask(
        lambda session: (session.history(running.comparison), session.comparisons())
    ).result()
    opened = OpenedSession(workspace, events, running.comparison, path, "", comparisons)
    return opened, history, running
