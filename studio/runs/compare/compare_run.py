"""Carries out a comparison in the foreground: session, progress, interruption."""

import itertools
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from studio.analysis.costs.device_costs import ESTIMATED
from studio.core.errors import SessionError, UserError
from studio.core.file_names import file_stem
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord, NewComparison
from studio.core.specs.receptive_field import short_receptive_fields
from studio.data import Cache, folds_advice
from studio.runs.compare.event_loop import EventLoop
from studio.runs.compare.reporter import Reporter, RunFolders
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.run_on_workers import choose_runs, choose_stored, count_runs
from studio.runs.execution.compute import Compute, ComputeThread
from studio.runs.execution.kernels import kernels_state, start_kernels, wait_for_kernels
from studio.runs.execution.machine import describe_machine
from studio.runs.planning.device_fit import fit_sentences, fitted
from studio.runs.planning.longer_training import NewLimits
from studio.runs.planning.plan import Plan, make_plan
from studio.runs.planning.tuning import tuning_trial
from studio.runs.workers.parallel import ParallelRuns
from studio.runs.workspace import RunningComparison, Workspace
from studio.sessions.create import is_without_comparisons

_WARM_SECONDS = 0.5

Ready = tuple[Plan, NewComparison]
"""A planned comparison and its record for the session."""


@dataclass(frozen=True)
class Foreground:
    """What a comparison in the foreground works with.

    Attributes:
        reporter: Who is told.
        folders: The user's folders.
        compute: The compute thread.
    """

    reporter: Reporter
    folders: RunFolders
    compute: Compute

    @property
    def cache(self) -> Cache:
        return Cache(self.folders.datasets)


@dataclass(frozen=True)
class CompareOutcome:
    """What came of a request.

    Attributes:
        path: The session file.
        comparison: The comparison's number; of a learning curve one of its comparisons.
        history: That comparison.
        was_stopped: Whether the user interrupted.
    """

    path: Path
    comparison: int
    history: ComparisonHistory
    was_stopped: bool

    @property
    def failed(self) -> tuple[tuple[RunId, str], ...]:
        """The runs that failed, and why."""
        runs = (run for contender in self.history.contenders for run in contender.runs)
        return tuple((run.run, run.reason) for run in runs if run.status == "failed")


def run_comparison(
    request: CompareRequest, reporter: Reporter, folders: RunFolders
) -> CompareOutcome:
    """Runs or resumes a comparison in the foreground.

    Raises:
        UserError: The data, a setting or the session is not usable, or saving failed.
        KeyboardInterrupt: The user interrupted twice.
    """
    refuse_to_replace(request)
    start_kernels(folders.cache)
    with ComputeThread() as compute:
        foreground = Foreground(reporter, folders, compute)
        ready = None if request.is_resumed else _prepare(request, foreground)
        wait_for_engine(ready, reporter)
        with _open(request, ready, foreground) as workspace:
            events = workspace.subscribe()
            if request.parallel is not None:
                workspace.parallel = _parallel(request, ready, workspace, foreground)
            running = _begin(workspace, ready, request.longer)
            for sentence in _fit_words(ready, request):
                reporter.say(sentence)
            for note in (*running.notes, *_advice(ready)):
                reporter.say(f"Note: {note}.")
            path = workspace.ask(lambda session: session.path).result()
            event_loop = EventLoop(
                workspace, events, path, _deadline(request), reporter, foreground.cache,
                embed=request.embed,
            )  # fmt: skip
            ended, comparison = event_loop.run_to_the_end(running)
            history = workspace.history(comparison)
    if ended.how == "failed":
        raise UserError(ended.problem.removesuffix("."))
    return CompareOutcome(path, comparison, history, ended.how == "stopped")


def wait_for_engine(ready: Ready | None, reporter: Reporter) -> None:
    """Waits for the fused engine where it may be used, and says so."""
    cells: set[str] = set()
    if ready is not None:
        plan, new = ready
        if plan.spec.machine.engine == "torch" or new.environment["device"] != "cpu":
            return
        cells = {contender.cell for contender in plan.spec.contenders}
    if not wait_for_kernels(_WARM_SECONDS, cells):
        reporter.say(f"{kernels_state().sentence}.")
        wait_for_kernels(cells=cells)


def _fit_words(ready: Ready | None, request: CompareRequest) -> list[str]:
    if ready is None or request.fit is None:
        return []
    return [*fit_sentences(ready[0], request.fit, request.fit_arithmetic), ESTIMATED]


