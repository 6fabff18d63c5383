"""Searches the smallest hidden sizes that suffice: one comparison after the other."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.data import Cache, Dataset
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.controller import SessionController
from studio.gui.session.session_state import (
    OpenedSession,
    Paused,
    SessionState,
    ShowComparison,
    Training,
    has_finished,
)
from studio.runs.planning.plan import Plan, plan_for
from studio.runs.planning.smallest_plan import (
    SmallestStep,
    is_round,
    next_step,
    refuse_smallest,
)
from studio.runs.stored.dataset_recovery import recover_dataset


@dataclass(frozen=True, eq=False)
class _Search:
    """A search that is under way: the session, the comparison, and its data once it is read."""

    shown: OpenedSession
    spec: ComparisonSpec
    dataset: Dataset | None = None


class SmallestSearch(QObject):
    """Trains what the search needs next whenever a comparison of it has finished.

    Stopping the training ends the search; begun again, it trains nothing twice.

    Signals:
        told: What is trained next, without a full stop.
    """

    told = Signal(str)

    def __init__(self, session: SessionController, jobs: BackgroundJobs, cache: Path) -> None:
        super().__init__(session)
        self._session, self._jobs, self._cache = session, jobs, cache
        self._search: _Search | None = None
        session.transitioned.connect(self._follow)

    def why_not(self) -> str:
        """Why the shown comparison cannot be searched from, or ""."""
        history = self._session.history
        if history is None or is_round(history.spec):
            return "open the comparison that the sizes are searched for"
        try:
            refuse_smallest(history.spec)
        except SpecError as error:
            return f"{error.what}; {error.remedy[:1].lower()}{error.remedy[1:]}"
        return ""

    def begin(self) -> None:
        """Searches from the shown comparison, whose sizes are the largest."""
        opened, history = self._session.opened, self._session.history
        if opened is None or history is None or self.why_not():
            return
        if self._session.is_busy or self._session.why_read_only or self._search is not None:
            return
        self._search = _Search(opened, history.spec)
        self._advance()

    def _follow(self, before: SessionState, after: SessionState) -> None:
        if self._search is None:
            return
        if has_finished(after) and isinstance(before, Training | Paused):
            self._advance()
        elif not self._session.is_busy and type(before) is not type(after):
            self._search = None

    def _advance(self) -> None:
        search = self._search
        assert search is not None  # noqa: S101 - asked by the callers
        workspace, number, cache = search.shown.workspace, search.shown.comparison, self._cache

        def job() -> tuple[Dataset, SmallestStep, Plan | None]:
            dataset = search.dataset
            if dataset is None:
                record = workspace.ask(lambda file: file.dataset(number)).result()
                dataset = recover_dataset(record, str(search.shown.path), Cache(cache)).dataset
            numbers = workspace.ask(
                lambda file: [comparison.id for comparison in file.comparisons()]
            ).result()
            histories = {each: workspace.history(each) for each in numbers}
            step = next_step(search.spec, dataset, histories)
            return dataset, step, None if step.spec is None else plan_for(step.spec, dataset)

        self._jobs.load("Choosing the next sizes", job, self._take, self._failed)

    def _take(self, decided: tuple[Dataset, SmallestStep, Plan | None]) -> None:
        dataset, step, plan = decided
        search = self._search
        if search is None or self._session.workspace is not search.shown.workspace:
            self._search = None
            return
        if plan is None:
            self._search = None
            self.told.emit("The smallest sizes are known")
            self._session.show_comparison(ShowComparison(search.shown.comparison))
            return
        self._search = _Search(search.shown, search.spec, dataset)
        self.told.emit("Training " + ", ".join(each.name for each in plan.spec.contenders))
        begun = (
            self._session.train(plan)
            if step.unfinished is None
            else self._session.resume(step.unfinished)
        )
        if not begun:
            self._search = None

    def _failed(self, error: BaseException) -> None:
        self._search = None
        self._jobs.report("The sizes cannot be searched", error)
