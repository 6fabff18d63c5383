"""Whether the runs that are begun in the window take turns, or are trained on workers."""

from PySide6.QtCore import QObject, Signal

from studio.paths import Folders
from studio.runs.compare.run_on_workers import choose_runs, choose_stored, count_runs
from studio.runs.execution.compute import Compute
from studio.runs.planning.plan import Plan
from studio.runs.workers.parallel import Wanted
from studio.runs.workspace import Workspace


class ParallelChoice(QObject):
    """Asked in the loader thread when training begins.

    Attributes:
        wanted: Workers, "auto", or None for turns.

    Signals:
        told: What was chosen, a sentence.
    """

    told = Signal(str)

    def __init__(self, folders: Folders, compute: Compute, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders, self._compute = folders, compute
        self.wanted: Wanted | None = None

    def say(self, message: str) -> None:
        """See Teller."""
        self.told.emit(message)

    def apply(self, workspace: Workspace, plan: Plan) -> None:
        """Decides for a new comparison.

        Raises:
            SpecError: Its runs have to take turns.
        """
        workspace.parallel = None
        if self.wanted is not None:
            spec, runs = plan.spec, count_runs(plan.spec)
            workspace.parallel = choose_runs(
                self.wanted, spec, plan.task, runs, self, self._folders, self._compute
            )

    def apply_stored(self, workspace: Workspace, comparison: int) -> None:
        """Decides for the further runs of a comparison; raises the same, and DatasetError."""
        workspace.parallel = None
        if self.wanted is not None:
            workspace.parallel = choose_stored(
                self.wanted, workspace, comparison, self, self._folders, self._compute
            )