def _advice(ready: Ready | None) -> tuple[str, ...]:
    if ready is None:
        return ()
    plan = ready[0]
    length = plan.task.preprocessing.max_length
    short = map(str, short_receptive_fields(plan.spec.contenders, length))
    return tuple(filter(None, (folds_advice(plan.dataset, plan.spec.task), *short)))


def refuse_to_replace(request: CompareRequest) -> None:
    """Refuses early to replace a session; creating the session checks again."""
    path, called = request.out, request.called
    if path is None or request.resume or request.overwrite or request.adds or not path.is_file():
        return
    if path.stat().st_size and not is_without_comparisons(path):
        raise SessionError(
            "already exists",
            where=str(path),
            remedy=f"Use {called('--resume')} to continue it, {called('--add')} to add the "
            f"comparison to it, or {called('--overwrite')} to replace it",
        )


def _prepare(request: CompareRequest, foreground: Foreground) -> Ready:
    """Everything that can fail before there is a session file."""
    if request.spec is None:
        raise nothing_to_resume(request.called)
    spec = tuning_trial(request.spec) if request.spec.rates else request.spec
    plan = make_plan(spec, foreground.cache)
    if request.fit is not None:
        plan = fitted(plan, request.fit, request.fit_arithmetic)
    return record_dataset(plan, foreground.compute, embed=request.embed)


def nothing_to_resume(called: Callable[[str], str]) -> SessionError:
    return SessionError(
        "there is nothing to resume", remedy=f"Name the session with {called('--out')}"
    )


def record_dataset(
    plan: Plan, compute: Compute, *, embed: bool, known: Future[DatasetRecord] | None = None
) -> Ready:
    """A plan with its record for the session; hashes files and scores the baselines.

    Args:
        plan: The comparison.
        compute: The compute thread, where torch runs.
        embed: Whether small data is copied into the session.
        known: The dataset's record in a session, in case its file is missing by now.
    """
    machine = describe_machine(plan.spec.machine, compute)
    return plan, plan.record(machine.environment, embed=embed, known=known)


def _open(request: CompareRequest, ready: Ready | None, foreground: Foreground) -> Workspace:
    if ready is None:
        assert request.out is not None  # noqa: S101 - see CompareRequest.is_resumed
        if request.spec is not None:
            foreground.reporter.say(f"Resuming {request.out} with its own settings.")
        return Workspace.open(request.out, foreground.folders.locks, foreground.compute)
    return open_session_for(request, ready[0].spec.name, foreground)


def open_session_for(request: CompareRequest, name: str, foreground: Foreground) -> Workspace:
    """The session for a new comparison of that name: an existing or a new one."""
    path, locks = request.out or _free_path(name), foreground.folders.locks
    if request.adds and path.is_file():
        return Workspace.open(path, locks, foreground.compute)
    return Workspace.create(
        path, locks, foreground.compute, overwrite=request.overwrite, backup=request.backup
    )


def _parallel(
    request: CompareRequest, ready: Ready | None, workspace: Workspace, foreground: Foreground
) -> ParallelRuns | None:
    assert request.parallel is not None  # noqa: S101 - asked by the caller
    reporter, folders, compute = foreground.reporter, foreground.folders, foreground.compute
    if ready is None:
        last = _last(workspace)
        return choose_stored(request.parallel, workspace, last, reporter, folders, compute)
    spec, task = ready[0].spec, ready[0].task
    return choose_runs(request.parallel, spec, task, count_runs(spec), reporter, folders, compute)


def _begin(workspace: Workspace, ready: Ready | None, longer: NewLimits) -> RunningComparison:
    if ready is not None:
        return start_comparison(workspace, *ready)
    last = _last(workspace)
    return workspace.train_longer(last, longer) if longer else workspace.resume(last)


def start_comparison(workspace: Workspace, plan: Plan, new: NewComparison) -> RunningComparison:
    """Starts a comparison; where it cannot be saved, an otherwise empty session is deleted."""
    others = workspace.ask(lambda session: session.comparisons()).result()
    try:
        return workspace.start(plan, new)
    except BaseException:
        path = workspace.ask(lambda session: session.path).result()
        workspace.close()
        if not others:
            path.unlink(missing_ok=True)
        raise


def _free_path(name: str) -> Path:
    stem = file_stem(name)
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := Path(f"{name}.gates")).exists())


def _last(workspace: Workspace) -> int:
    comparisons = workspace.ask(lambda session: session.comparisons()).result()
    if not comparisons:
        raise SessionError("the session contains no comparison", remedy="Start a new one")
    return comparisons[-1].id


def _deadline(request: CompareRequest) -> float:
    minutes = math.inf if request.minutes is None else request.minutes
    return time.monotonic() + 60 * minutes
