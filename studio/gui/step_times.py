"""Seconds of a training step for each contender of the plan: known from runs, or measured."""

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.spec import ComparisonSpec
from studio.gui.planner import Planner
from studio.gui.session_work import SessionWork
from studio.gui.viewstate.outlook import known_step_seconds, timing_key
from studio.gui.waiting import Waiting
from studio.runs.plan import Plan

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
        self, planner: Planner, work: SessionWork, waiting: Waiting, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._planner, self._work, self._waiting = planner, work, waiting
        self._measured: dict[str, float] = {}
        self._tried: set[str] = set()
        self._generation = 0
        self.problem = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._measure)
        work.session_changed.connect(self.forget_request)

    def seconds(self, spec: ComparisonSpec) -> tuple[dict[str, float], bool]:
        """What is known of a resolved spec by contender, and whether all of it is from runs."""
        known = known_step_seconds(self._work.history, spec)
        measured = {
            each.name: self._measured[key]
            for each in spec.contenders
            if (key := timing_key(spec, each)) in self._measured
        }
        return {**measured, **known}, len(known) == len(spec.contenders)

    def want(self, plan: Plan) -> None:
        """Measures soon what is not known of the plan; a newer wish replaces this one."""
        known, _ = self.seconds(plan.spec)
        keys = {timing_key(plan.spec, c) for c in plan.spec.contenders if c.name not in known}
        self._generation += 1
        if keys - self._tried and not self._work.is_training:
            self._timer.start(_MEASURE_AFTER_MS)
        else:
            self._timer.stop()

    def forget_request(self) -> None:
        """Ends what is being measured after the step under way."""
        self._generation += 1
        self._timer.stop()

    def _measure(self) -> None:
        plan, generation = self._planner.plan, self._generation
        if plan is None or not self._planner.is_current or self._work.is_training:
            return
        known, _ = self.seconds(plan.spec)
        wanted = tuple(
            each
            for each in plan.spec.contenders
            if each.name not in known
            and plan.sizes[each.name].macs * 3 * plan.spec.training.batch_size < _MOST_WORK
        )
        spec = plan.spec.model_copy(update={"contenders": wanted})
        keys = {each.name: timing_key(plan.spec, each) for each in wanted}

        def job() -> tuple[dict[str, float], str]:
            from studio.runs.estimate import measure_steps  # noqa: PLC0415 - imports torch

            times = measure_steps(spec, plan.task, lambda: generation == self._generation)
            return {keys[name]: value for name, value in times.seconds.items()}, times.problem

        def take(found: tuple[dict[str, float], str]) -> None:
            self._measured.update(found[0])
            if generation == self._generation:
                self._tried.update(keys.values())
                self.problem = found[1]
            self.changed.emit()

        if wanted:
            self._waiting.calculate("Timing a few steps", job, take)
