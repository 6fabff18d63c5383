"""What the page Compare reads and computes, off the interface thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.analysis.learning_curve import LearningCurve, learning_curve
from studio.analysis.suites import Suite, suites
from studio.core.events import RunId
from studio.core.history import ComparisonHistory
from studio.gui.viewstate.compare import Results, analyse
from studio.gui.viewstate.runs import Remark
from studio.runs.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Found:
    """What is said of one comparison, and of all comparisons of the session together."""

    results: Results
    remarks: dict[RunId, Remark]
    suites: tuple[Suite, ...]
    curve: LearningCurve | None


def find(
    workspace: Workspace, comparison: int, history: ComparisonHistory, others: Sequence[int]
) -> Found:
    """Reads the other comparisons and the notes, and compares; waits for the recorder.

    Args:
        workspace: The session.
        comparison: The number of the one that is shown.
        history: That one, as it is shown.
        others: The numbers of the others.
    """
    together = {**{each: workspace.history(each) for each in others}, comparison: history}
    together = dict(sorted(together.items()))
    notes = workspace.ask(lambda session: session.notes(comparison)).result()
    remarks = {note.run: Remark(note.text, note.tags) for note in notes if note.run}
    told = suites(together) if others else ()
    return Found(analyse(history), remarks, told, learning_curve(together, comparison))


def save_remark(workspace: Workspace, comparison: int, run: RunId, note: str, tags: str) -> Remark:
    """Writes a note on a run, with its tags separated by commas."""
    words = tuple(word.strip() for word in tags.split(",") if word.strip())
    workspace.ask(lambda session: session.add_note(comparison, run, note, words)).result()
    return Remark(note, words)
