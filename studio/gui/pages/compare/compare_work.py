"""What the page Compare reads and computes, off the interface thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.summaries.critical_difference import CriticalDifference, session_ranks
from studio.analysis.summaries.learning_curve import LearningCurve, learning_curve
from studio.analysis.summaries.smallest_size import SmallestSize
from studio.analysis.summaries.suites import Suite, suites
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.gui.pages.compare.view.runs_table import RunNote
from studio.gui.view.results_view import Results, analyse
from studio.runs.planning.smallest_plan import found_sizes
from studio.runs.workspace import Workspace


@dataclass(frozen=True, eq=False)
class ComparisonResults:
    """The results of one comparison, and of all comparisons of the session together."""

    results: Results
    remarks: dict[RunId, RunNote]
    suites: tuple[Suite, ...]
    ranks: CriticalDifference | None
    curve: LearningCurve | None
    smallest: tuple[SmallestSize, ...]


def analyse_comparison(
    workspace: Workspace, comparison: int, history: ComparisonHistory, others: Sequence[int]
) -> ComparisonResults:
    """Reads the other comparisons and the notes, and compares; waits for the recorder.

    Args:
        workspace: The session.
        comparison: The number of the one that is shown.
        history: That one, as it is shown.
        others: The numbers of the others.
    """
    together = {**{other: workspace.history(other) for other in others}, comparison: history}
    together = dict(sorted(together.items()))
    notes = workspace.ask(lambda session: session.notes(comparison)).result()
    remarks = {note.run: RunNote(note.text, note.tags) for note in notes if note.run}
    return ComparisonResults(
        analyse(history),
        remarks,
        suites(together) if others else (),
        session_ranks(together) if others else None,
        learning_curve(together, comparison),
        found_sizes(together),
    )


def save_remark(workspace: Workspace, comparison: int, run: RunId, note: str, tags: str) -> RunNote:
    """Writes a note on a run, with its tags separated by commas."""
    words = tuple(word.strip() for word in tags.split(",") if word.strip())
    workspace.ask(lambda session: session.add_note(comparison, run, note, words)).result()
    return RunNote(note, words)
