"""Follows a comparison in the foreground: progress, interim looks, interruption."""

import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from studio.analysis.scores.interim_looks import interim_looks
from studio.analysis.wording import count_of
from studio.core.results.events import ComparisonEnded, Event
from studio.core.results.history import ComparisonHistory
from studio.core.results.progress import ComparisonProgress
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.data import Cache
from studio.runs.compare.reporter import ProgressView, Reporter
from studio.runs.execution.control import Control
from studio.runs.planning.follow_up import AddSeeds, Done, TrainTuned, next_step
from studio.runs.planning.plan import make_plan
from studio.runs.workspace import RunningComparison, Workspace

_REFRESH_SECONDS = 0.1


@dataclass
class EventLoop:
    """Shows progress, and adds seeds while interim looks are planned and inconclusive.

    Attributes:
        workspace: The session.
        events: Its events.
        path: The session file.
        deadline: The time limit, on the monotonic clock.
        reporter: Who is told.
        cache: Where read data is kept.
        is_interrupted: Whether the user interrupted.
        embed: Whether small data is copied into the session.
        options: Further options of the command that resumes after an interruption.
    """

    workspace: Workspace
    events: "SimpleQueue[Event]"
    path: Path
    deadline: float
    reporter: Reporter
    cache: Cache
    is_interrupted: bool = False
    embed: bool = True
    options: str = ""

    def run_to_the_end(self, running: RunningComparison) -> tuple[ComparisonEnded, int]:
        """Runs until decided, out of seeds, out of time, or interrupted by the user.

        Trials of learning rates are followed by the comparison that uses them. Returns the number
        of the last comparison.
        """
        while True:
            ended = self._run_once(running)
            history = self.workspace.history(running.comparison)
            if ended.how == "stopped" and self._is_out_of_time and not self.is_interrupted:
                done = count_of(interim_looks(history).done, "seed")
                self.reporter.say(
                    f"Time limit reached after {done}; resume to finish the remaining runs."
                )
                return ComparisonEnded("finished"), running.comparison
            step = next_step(history) if ended.how == "finished" else Done()
            if isinstance(step, TrainTuned):
                running = self._start_tuned(step.spec, history)
            elif isinstance(step, AddSeeds) and not self._is_out_of_time:
                looks = interim_looks(history)
                look = f"Interim look {looks.taken} of at most {len(looks.planned)}"
                self.reporter.say(
                    f"{look}, after {looks.done} seeds: inconclusive. Continuing to {step.seeds} "
                    "seeds."
                )
                running = self.workspace.extend(running.comparison, step.seeds)
            else:
                return ended, running.comparison

    def _start_tuned(self, tuned: ComparisonSpec, trial: ComparisonHistory) -> RunningComparison:
        rates = ", ".join(f"{contender.name} {contender.lr:g}" for contender in tuned.contenders)
        self.reporter.say(f"Learning rates by validation loss: {rates}.")
        plan = make_plan(tuned, self.cache)
        return self.workspace.start(plan, plan.record(trial.environment, embed=self.embed))

    @property
    def _is_out_of_time(self) -> bool:
        return time.monotonic() >= self.deadline

    def _run_once(self, running: RunningComparison) -> ComparisonEnded:
        """Shows progress until all runs have ended; an interrupt stops and saves them."""
        progress = ComparisonProgress.of(self.workspace.history(running.comparison))
        try:
            with self.reporter.view(progress) as view:
                while progress.ended is None:
                    try:
                        progress = _drain(self.events, progress, view)
                        if self._is_out_of_time:
                            running.control.stop()
                    except KeyboardInterrupt:
                        self.is_interrupted = True
                        _interrupt(running.control, view)
                return progress.ended
        except KeyboardInterrupt:  # the second one does not wait for the current step
            self.reporter.interrupted_again(self.path, self.options)
            raise


def _drain(
    events: "SimpleQueue[Event]", progress: ComparisonProgress, view: ProgressView
) -> ComparisonProgress:
    try:
        progress = progress.after(events.get(timeout=_REFRESH_SECONDS))
        while progress.ended is None:
            progress = progress.after(events.get_nowait())
    except Empty:
        pass
    view.show(progress)
    return progress


def _interrupt(control: Control, view: ProgressView) -> None:
    if control.is_stopped:
        raise KeyboardInterrupt
    view.say("Stopping after the current step; finished epochs are saved.")
    control.stop()
