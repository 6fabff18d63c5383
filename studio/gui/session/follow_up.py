"""Carries out what follows a comparison that has ended: tuned rates, more seeds, the next size."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import TrainingSize
from studio.data import Cache, Dataset, load
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.controller import SessionController
from studio.gui.session.drafts import Draft
from studio.gui.session.planner import Planner
from studio.gui.session.session_state import (
    Extend,
    OpenedSession,
    Paused,
    SessionState,
    ShowComparison,
    Starting,
    Training,
    has_finished,
)
from studio.runs.planning.follow_up import (
    AddSeeds,
    NextStep,
    TrainSize,
    TrainTuned,
    next_step,
)
from studio.runs.planning.learning_curve_plan import MissingSize, plan_learning_curve
from studio.runs.planning.longer_training import NewLimits, spec_of_longer_training
from studio.runs.planning.plan import Plan, plan_for
from studio.runs.planning.sequential_stopping import with_more_looks
from studio.runs.stored.dataset_recovery import recover_dataset


@dataclass(frozen=True, eq=False)
class _Curve:
    """A learning curve whose missing sizes are trained one after the other.

    Attributes:
        shown: The session and comparison that it was asked for on.
        dataset: Its data.
        left: Sizes that are still missing.
        count: How many were missing at first.
    """

    shown: OpenedSession
    dataset: Dataset
    left: tuple[MissingSize, ...]
    count: int


class FollowUp(QObject):
    """Asks `runs.planning.follow_up` what comes next whenever a comparison has finished.

    Signals:
        told: What was decided, a sentence without its full stop.
    """

    told = Signal(str)

    def __init__(
        self,
        session: SessionController,
        planner: Planner,
        draft: Draft,
        jobs: BackgroundJobs,
        cache: Path,
    ) -> None:
        super().__init__(session)
        self._session, self._jobs = session, jobs
        self._planner, self._draft = planner, draft
        self._cache = cache
        self._deadline = math.inf
        self._curve: _Curve | None = None
        self._preparing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end_of_time)
        session.transitioned.connect(self._follow)

    def add_seeds(self, minutes: float) -> None:
        """Adds seeds to the shown comparison, whose verdict is undecided.

        Args:
            minutes: Time limit; unfinished runs are stopped then and can be resumed.
        """
        history = self._session.history
        if history is None or self._session.is_training or self._session.why_read_only:
            return
        self._deadline = time.monotonic() + 60 * minutes
        self._timer.start(int(60_000 * minutes))
        spec = history.spec
        planned = None if spec.looks else with_more_looks(spec)
        looks = (planned or spec).looks or ()
        later = [seeds for seeds in looks if seeds > spec.training.seeds]
        if later:
            self._add(history, later[0], planned)

    def train_longer(self, limits: NewLimits) -> None:
        """Trains the runs of the shown comparison longer, and the draft where it was the same."""
        history = self._session.history
        if history is None or self._session.is_training or self._session.why_read_only:
            return
        try:
            spec = spec_of_longer_training(history, limits)
        except SpecError as error:
            self._jobs.report("The runs cannot be trained longer", error)
            return
        draft, plan = self._draft.spec, self._planner.plan
        if draft is not None and plan is not None and plan.spec == history.spec:
            update = {"training": spec.training, "seen_at": spec.seen_at}
            self._draft.edit(draft.model_copy(update=update), "length of training")
        self._session.train_longer(limits)

    def train_sizes(self, sizes: Sequence[int]) -> None:
        """Trains the shown comparison at the sizes that the session does not have.

        Args:
            sizes: Numbers of training examples.
        """
        session = self._session
        opened, history = session.opened, session.history
        if opened is None or history is None or session.is_busy or session.why_read_only:
            return
        if self._preparing:
            return
        where = str(opened.path)
        self._preparing = True

        def job() -> _Curve:
            numbers = opened.workspace.ask(
                lambda file: [comparison.id for comparison in file.comparisons()]
            ).result()
            histories = {number: opened.workspace.history(number) for number in numbers}
            record = opened.workspace.ask(lambda file: file.dataset(opened.comparison)).result()
            dataset = recover_dataset(record, where, Cache(self._cache)).dataset
            wanted = [TrainingSize(size, is_share=False) for size in sizes]
            missing = plan_learning_curve(history.spec, dataset, wanted, histories).missing
            return _Curve(opened, dataset, missing, len(missing))

        def take(curve: _Curve) -> None:
            self._preparing = False
            if curve.left and self._is_shown(curve):
                self._curve = curve
                self._prepare(TrainSize(curve.left[0]))

        def failed(error: BaseException) -> None:
            self._preparing = False
            self._jobs.report("The sizes cannot be trained", error)

        self._jobs.load("Preparing the sizes", job, take, failed)

    def _follow(self, before: SessionState, after: SessionState) -> None:
        """Goes on after what has finished; whatever else ends a comparison ends the follow-up."""
        has_not_started = isinstance(before, Starting) and not isinstance(after, Training)
        has_ended = not self._session.is_busy and type(before) is not type(after)
        if isinstance(after, Starting) and not isinstance(after.intent, Extend):
            self._timer.stop()
            self._deadline = math.inf
        if isinstance(after, Training) and self._deadline == -math.inf:
            self._session.stop()
        if has_finished(after) and isinstance(before, Training | Paused):
            self._ask_what_follows()
        elif has_not_started or has_ended:
            self._forget()

    def _ask_what_follows(self) -> None:
        opened, history = self._session.opened, self._session.history
        if opened is None or history is None:
            return
        curve = self._curve
        if curve is None and not (history.spec.looks or history.spec.asked):
            self._forget()
            return

        def job() -> tuple[ComparisonHistory, NextStep]:
            latest = opened.workspace.history(opened.comparison)
            return latest, next_step(latest, () if curve is None else curve.left)

        def take(decided: tuple[ComparisonHistory, NextStep]) -> None:
            now = self._session.opened
            if self._session.is_busy or now is None or now.comparison != opened.comparison:
                return
            self._carry_out(*decided)

        self._jobs.load("Checking the verdict", job, take)

    def _carry_out(self, history: ComparisonHistory, step: NextStep) -> None:
        curve = self._curve
        if curve is not None and not self._is_shown(curve):
            self._forget()
        elif isinstance(step, AddSeeds) and time.monotonic() < self._deadline:
            seeds = history.spec.training.seeds
            self.told.emit(f"Inconclusive after {seeds} seeds: continuing to {step.seeds}")
            self._add(history, step.seeds, None)
        elif isinstance(step, TrainTuned | TrainSize):
            self._prepare(step)
        else:
            self._forget()
            if curve is not None:
                self._session.show_comparison(ShowComparison(curve.shown.comparison))

    def _prepare(self, step: TrainTuned | TrainSize) -> None:
        """Plans what is trained next, then trains it."""
        curve = self._curve
        if isinstance(step, TrainSize) and curve is not None:
            left = curve.left[1:]
            self._curve = replace(curve, left=left)
            number = f"{curve.count - len(left)} of {curve.count}"
            self.told.emit(f"{step.size.examples:,} training examples ({number})")
            if step.size.unfinished is not None:
                if not self._session.resume(step.size.unfinished):
                    self._forget()
                return
        spec = step.spec if isinstance(step, TrainTuned) else step.size.spec
        loaded, read_as = self._planner.dataset, self._planner.read_as

        def job() -> Plan:
            dataset = curve.dataset if curve is not None else None
            if dataset is None:  # the user may have opened other data meanwhile
                dataset = loaded if loaded is not None and read_as == spec.dataset else None
            return plan_for(spec, load(spec.dataset) if dataset is None else dataset)

        def take(plan: Plan) -> None:
            if isinstance(step, TrainTuned):
                rates = ", ".join(
                    f"{contender.name} {contender.lr:g}" for contender in plan.spec.contenders
                )
                self.told.emit(f"Learning rates by validation loss: {rates}")
            is_shown = self._curve is None or self._is_shown(self._curve)
            if self._session.is_busy or not is_shown or not self._session.train(plan):
                self._forget()

        def failed(error: BaseException) -> None:
            self._forget()
            self._jobs.report("The next comparison cannot be trained", error)

        self._jobs.load("Preparing the data", job, take, failed)

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
        self._session.add_seeds(seeds, planned)

    def _is_shown(self, curve: _Curve) -> bool:
        return self._session.workspace is curve.shown.workspace

    def _end_of_time(self) -> None:
        self._forget()
        self._deadline = -math.inf  # for seeds that are about to start, or about to be decided on
        self.told.emit("Time limit reached. Resume to finish the remaining runs")
        self._session.stop()

    def _forget(self) -> None:
        self._timer.stop()
        self._deadline = math.inf
        self._curve = None
