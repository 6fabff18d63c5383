"""The run behind gate-studio compare: session, monitor, interruption, answer."""

import itertools
import math
import os
import shlex
import time
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import typer

from studio.analysis.looks import looks_of
from studio.analysis.words import counted
from studio.cli.monitor import Monitor
from studio.cli.output import answer_json, say
from studio.cli.results import show_results
from studio.core.errors import SessionError, UserError
from studio.core.events import ComparisonEnded, Event
from studio.core.history import ComparisonHistory
from studio.core.progress import ComparisonProgress
from studio.core.record import NewComparison
from studio.core.spec import ComparisonSpec
from studio.data import Cache, folds_advice
from studio.paths import user_folders
from studio.runs.compute import Compute, ComputeThread
from studio.runs.control import Control
from studio.runs.deciding import next_seeds
from studio.runs.kernels import kernels_state, start_kernels, wait_for_kernels
from studio.runs.machine import describe_machine
from studio.runs.plan import Plan, make_plan
from studio.runs.tuning import after_trial, trial_of
from studio.runs.workspace import Running, Workspace

_INTERRUPTED = 130
_REFRESH_SECONDS = 0.1
_WARM_SECONDS = 0.5


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Attributes:
        spec: The comparison, or None to go on with the session as it is.
        out: The session file, or None for a new one in the working folder.
        overwrite: Whether a session that is there may be replaced.
        resume: Whether a session that is there goes on.
        adds: Whether the comparison is added to a session that is there.
        embed: Whether small data is copied into the session.
        as_json: Whether to answer in JSON.
        minutes: How long seeds may be added to a comparison that has planned looks, or None.
    """

    spec: ComparisonSpec | None
    out: Path | None
    overwrite: bool
    resume: bool
    embed: bool
    as_json: bool
    minutes: float | None = None
    adds: bool = False


def run_comparison(request: Request) -> None:
    """Runs or resumes a comparison and prints its results.

    Raises:
        UserError: The data, a setting or the session stands in the way, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    _refuse_to_replace(request)
    start_kernels(user_folders().cache)
    with ComputeThread() as compute:
        ready = None if _goes_on(request) else _prepare(request, compute)
        _wait_for_kernels(ready)
        with _open(request, ready, compute) as workspace:
            events = workspace.subscribe()
            running = _start(workspace, *ready) if ready else workspace.resume(_last(workspace))
            for note in (*running.notes, *_advice(ready)):
                say(f"Note: {note}.")
            path = workspace.ask(lambda session: session.path).result()
            watch = _Watch(workspace, events, path, _deadline(request), embed=request.embed)
            ended, comparison = watch.until_the_end(running)
            history = workspace.history(comparison)
    _tell(request, history, ended, path)


def _wait_for_kernels(ready: tuple[Plan, NewComparison] | None) -> None:
    """Waits for the fused engine where it may serve, and says so."""
    cells: set[str] = set()
    if ready is not None:
        plan, new = ready
        if plan.spec.machine.engine == "torch" or new.environment["device"] != "cpu":
            return
        cells = {contender.cell for contender in plan.spec.contenders}
    if not wait_for_kernels(_WARM_SECONDS, cells):
        say(f"{kernels_state().sentence}.")
        wait_for_kernels(cells=cells)


def _advice(ready: tuple[Plan, NewComparison] | None) -> tuple[str, ...]:
    advice = folds_advice(ready[0].dataset, ready[0].spec.task) if ready else ""
    return (advice,) if advice else ()


def _refuse_to_replace(request: Request) -> None:
    """Before the data is read: the session checks again when it is made."""
    path = request.out
    if path is None or request.resume or request.overwrite or request.adds or not path.is_file():
        return
    if path.stat().st_size:
        raise SessionError(
            "exists already",
            where=str(path),
            remedy="Add --resume to go on with it, --add to compare in it too, or --overwrite to "
            "replace it",
        )


def _goes_on(request: Request) -> bool:
    """Whether a session that is there is resumed instead of a new one made."""
    return (
        request.resume
        and request.out is not None
        and (request.spec is None or request.out.exists())
    )


def _prepare(request: Request, compute: Compute) -> tuple[Plan, NewComparison]:
    """All that can go wrong before there is a session file."""
    if request.spec is None:
        raise SessionError("there is nothing to resume", remedy="Name the session with --out")
    spec = trial_of(request.spec) if request.spec.rates else request.spec
    plan = make_plan(spec, Cache(user_folders().datasets))
    machine = describe_machine(plan.spec.machine, compute)
    return plan, plan.record(machine.environment, embed=request.embed)


def _open(
    request: Request, ready: tuple[Plan, NewComparison] | None, compute: Compute
) -> Workspace:
    locks = user_folders().locks
    if ready is not None:
        path = request.out or _free_path(ready[0].spec.name)
        if request.adds and path.is_file():
            return Workspace.open(path, locks, compute)
        return Workspace.create(path, locks, compute, overwrite=request.overwrite)
    assert request.out is not None  # noqa: S101 - see _goes_on
    if request.spec is not None:
        say(f"Going on with {request.out} and its own settings.")
    return Workspace.open(request.out, locks, compute)


def _start(workspace: Workspace, plan: Plan, new: NewComparison) -> Running:
    """Starts a comparison in a new session, which goes again where it cannot be saved."""
    try:
        return workspace.start(plan, new)
    except BaseException:
        path = workspace.ask(lambda session: session.path).result()
        workspace.close()
        path.unlink(missing_ok=True)
        raise


def _free_path(name: str) -> Path:
    stem = "".join(letter if letter.isalnum() or letter in "-_ ." else "-" for letter in name)
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := Path(f"{name}.gates")).exists())


def _last(workspace: Workspace) -> int:
    comparisons = workspace.ask(lambda session: session.comparisons()).result()
    if not comparisons:
        raise SessionError("the session holds no comparison", remedy="Start a new one")
    return comparisons[-1].id


def _deadline(request: Request) -> float:
    minutes = math.inf if request.minutes is None else request.minutes
    return time.monotonic() + 60 * minutes


@dataclass
class _Watch:
    """Shows what happens, and adds seeds where looks are planned and the verdict is open."""

    workspace: Workspace
    events: "SimpleQueue[Event]"
    path: Path
    deadline: float
    is_interrupted: bool = False
    embed: bool = True

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
            say(_how_to_go_on(self.path))
            os._exit(_INTERRUPTED)


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


def _how_to_go_on(path: Path) -> str:
    return f"Interrupted. Go on with: gate-studio compare {shlex.quote(str(path))} --resume"


def _tell(request: Request, history: ComparisonHistory, ended: ComparisonEnded, path: Path) -> None:
    if ended.how == "failed":
        raise UserError(ended.problem.removesuffix("."))
    if request.as_json:
        from studio.analysis import summary  # noqa: PLC0415 - scipy is slow to import

        answer_json(summary(history).as_json())
    else:
        show_results(history)
    say(f"Session: {path}")
    if ended.how == "stopped":
        say(_how_to_go_on(path))
        raise typer.Exit(_INTERRUPTED)
    failed = [run for c in history.contenders for run in c.runs if run.status == "failed"]
    for run in failed:
        say(f"Failed: {run.run}: {run.reason}")
    if failed:
        raise typer.Exit(1)
