"""The run behind gate-studio compare: session, monitor, interruption, answer."""

import itertools
import math
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import typer

from studio.cli.output import answer_json, say
from studio.cli.results import show_results
from studio.cli.watching import INTERRUPTED, Watch, how_to_go_on
from studio.core.errors import SessionError, UserError
from studio.core.events import ComparisonEnded
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord, NewComparison
from studio.core.spec import ComparisonSpec
from studio.data import Cache, folds_advice
from studio.paths import user_folders
from studio.runs.compute import Compute, ComputeThread
from studio.runs.kernels import kernels_state, start_kernels, wait_for_kernels
from studio.runs.machine import describe_machine
from studio.runs.plan import Plan, make_plan
from studio.runs.tuning import trial_of
from studio.runs.workspace import Running, Workspace

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

    @property
    def goes_on(self) -> bool:
        """Whether a session that is there is resumed instead of a new one made."""
        return self.resume and self.out is not None and (self.spec is None or self.out.exists())


Ready = tuple[Plan, NewComparison]
"""A comparison before its first run, and what the session is given."""


def run_comparison(request: Request) -> None:
    """Runs or resumes a comparison and prints its results.

    Raises:
        UserError: The data, a setting or the session stands in the way, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    refuse_to_replace(request)
    start_kernels(user_folders().cache)
    with ComputeThread() as compute:
        ready = None if request.goes_on else _prepare(request, compute)
        wait_for_engine(ready)
        with _open(request, ready, compute) as workspace:
            events = workspace.subscribe()
            running = _begin(workspace, ready)
            for note in (*running.notes, *_advice(ready)):
                say(f"Note: {note}.")
            path = workspace.ask(lambda session: session.path).result()
            watch = Watch(workspace, events, path, _deadline(request), embed=request.embed)
            ended, comparison = watch.until_the_end(running)
            history = workspace.history(comparison)
    _tell(request, history, ended, path)


def wait_for_engine(ready: Ready | None) -> None:
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


def _advice(ready: Ready | None) -> tuple[str, ...]:
    advice = folds_advice(ready[0].dataset, ready[0].spec.task) if ready else ""
    return (advice,) if advice else ()


def refuse_to_replace(request: Request) -> None:
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


def _prepare(request: Request, compute: Compute) -> Ready:
    """All that can go wrong before there is a session file."""
    if request.spec is None:
        raise SessionError("there is nothing to resume", remedy="Name the session with --out")
    spec = trial_of(request.spec) if request.spec.rates else request.spec
    return recorded(make_plan(spec, Cache(user_folders().datasets)), compute, embed=request.embed)


def recorded(
    plan: Plan, compute: Compute, *, embed: bool, known: Future[DatasetRecord] | None = None
) -> Ready:
    """A plan with what the session is given; hashes files, scores the baselines.

    Args:
        plan: The comparison.
        compute: Where torch runs.
        embed: Whether small data is copied into the session.
        known: How a session remembers the dataset, in case a file is gone since.
    """
    machine = describe_machine(plan.spec.machine, compute)
    return plan, plan.record(machine.environment, embed=embed, known=known)


def _open(request: Request, ready: Ready | None, compute: Compute) -> Workspace:
    if ready is None:
        assert request.out is not None  # noqa: S101 - see Request.goes_on
        if request.spec is not None:
            say(f"Going on with {request.out} and its own settings.")
        return Workspace.open(request.out, user_folders().locks, compute)
    return opened_for(request, ready[0].spec.name, compute)


def opened_for(request: Request, name: str, compute: Compute) -> Workspace:
    """The session that a new comparison of a name goes into: one that is there, or a new one."""
    path, locks = request.out or _free_path(name), user_folders().locks
    if request.adds and path.is_file():
        return Workspace.open(path, locks, compute)
    return Workspace.create(path, locks, compute, overwrite=request.overwrite)


def _begin(workspace: Workspace, ready: Ready | None) -> Running:
    return workspace.resume(_last(workspace)) if ready is None else started(workspace, *ready)


def started(workspace: Workspace, plan: Plan, new: NewComparison) -> Running:
    """Starts a comparison; a session that holds no other goes again where it cannot be saved."""
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
        say(how_to_go_on(path))
        raise typer.Exit(INTERRUPTED)
    failed = [run for c in history.contenders for run in c.runs if run.status == "failed"]
    for run in failed:
        say(f"Failed: {run.run}: {run.reason}")
    if failed:
        raise typer.Exit(1)
