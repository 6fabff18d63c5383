"""The run behind gate-studio compare: session, monitor, interruption, results."""

import itertools
import math
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import typer

from studio.cli.event_loop import INTERRUPTED, EventLoop, resume_hint
from studio.cli.output import print_json, print_message
from studio.cli.results import show_results
from studio.core.errors import SessionError, UserError
from studio.core.file_names import file_stem
from studio.core.results.events import ComparisonEnded
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord, NewComparison
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.receptive_field import short_receptive_fields
from studio.data import Cache, folds_advice
from studio.paths import user_folders
from studio.runs.execution.compute import Compute, ComputeThread
from studio.runs.execution.kernels import kernels_state, start_kernels, wait_for_kernels
from studio.runs.execution.machine import describe_machine
from studio.runs.planning.longer_training import NewLimits
from studio.runs.planning.plan import Plan, make_plan
from studio.runs.planning.tuning import tuning_trial
from studio.runs.workspace import RunningComparison, Workspace
from studio.sessions.create import is_without_comparisons

_WARM_SECONDS = 0.5


@dataclass(frozen=True)
class CompareRequest:
    """What the user asked for.

    Attributes:
        spec: The comparison, or None to resume the session as it is.
        out: The session file, or None for a new one in the working folder.
        overwrite: Whether an existing session may be replaced.
        backup: Whether a copy of a replaced session is kept.
        resume: Whether an existing session is resumed.
        adds: Whether the comparison is added to an existing session.
        embed: Whether small data is copied into the session.
        as_json: Whether to print JSON.
        minutes: Time limit for adding seeds at interim looks, or None.
        longer: Larger limits for the runs of an existing session.
    """

    spec: ComparisonSpec | None
    out: Path | None
    overwrite: bool
    resume: bool
    embed: bool
    as_json: bool
    minutes: float | None = None
    adds: bool = False
    backup: bool = True
    longer: NewLimits = field(default_factory=NewLimits)

    @property
    def is_resumed(self) -> bool:
        """Whether an existing session is resumed instead of creating a new one."""
        return self.resume and self.out is not None and (self.spec is None or self.out.exists())


Ready = tuple[Plan, NewComparison]
"""A planned comparison and its record for the session."""


def run_comparison(request: CompareRequest) -> None:
    """Runs or resumes a comparison and prints its results.

    Raises:
        UserError: The data, a setting or the session is not usable, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    refuse_to_replace(request)
    start_kernels(user_folders().cache)
    with ComputeThread() as compute:
        ready = None if request.is_resumed else _prepare(request, compute)
        wait_for_engine(ready)
        with _open(request, ready, compute) as workspace:
            events = workspace.subscribe()
            running = _begin(workspace, ready, request.longer)
            for note in (*running.notes, *_advice(ready)):
                print_message(f"Note: {note}.")
            path = workspace.ask(lambda session: session.path).result()
            event_loop = EventLoop(workspace, events, path, _deadline(request), embed=request.embed)
            ended, comparison = event_loop.run_to_the_end(running)
            history = workspace.history(comparison)
    _print_outcome(request, history, ended, path)


def wait_for_engine(ready: Ready | None) -> None:
    """Waits for the fused engine where it may be used, and says so."""
    cells: set[str] = set()
    if ready is not None:
        plan, new = ready
        if plan.spec.machine.engine == "torch" or new.environment["device"] != "cpu":
            return
        cells = {contender.cell for contender in plan.spec.contenders}
    if not wait_for_kernels(_WARM_SECONDS, cells):
        print_message(f"{kernels_state().sentence}.")
        wait_for_kernels(cells=cells)


def _advice(ready: Ready | None) -> tuple[str, ...]:
    if ready is None:
        return ()
    plan = ready[0]
    length = plan.task.preprocessing.max_length
    short = map(str, short_receptive_fields(plan.spec.contenders, length))
    return tuple(filter(None, (folds_advice(plan.dataset, plan.spec.task), *short)))


def refuse_to_replace(request: CompareRequest) -> None:
    """Refuses early to replace a session; creating the session checks again."""
    path = request.out
    if path is None or request.resume or request.overwrite or request.adds or not path.is_file():
        return
    if path.stat().st_size and not is_without_comparisons(path):
        raise SessionError(
            "already exists",
            where=str(path),
            remedy="Use --resume to continue it, --add to add the comparison to it, or --overwrite "
            "to replace it",
        )


def _prepare(request: CompareRequest, compute: Compute) -> Ready:
    """Everything that can fail before there is a session file."""
    if request.spec is None:
        raise SessionError("there is nothing to resume", remedy="Name the session with --out")
    spec = tuning_trial(request.spec) if request.spec.rates else request.spec
    return record_dataset(
        make_plan(spec, Cache(user_folders().datasets)), compute, embed=request.embed
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


def _open(request: CompareRequest, ready: Ready | None, compute: Compute) -> Workspace:
    if ready is None:
        assert request.out is not None  # noqa: S101 - see CompareRequest.is_resumed
        if request.spec is not None:
            print_message(f"Resuming {request.out} with its own settings.")
        return Workspace.open(request.out, user_folders().locks, compute)
    return open_session_for(request, ready[0].spec.name, compute)


def open_session_for(request: CompareRequest, name: str, compute: Compute) -> Workspace:
    """The session for a new comparison of that name: an existing or a new one."""
    path, locks = request.out or _free_path(name), user_folders().locks
    if request.adds and path.is_file():
        return Workspace.open(path, locks, compute)
    return Workspace.create(
        path, locks, compute, overwrite=request.overwrite, backup=request.backup
    )


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


def _print_outcome(
    request: CompareRequest, history: ComparisonHistory, ended: ComparisonEnded, path: Path
) -> None:
    if ended.how == "failed":
        raise UserError(ended.problem.removesuffix("."))
    if request.as_json:
        from studio.analysis import summary

        print_json(summary(history).as_json())
    else:
        show_results(history)
    print_message(f"Session: {path}")
    if ended.how == "stopped":
        print_message(resume_hint(path))
        raise typer.Exit(INTERRUPTED)
    failed = [
        run for contender in history.contenders for run in contender.runs if run.status == "failed"
    ]
    for run in failed:
        print_message(f"Failed: {run.run}: {run.reason}")
    if failed:
        raise typer.Exit(1)
