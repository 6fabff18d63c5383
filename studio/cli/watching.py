"""Watching a comparison in the terminal: what is shown, what follows a look, an interruption."""

import os
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from studio.analysis.looks import looks_of
from studio.analysis.words import counted
from studio.cli.monitor import Monitor
from studio.cli.output import say
from studio.core.events import ComparisonEnded, Event
from studio.core.history import ComparisonHistory
from studio.core.progress import ComparisonProgress
from studio.core.spec import ComparisonSpec
from studio.data import Cache
from studio.paths import user_folders
from studio.runs.control import Control
from studio.runs.deciding import next_seeds
from studio.runs.plan import make_plan
from studio.runs.tuning import after_trial
from studio.runs.workspace import Running, Workspace

INTERRUPTED = 130
_REFRESH_SECONDS = 0.1


@dataclass
class Watch:
    """Shows what happens, and adds seeds where looks are planned and the verdict is open.

    Attributes:
        workspace: The session at work.
        events: What happens in it.
        path: The session file.
        deadline: When time is up, on the monotonic clock.
        is_interrupted: Whether the user interrupted.
        embed: Whether small data is copied into the session.
        options: What else to type to go on after an interruption.
    """

    workspace: Workspace
    events: "SimpleQueue[Event]"
    path: Path
    deadline: float
    is_interrupted: bool = False
    embed: bool = True
    options: str = ""

    def until_the_end(self, running: Running) -> tuple[ComparisonEnded, int]:
        """Until it is decided, every seed is done, time is up or the user interrupts.

        Where rates were tried, what is trained with them follows, and its number is given back.
        """
        while True:
            ended = self._one_look(running)
            history = self.workspace.history(running.comparison)
            if ended.how == "stopped" and self._time_is_up and not self.is_interrupted:
                done = counted(looks_of(history).done, "seed")
                say(f"Time is up after {done}; --resume goes on with what is left.")
                return ComparisonEnded("finished"), running.comparison
            tuned = after_trial(history) if ended.how == "finished" else None
            if tuned is not None:
                running = self._start_tuned(tuned, history)
                continue
            more = next_seeds(history) if ended.how == "finished" else None
            if more is None or self._time_is_up:
                return ended, running.comparison
            looks = looks_of(history)
            look = f"Look {looks.taken} of at most {len(looks.planned)}"
            say(f"{look}, after {looks.done} seeds: undecided. Going on to {more} seeds.")
            running = self.workspace.extend(running.comparison, more)

    def _start_tuned(self, tuned: ComparisonSpec, trial: ComparisonHistory) -> Running:
        rates = ", ".join(f"{each.name} {each.lr:g}" for each in tuned.contenders)
        say(f"Learning rates by validation loss: {rates}.")
        plan = make_plan(tuned, Cache(user_folders().datasets))
        return self.workspace.start(plan, plan.record(trial.environment, embed=self.embed))

    @property
    def _time_is_up(self) -> bool:
        return time.monotonic() >= self.deadline

    def _one_look(self, running: Running) -> ComparisonEnded:
        """Shows the events until all runs ended; an interrupt stops them and saves."""
        progress = ComparisonProgress.of(self.workspace.history(running.comparison))
        try:
            with Monitor(progress) as monitor:
                while progress.ended is None:
                    try:
                        progress = _drain(self.events, progress, monitor)
                        if self._time_is_up:
                            running.control.stop()
                    except KeyboardInterrupt:
                        self.is_interrupted = True
                        _interrupt(running.control, monitor)
                return progress.ended
        except KeyboardInterrupt:  # the second one does not wait for the step under way
            say(how_to_go_on(self.path, self.options))
            os._exit(INTERRUPTED)


def _drain(
    events: "SimpleQueue[Event]", progress: ComparisonProgress, monitor: Monitor
) -> ComparisonProgress:
    try:
        progress = progress.after(events.get(timeout=_REFRESH_SECONDS))
        while progress.ended is None:
            progress = progress.after(events.get_nowait())
    except Empty:
        pass
    monitor.show(progress)
    return progress


def _interrupt(control: Control, monitor: Monitor) -> None:
    if control.is_stopped:
        raise KeyboardInterrupt
    monitor.say("Stopping after the step under way; finished epochs are saved.")
    control.stop()


def how_to_go_on(path: Path, options: str = "") -> str:
    """What to type after an interruption, with further options."""
    words = ("gate-studio compare", shlex.quote(str(path)), "--resume", options)
    return f"Interrupted. Go on with: {' '.join(filter(None, words))}"
