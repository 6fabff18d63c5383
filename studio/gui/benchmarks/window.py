"""What the window costs while the example comparison trains, and how late it responds."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from studio.analysis.intervals import Interval, geometric_mean
from studio.core.results.events import Event, StepsTimed
from studio.gui.app.app import make_application
from studio.gui.benchmarks.curves import frames_per_second
from studio.gui.benchmarks.lateness import Lateness
from studio.gui.benchmarks.training_window import TrainingWindow

_PHASES = ("shown", "minimised", "none")
_SETTLE_MS = 600
_PHASE_MS = 2000


def measure_window(rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Trains in one process while phases of a window alternate.

    A shown window (page Train, every plot on), a minimised one, and none (hidden, its events left
    in their queue). Then 200 curves of 1,000 epochs are panned and zoomed.

    Returns:
        For each phase step_ms by contender (median), slower (the share by which the mean step takes
        longer than with no window in the same round, geometric mean over rounds and contenders)
        with the low and high end of its 95 % interval over the rounds, and late_ms (99th
        percentile and worst of a 16 ms timer); and the frames a second of the curves.
    """
    application = make_application()
    with tempfile.TemporaryDirectory() as home:
        phases = _Phases(application, Path(home), rounds, say)
        application.exec()
        figures = phases.found()
    say("Panning and zooming 200 curves of 1,000 epochs …")
    return {**figures, "curves_frames_per_s": frames_per_second()}


class _Phases:
    """Walks through the phases and keeps what was measured in each."""

    def __init__(
        self, application: QApplication, home: Path, rounds: int, say: Callable[[str], None]
    ) -> None:
        self.application, self.say = application, say
        self.phase = ""
        self.training = TrainingWindow(home, self.begin)
        self.window, self.session = self.training.window, self.training.context.session
        self.lateness = Lateness()
        self.queue: SimpleQueue[Event] = SimpleQueue()
        self.steps: dict[str, list[dict[str, np.ndarray]]] = {phase: [] for phase in _PHASES}
        self.late: dict[str, list[np.ndarray]] = {phase: [] for phase in _PHASES}
        self.left = [phase for number in range(rounds) for phase in _turned(number)]

    def begin(self) -> None:
        """Training is on its way."""
        if self.session.workspace is not None:
            self.queue = self.session.workspace.subscribe()
        self.next()

    def next(self) -> None:
        """The next phase, or the end."""
        if not self.left:
            self.training.close()
            self.application.quit()
            return
        self.phase = self.left.pop(0)
        self.say(f"Training with the window: {self.phase}; {len(self.left)} phases follow …")
        self.enter()
        QTimer.singleShot(_SETTLE_MS, self.measure)

    def enter(self) -> None:
        pump = self.session._pump  # noqa: SLF001 - the benchmark takes the window away
        if self.phase == "none":
            self.window.hide()
            pump.disconnect_from_queue()
            return
        if self.session.opened is not None:  # and gives it back
            pump.connect_to(self.session.opened.events)
        if self.phase == "minimised":
            self.window.showMinimized()
        else:
            self.window.showNormal()

    def measure(self) -> None:
        self.drain()
        self.lateness.begin()
        QTimer.singleShot(_PHASE_MS, self.end)

    def end(self) -> None:
        self.late[self.phase].append(self.lateness.end())
        seconds_by_contender: dict[str, list[np.ndarray]] = {}
        for event in self.drain():
            seconds_by_contender.setdefault(event.run.contender, []).append(
                event.seconds[event.warmup :]
            )
        self.steps[self.phase].append(
            {name: np.concatenate(seconds) for name, seconds in seconds_by_contender.items()}
        )
        self.next()

    def drain(self) -> list[StepsTimed]:
        """The step times since the last call."""
        events: list[StepsTimed] = []
        while True:
            try:
                event = self.queue.get_nowait()
            except Empty:
                return events
            if isinstance(event, StepsTimed):
                events.append(event)

    def found(self) -> dict[str, Any]:
        """The figures; see measure_window."""
        return {phase: self._found_in(phase) for phase in _PHASES}

    def _found_in(self, phase: str) -> dict[str, Any]:
        slower = self._slower(phase)
        late = np.concatenate(self.late[phase])
        return {
            "step_ms": self._medians(phase),
            "slower": slower.value - 1,
            "low": slower.low - 1,
            "high": slower.high - 1,
            "late_ms": {"p99": float(np.percentile(late, 99)), "worst": float(late.max())},
        }

    def _slower(self, phase: str) -> Interval:
        """The mean step as a multiple of that with no window in the same round."""
        ratios = []
        for with_it, without in zip(self.steps[phase], self.steps["none"], strict=True):
            both = with_it.keys() & without.keys()
            logs = [np.log(with_it[name].mean() / without[name].mean()) for name in both]
            if logs:
                ratios.append(float(np.exp(np.mean(logs))))
        return geometric_mean(np.array(ratios), np.zeros(len(ratios)))

    def _medians(self, phase: str) -> dict[str, float]:
        steps: dict[str, list[np.ndarray]] = {}
        for step in self.steps[phase]:
            for name, seconds in step.items():
                steps.setdefault(name, []).append(seconds)
        return {name: float(np.median(np.concatenate(steps[name])) * 1e3) for name in steps}


def _turned(number: int) -> tuple[str, ...]:
    """The phases of a round, each round beginning with another, so that drift cancels out."""
    first = number % len(_PHASES)
    return _PHASES[first:] + _PHASES[:first]
