"""What follows a comparison that has ended: the one it tried rates for, or more seeds."""

import math
import time

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.history import ComparisonHistory
from studio.core.spec import ComparisonSpec
from studio.data import load
from studio.gui.drafts import Draft
from studio.gui.planner import Planner
from studio.gui.session_work import SessionWork
from studio.gui.waiting import Waiting
from studio.runs.deciding import more_looks, next_seeds
from studio.runs.plan import Plan, plan_for
from studio.runs.tuning import after_trial


class Deciding(QObject):
    """Goes on after a comparison with the rates that it chose, or with seeds while undecided.

    Signals:
        told: What was found at a look, a sentence.
    """

    told = Signal(str)

    def __init__(
        self, work: SessionWork, planner: Planner, draft: Draft, waiting: Waiting, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._work, self._waiting = work, waiting
        self._planner, self._draft = planner, draft
        self._until = math.inf
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end)
        work.finished.connect(self._look)
        work.session_changed.connect(self._follow)

    def begin(self, minutes: float) -> None:
        """Adds seeds to the shown comparison, whose verdict is undecided.

        Args:
            minutes: How long; the runs under way are stopped then, and can go on later.
        """
        history = self._work.history
        if history is None or self._work.is_training or self._work.why_read_only:
            return
        self._until = time.monotonic() + 60 * minutes
        self._timer.start(int(60_000 * minutes))
        spec = history.spec
        planned = None if spec.looks else more_looks(spec)
        looks = (planned or spec).looks or ()
        later = [seeds for seeds in looks if seeds > spec.training.seeds]
        if later:
            self._add(history, later[0], planned)

    def _add(self, history: ComparisonHistory, seeds: int, planned: ComparisonSpec | None) -> None:
        """Adds seeds, also to the draft where it is what was trained, so that it can go on."""
        draft, plan = self._draft.spec, self._planner.plan
        if draft is not None and plan is not None and plan.spec == history.spec:
            update: dict[str, object] = {
                "training": draft.training.model_copy(update={"seeds": seeds})
            }
            if planned is not None:
                update |= {"looks": planned.looks, "looked": planned.looked}
            self._draft.edit(draft.model_copy(update=update), "seeds")
        self._work.add_seeds(seeds, planned)

    def _end(self) -> None:
        self._forget()
        self.told.emit("The minutes are over; Go on trains what is left")
        self._work.stop()

    def _follow(self) -> None:
        """The minutes are those of one comparison: whatever ends it but its own end, ends them."""
        work = self._work
        if work.is_training or work.is_starting:
            return
        ended = None if work.progress is None else work.progress.ended
        if ended is None or ended.how != "finished":
            self._forget()

    def _forget(self) -> None:
        self._timer.stop()
        self._until = math.inf

    def _look(self) -> None:
        workspace, comparison = self._work.workspace, self._work.comparison
        on_the_desk, read_as = self._planner.dataset, self._planner.read_as
        if workspace is None or comparison is None:
            return

        def job() -> tuple[ComparisonHistory, int | None, Plan | None]:
            history = workspace.history(comparison)
            tuned = after_trial(history)
            plan = None
            if tuned is not None:  # the user may have opened other data meanwhile
                known = on_the_desk if read_as == tuned.dataset else None
                plan = plan_for(tuned, load(tuned.dataset) if known is None else known)
            return history, None if tuned else next_seeds(history), plan

        def take(found: tuple[ComparisonHistory, int | None, Plan | None]) -> None:
            history, seeds, plan = found
            if plan is not None and not self._work.is_training:
                rates = ", ".join(f"{each.name} {each.lr:g}" for each in plan.spec.contenders)
                self.told.emit(f"Learning rates by validation loss: {rates}")
                self._work.train(plan)
                return
            is_shown = comparison == self._work.comparison and not self._work.is_training
            if seeds is None or not is_shown:
                self._forget()
            elif time.monotonic() < self._until:
                have = history.spec.training.seeds
                self.told.emit(f"Undecided after {have} seeds; going on to {seeds}")
                self._add(history, seeds, None)

        spec = None if self._work.history is None else self._work.history.spec
        if spec is not None and (spec.looks or spec.asked):
            self._waiting.load("Looking at the verdict", job, take)
