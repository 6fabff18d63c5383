"""The run behind compare --sizes: one comparison for each size of the training part."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import typer

from studio.cli.learning_curve import answer_curve
from studio.cli.output import say
from studio.cli.running import (
    Ready,
    Request,
    opened_for,
    recorded,
    refuse_to_replace,
    started,
    wait_for_engine,
)
from studio.cli.watching import INTERRUPTED, Watch, how_to_go_on
from studio.core.errors import SessionError, UserError
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord
from studio.core.spec import ComparisonSpec
from studio.core.training_sizes import Portion
from studio.data import Cache, Dataset, load
from studio.paths import user_folders
from studio.runs.compute import Compute, ComputeThread
from studio.runs.kernels import start_kernels
from studio.runs.plan import plan_for
from studio.runs.restoring import restore_dataset
from studio.runs.sizes import MissingSize, Sizes, sizes_asked_for
from studio.runs.tuning import trial_of
from studio.runs.workspace import Running, Workspace

Histories = Mapping[int, ComparisonHistory]


@dataclass(frozen=True, eq=False)
class _Asked:
    """The comparison, its data, and how the session remembers them where it goes on."""

    spec: ComparisonSpec
    dataset: Dataset
    known: Future[DatasetRecord] | None = None


def run_sizes(request: Request, portions: Sequence[Portion]) -> None:
    """Trains the comparison at each size that the session does not have, and prints the curve.

    Raises:
        UserError: The data, a setting or the session stands in the way, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    refuse_to_replace(request)
    start_kernels(user_folders().cache)
    with ComputeThread() as compute, ExitStack() as stack:
        workspace = _session_that_is_there(request, compute, stack)
        histories = {} if workspace is None else all_histories(workspace)
        asked = _asked_for(request, workspace, histories)
        sizes = sizes_asked_for(asked.spec, asked.dataset, portions, histories)
        first = _first_ready(sizes, asked, compute, embed=request.embed)
        wait_for_engine(first)
        if workspace is None:
            assert first is not None  # noqa: S101 - a new session has no size yet
            workspace = stack.enter_context(opened_for(request, first[0].spec.name, compute))
        options = f"--sizes {','.join(map(str, portions))}"
        path = workspace.ask(lambda session: session.path).result()
        work = _Work(request, compute, workspace, path, asked, options)
        shown = work.train_all(sizes)
        histories = all_histories(workspace)
    work.tell(histories, shown)


def all_histories(workspace: Workspace) -> dict[int, ComparisonHistory]:
    """Every comparison of a session by its number; waits for the recorder."""
    numbers = workspace.ask(lambda session: [each.id for each in session.comparisons()]).result()
    return {number: workspace.history(number) for number in numbers}


def _session_that_is_there(
    request: Request, compute: Compute, stack: ExitStack
) -> Workspace | None:
    if request.out is None or not (request.goes_on or (request.adds and request.out.is_file())):
        return None
    return stack.enter_context(Workspace.open(request.out, user_folders().locks, compute))


def _asked_for(request: Request, workspace: Workspace | None, histories: Histories) -> _Asked:
    """What was asked for, or what the session has that goes on."""
    if not request.goes_on or workspace is None:
        if request.spec is None:
            raise SessionError("there is nothing to resume", remedy="Name the session with --out")
        return _Asked(request.spec, load(request.spec.dataset, Cache(user_folders().datasets)))
    judged = [number for number, each in histories.items() if each.spec.asked is None]
    if not judged:
        raise SessionError("the session holds no comparison", remedy="Start a new one")
    if request.spec is not None:
        say(f"Going on with {request.out} and its own settings.")
    known = workspace.ask(lambda session: session.dataset(judged[-1]))
    found = restore_dataset(known.result(), str(request.out), Cache(user_folders().datasets))
    if found.note:
        say(f"Note: {found.note}.")
    return _Asked(histories[judged[-1]].spec, found.dataset, known)


def _first_ready(sizes: Sizes, asked: _Asked, compute: Compute, *, embed: bool) -> Ready | None:
    """The first comparison that begins, ready before there is a session file; None without one."""
    new = (size for size in sizes.missing if size.unfinished is None)
    return next((_ready(size, asked, compute, embed=embed) for size in new), None)


def _ready(size: MissingSize, asked: _Asked, compute: Compute, *, embed: bool) -> Ready:
    spec = trial_of(size.spec) if size.spec.rates else size.spec
    return recorded(plan_for(spec, asked.dataset), compute, embed=embed, known=asked.known)


@dataclass
class _Work:
    request: Request
    compute: Compute
    workspace: Workspace
    path: Path
    asked: _Asked
    options: str
    was_stopped: bool = False
    told: set[str] = field(default_factory=set)

    def train_all(self, sizes: Sizes) -> int:
        """Trains what is missing, smallest first; gives back a comparison of the curve."""
        events = self.workspace.subscribe()
        watch = Watch(
            self.workspace,
            events,
            self.path,
            math.inf,
            embed=self.request.embed,
            options=self.options,
        )
        for examples, number in sizes.there.items():
            say(f"{examples:,} training examples: there already, as comparison {number}.")
        shown = max(sizes.there.values(), default=0)
        for place, size in enumerate(sizes.missing, start=1):
            say(f"{size.examples:,} training examples ({place} of {len(sizes.missing)}):")
            ended, shown = watch.until_the_end(self._begin(size))
            if ended.how == "failed":
                raise UserError(ended.problem.removesuffix("."))
            if ended.how == "stopped":
                self.was_stopped = True
                break
        return shown

    def _begin(self, size: MissingSize) -> Running:
        if size.unfinished is not None:
            running = self.workspace.resume(size.unfinished)
        else:
            ready = _ready(size, self.asked, self.compute, embed=self.request.embed)
            running = started(self.workspace, *ready)
        for note in running.notes:
            if note not in self.told:
                say(f"Note: {note}.")
        self.told.update(running.notes)
        return running

    def tell(self, histories: Histories, shown: int) -> None:
        """Prints the curve, the session, and what is left to do."""
        answer_curve(histories, shown, as_json=self.request.as_json)
        say(f"Session: {self.path}")
        if self.was_stopped:
            say(how_to_go_on(self.path, self.options))
            raise typer.Exit(INTERRUPTED)
        runs = (run for c in histories[shown].contenders for run in c.runs)
        failed = [run for run in runs if run.status == "failed"]
        for run in failed:
            say(f"Failed: {run.run}: {run.reason}")
        if failed:
            raise typer.Exit(1)
