"""Seconds of a training step for each contender of the plan: known from runs, or measured."""

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.controller import SessionController
from studio.gui.session.planner import Planner
from studio.gui.view.run_estimate import known_step_seconds, timing_key
from studio.runs.planning.plan import Plan

_MEASURE_AFTER_MS = 700
_MOST_WORK = 20_000_000_000
"""Multiply-accumulates of one step above which nothing is tried out before training."""


class StepTimes(QObject):
    """Measures the newest plan on the compute thread, when nothing trains there.

    Signals:
        changed: More is known.
    """

    changed = Signal()

    def __init__(
        self, planner: Planner, session: SessionController, jobs: BackgroundJobs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._planner, self._session, self._jobs = planner, session, jobs
        self._measured: dict[str, float] = {}
        self._tried: set[str] = set()
        self._generation = 0
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._measure)
        session.transitioned.connect(self.forget_request)

    def seconds(self, spec: ComparisonSpec) -> tuple[dict[str, float], bool]:
        """What is known of a resolved spec by contender, and whether all of it is from runs."""
        known = known_step_seconds(self._session.history, spec)
        measured = {
            contender.name: self._measured[key]
            for contender in spec.contenders
            if (key := timing_key(spec, contender)) in self._measured
        }
        return {**measured, **known}, len(known) == len(spec.contenders)

    def want(self, plan: Plan) -> None:
        """Measures soon what is not known of the plan; a newer wish replaces this one."""
        known, _ = self.seconds(plan.spec)
        keys = {timing_key(plan.spec, c) for c in plan.spec.contenders if c.name not in known}
        self._generation += 1
        if keys - self._tried and not self._session.is_training:
            self._timer.start(_MEASURE_AFTER_MS)
        else:
            self._timer.stop()

    def forget_request(self) -> None:
        """Ends the measurement after the current step."""
        self._generation += 1
        self._timer.stop()

    def _measure(self) -> None:
        plan, generation = self._planner.plan, self._generation
        if plan is None or not self._planner.is_current or self._session.is_training:
            return
        known, _ = self.seconds(plan.spec)
        wanted = tuple(
            contender
            for contender in plan.spec.contenders
            if contender.name not in known
            and plan.sizes[contender.name].macs * 3 * plan.spec.training.batch_size < _MOST_WORK
        )
        spec = plan.spec.model_copy(update={"contenders": wanted})
        keys = {contender.name: timing_key(plan.spec, contender) for contender in wanted}

        def job() -> tuple[dict[str, float], str]:
            from studio.runs.planning.estimate import measure_steps

            times = measure_steps(spec, plan.task, lambda: generation == self._generation)
            return {keys[name]: value for name, value in times.seconds.items()}, times.problem

        def take(measured: tuple[dict[str, float], str]) -> None:
            self._measured.update(measured[0])
            if generation == self._generation:
                self._tried.update(keys.values())
                self.problem = measured[1]
            self.changed.emit()

        if wanted:
            self._jobs.calculate("Timing a few steps", job, take)
