"""The run behind compare --sizes: one comparison per training set size."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import typer

from studio.cli.compare_run import (
    CompareRequest,
    Ready,
    open_session_for,
    record_dataset,
    refuse_to_replace,
    start_comparison,
    wait_for_engine,
)
from studio.cli.event_loop import INTERRUPTED, EventLoop, resume_hint
from studio.cli.learning_curve_table import print_learning_curve
from studio.cli.output import print_message
from studio.core.errors import SessionError, UserError
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import TrainingSize
from studio.data import Cache, Dataset, load
from studio.paths import user_folders
from studio.runs.execution.compute import Compute, ComputeThread
from studio.runs.execution.kernels import start_kernels
from studio.runs.planning.learning_curve_plan import (
    LearningCurvePlan,
    MissingSize,
    plan_learning_curve,
)
from studio.runs.planning.plan import plan_for
from studio.runs.planning.tuning import tuning_trial
from studio.runs.stored.dataset_recovery import recover_dataset
from studio.runs.workspace import RunningComparison, Workspace

Histories = Mapping[int, ComparisonHistory]


@dataclass(frozen=True, eq=False)
class _Target:
    """The comparison, its data, and their record in a resumed session."""

    spec: ComparisonSpec
    dataset: Dataset
    known: Future[DatasetRecord] | None = None


def run_sizes(request: CompareRequest, sizes_wanted: Sequence[TrainingSize]) -> None:
    """Trains the comparison at each size that the session lacks, and prints the curve.

    Raises:
        UserError: The data, a setting or the session is not usable, or saving failed.
        typer.Exit: With status 1 where a run failed, 130 where the user interrupted.
    """
    refuse_to_replace(request)
    start_kernels(user_folders().cache)
    with ComputeThread() as compute, ExitStack() as stack:
        workspace = _open_existing(request, compute, stack)
        histories = {} if workspace is None else all_histories(workspace)
        target = _target_of(request, workspace, histories)
        sizes = plan_learning_curve(target.spec, target.dataset, sizes_wanted, histories)
        first = _first_ready(sizes, target, compute, embed=request.embed)
        wait_for_engine(first)
        if workspace is None:
            assert first is not None  # noqa: S101 - a new session lacks all sizes
            workspace = stack.enter_context(open_session_for(request, first[0].spec.name, compute))
        options = f"--sizes {','.join(map(str, sizes_wanted))}"
        path = workspace.ask(lambda session: session.path).result()
        work = _Work(request, compute, workspace, path, target, options)
        shown = work.train_all(sizes)
        histories = all_histories(workspace)
    work.print_outcome(histories, shown)


def all_histories(workspace: Workspace) -> dict[int, ComparisonHistory]:
    """Every comparison of a session by its number; waits for the recorder."""
    numbers = workspace.ask(lambda session: [row.id for row in session.comparisons()]).result()
    return {number: workspace.history(number) for number in numbers}


def _open_existing(request: CompareRequest, compute: Compute, stack: ExitStack) -> Workspace | None:
    if request.out is None or not (request.is_resumed or (request.adds and request.out.is_file())):
        return None
    return stack.enter_context(Workspace.open(request.out, user_folders().locks, compute))


def _target_of(
    request: CompareRequest, workspace: Workspace | None, histories: Histories
) -> _Target:
    """The requested comparison, or the one that is resumed."""
    if not request.is_resumed or workspace is None:
        if request.spec is None:
            raise SessionError("there is nothing to resume", remedy="Name the session with --out")
        return _Target(request.spec, load(request.spec.dataset, Cache(user_folders().datasets)))
    candidates = [number for number, history in histories.items() if history.spec.asked is None]
    if not candidates:
        raise SessionError("the session contains no comparison", remedy="Start a new one")
    if request.spec is not None:
        print_message(f"Resuming {request.out} with its own settings.")
    known = workspace.ask(lambda session: session.dataset(candidates[-1]))
    recovered = recover_dataset(known.result(), str(request.out), Cache(user_folders().datasets))
    if recovered.note:
        print_message(f"Note: {recovered.note}.")
    return _Target(histories[candidates[-1]].spec, recovered.dataset, known)


def _first_ready(
    sizes: LearningCurvePlan, target: _Target, compute: Compute, *, embed: bool
) -> Ready | None:
    """The first new comparison, prepared before there is a session file; None without one."""
    new = (size for size in sizes.missing if size.unfinished is None)
    return next((_ready(size, target, compute, embed=embed) for size in new), None)


def _ready(size: MissingSize, target: _Target, compute: Compute, *, embed: bool) -> Ready:
    spec = tuning_trial(size.spec) if size.spec.rates else size.spec
    return record_dataset(plan_for(spec, target.dataset), compute, embed=embed, known=target.known)


@dataclass
class _Work:
    request: CompareRequest
    compute: Compute
    workspace: Workspace
    path: Path
    target: _Target
    options: str
    was_stopped: bool = False
    printed: set[str] = field(default_factory=set)

    def train_all(self, sizes: LearningCurvePlan) -> int:
        """Trains the missing sizes, smallest first; returns a comparison of the curve."""
        events = self.workspace.subscribe()
        event_loop = EventLoop(
            self.workspace,
            events,
            self.path,
            math.inf,
            embed=self.request.embed,
            options=self.options,
        )
        for examples, number in sizes.complete.items():
            print_message(
                f"{examples:,} training examples: already trained, as comparison {number}."
            )
        shown = max(sizes.complete.values(), default=0)
        for place, size in enumerate(sizes.missing, start=1):
            print_message(f"{size.examples:,} training examples ({place} of {len(sizes.missing)}):")
            ended, shown = event_loop.run_to_the_end(self._begin(size))
            if ended.how == "failed":
                raise UserError(ended.problem.removesuffix("."))
            if ended.how == "stopped":
                self.was_stopped = True
                break
        return shown

    def _begin(self, size: MissingSize) -> RunningComparison:
        if size.unfinished is not None:
            running = self.workspace.resume(size.unfinished)
        else:
            ready = _ready(size, self.target, self.compute, embed=self.request.embed)
            running = start_comparison(self.workspace, *ready)
        for note in running.notes:
            if note not in self.printed:
                print_message(f"Note: {note}.")
        self.printed.update(running.notes)
        return running

    def print_outcome(self, histories: Histories, shown: int) -> None:
        """Prints the curve, the session, and how to resume."""
        print_learning_curve(histories, shown, as_json=self.request.as_json)
        print_message(f"Session: {self.path}")
        if self.was_stopped:
            print_message(resume_hint(self.path, self.options))
            raise typer.Exit(INTERRUPTED)
        runs = (run for contender in histories[shown].contenders for run in contender.runs)
        failed = [run for run in runs if run.status == "failed"]
        for run in failed:
            print_message(f"Failed: {run.run}: {run.reason}")
        if failed:
            raise typer.Exit(1)
