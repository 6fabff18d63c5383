"""What the session in the window is doing, as one value, and what the user wants of it."""

from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from studio.core.results.events import ComparisonEnded, Event
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.planning.longer_training import NewLimits
from studio.runs.planning.plan import Plan
from studio.runs.workspace import RunningComparison, Workspace
from studio.sessions import ComparisonSummary


@dataclass(frozen=True, eq=False)
class OpenSession:
    """Open the session file at `path`, with its data."""

    path: Path


@dataclass(frozen=True, eq=False)
class ShowComparison:
    """Show another comparison of the open session, with its data."""

    comparison: int


@dataclass(frozen=True, eq=False)
class OpenData:
    """Read a dataset; `train` starts the comparison as soon as it is planned."""

    spec: ComparisonSpec
    train: bool = False


@dataclass(frozen=True, eq=False)
class TrainDraft:
    """Train the draft as soon as its newest edit is planned."""


@dataclass(frozen=True, eq=False)
class Train:
    """Train a plan as a new comparison."""

    plan: Plan


@dataclass(frozen=True, eq=False)
class Resume:
    """Train the runs of a comparison that have not ended."""

    comparison: int


@dataclass(frozen=True, eq=False)
class Extend:
    """Add seeds to a comparison that has ended.

    Attributes:
        comparison: Its number.
        seeds: How many it shall have in all.
        planned: Its spec with interim looks, where it has none yet.
    """

    comparison: int
    seeds: int
    planned: ComparisonSpec | None = None


@dataclass(frozen=True, eq=False)
class TrainLonger:
    """Train the ended runs of a comparison up to larger limits."""

    comparison: int
    limits: NewLimits


Intent = (
    OpenSession | ShowComparison | OpenData | TrainDraft | Train | Resume | Extend | TrainLonger
)


@dataclass(frozen=True, eq=False)
class OpenedSession:
    """An open session file and the comparison of it that is shown.

    Attributes:
        workspace: The session's workspace.
        events: What happens in it.
        comparison: Number of the comparison that is shown.
        path: The session file.
        why_read_only: Why nothing can be written, or "".
        comparisons: All comparisons of the session.
    """

    workspace: Workspace
    events: "SimpleQueue[Event]"
    comparison: int
    path: Path
    why_read_only: str
    comparisons: tuple[ComparisonSummary, ...]


@dataclass(frozen=True)
class Idle:
    """No session is open."""


@dataclass(frozen=True)
class Ready:
    """A session is open, and nothing has trained since it was."""

    opened: OpenedSession


@dataclass(frozen=True)
class Training:
    opened: OpenedSession
    running: RunningComparison


@dataclass(frozen=True)
class Paused:
    opened: OpenedSession
    running: RunningComparison


@dataclass(frozen=True)
class Ended:
    """A comparison finished, or was stopped."""

    opened: OpenedSession
    ended: ComparisonEnded


@dataclass(frozen=True)
class Failed:
    """Training ended with an error, such as a full disk."""

    opened: OpenedSession
    ended: ComparisonEnded


Settled = Idle | Ready | Ended | Failed
"""States in which something else may begin."""


@dataclass(frozen=True)
class Opening:
    """A session or another comparison is being read; `before` is shown meanwhile."""

    intent: Intent
    before: Settled


@dataclass(frozen=True)
class Starting:
    """A comparison is about to train; `before` is shown meanwhile."""

    intent: Intent
    before: Settled


SessionState = Idle | Opening | Ready | Starting | Training | Paused | Ended | Failed


def opened_in(state: SessionState) -> OpenedSession | None:
    """The session that is shown in a state, or None."""
    if isinstance(state, Opening | Starting):
        return opened_in(state.before)
    return None if isinstance(state, Idle) else state.opened


def has_finished(state: SessionState) -> bool:
    """Whether all runs of the shown comparison have just ended by themselves."""
    return isinstance(state, Ended) and state.ended.how == "finished"


def with_opened(state: SessionState, opened: OpenedSession) -> SessionState:
    """The same state with another open session, such as one that was saved elsewhere."""
    if isinstance(state, Idle):
        return state
    if isinstance(state, Opening | Starting):
        before = with_opened(state.before, opened)
        assert isinstance(before, Idle | Ready | Ended | Failed)  # noqa: S101 - it was one
        return replace(state, before=before)
    return replace(state, opened=opened)
