"""Carries out a learning curve: one comparison per training-set size."""

import math
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import SessionError, UserError
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.training_sizes import TrainingSize
from studio.data import Dataset, load
from studio.runs.compare.compare_run import (
    CompareOutcome,
    Foreground,
    Ready,
    nothing_to_resume,
    open_session_for,
    record_dataset,
    refuse_to_replace,
    start_comparison,
    wait_for_engine,
)
from studio.runs.compare.event_loop import EventLoop
from studio.runs.compare.reporter import Reporter, RunFolders
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.run_on_workers import choose_runs, count_runs
from studio.runs.execution.compute import ComputeThread
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


def run_sizes(
    request: CompareRequest,
    wanted: tuple[TrainingSize, ...],
    reporter: Reporter,
    folders: RunFolders,
) -> tuple[CompareOutcome, Histories]:
    """Trains the comparison at each size that the session lacks.

    Returns:
        The outcome, and every comparison of the session by its number.

    Raises:
        UserError: The data, a setting or the session is not usable, or saving failed.
        KeyboardInterrupt: The user interrupted twice.
    """
    refuse_to_replace(request)
    start_kernels(folders.cache)
    with ComputeThread() as compute, ExitStack() as stack:
        foreground = Foreground(reporter, folders, compute)
        workspace = _open_existing(request, foreground, stack)
        histories = {} if workspace is None else all_histories(workspace)
        target = _target_of(request, workspace, histories, foreground)
        sizes = plan_learning_curve(target.spec, target.dataset, wanted, histories)
        first = _first_ready(sizes, target, foreground, embed=request.embed)
        wait_for_engine(first, reporter)
        if workspace is None:
            assert first is not None  # noqa: S101 - a new session lacks all sizes
            workspace = stack.enter_context(
                open_session_for(request, first[0].spec.name, foreground)
            )
        if request.parallel is not None and first is not None:
            spec = first[0].spec
            workspace.parallel = choose_runs(
                request.parallel, spec, first[0].task, count_runs(spec), reporter, folders, compute
            )
        path = workspace.ask(lambda session: session.path).result()
        work = _Work(request, foreground, workspace, path, target, size_options(wanted))
        shown = work.train_all(sizes)
        histories = all_histories(workspace)
    return CompareOutcome(path, shown, histories[shown], work.was_stopped), histories


def size_options(wanted: tuple[TrainingSize, ...]) -> str:
    """The option that resumes a learning curve."""
    return f"--sizes {','.join(map(str, wanted))}"


def all_histories(workspace: Workspace) -> dict[int, ComparisonHistory]:
    """Every comparison of a session by its number; waits for the recorder."""
    numbers = workspace.ask(lambda session: [row.id for row in session.comparisons()]).result()
    return {number: workspace.history(number) for number in numbers}


def _open_existing(
    request: CompareRequest, foreground: Foreground, stack: ExitStack
) -> Workspace | None:
    if request.out is None or not (request.is_resumed or (request.adds and request.out.is_file())):
        return None
    locks = foreground.folders.locks
    return stack.enter_context(Workspace.open(request.out, locks, foreground.compute))


def _target_of(
    request: CompareRequest,
    workspace: Workspace | None,
    histories: Histories,
    foreground: Foreground,
) -> _Target:
    """The requested comparison, or the one that is resumed."""
    if not request.is_resumed or workspace is None:
        if request.spec is None:
            raise nothing_to_resume(request.called)
        return _Target(request.spec, load(request.spec.dataset, foreground.cache))
    candidates = [number for number, history in histories.items() if history.spec.asked is None]
    if not candidates:
        raise SessionError("the session contains no comparison", remedy="Start a new one")
    if request.spec is not None:
        foreground.reporter.say(f"Resuming {request.out} with its own settings.")
    known = workspace.ask(lambda session: session.dataset(candidates[-1]))
    recovered = recover_dataset(known.result(), str(request.out), foreground.cache)
    if recovered.note:
        foreground.reporter.say(f"Note: {recovered.note}.")
    return _Target(histories[candidates[-1]].spec, recovered.dataset, known)


def _first_ready(
    sizes: LearningCurvePlan, target: _Target, foreground: Foreground, *, embed: bool
) -> Ready | None:
    """The first new comparison, prepared before there is a session file; None without one."""
    new = (size for size in sizes.missing if size.unfinished is None)
    return next((_ready(size, target, foreground, embed=embed) for size in new), None)


def _ready(size: MissingSize, target: _Target, foreground: Foreground, *, embed: bool) -> Ready:
    spec = tuning_trial(size.spec) if size.spec.rates else size.spec
    plan = plan_for(spec, target.dataset)
    return record_dataset(plan, foreground.compute, embed=embed, known=target.known)


@dataclass
class _Work:
    request: CompareRequest
    foreground: Foreground
    workspace: Workspace
    path: Path
    target: _Target
    options: str
    was_stopped: bool = False
    told: set[str] = field(default_factory=set)

    def train_all(self, sizes: LearningCurvePlan) -> int:
        """Trains the missing sizes, smallest first; returns a comparison of the curve."""
        reporter = self.foreground.reporter
        event_loop = EventLoop(
            self.workspace,
            self.workspace.subscribe(),
            self.path,
            math.inf,
            reporter,
            self.foreground.cache,
            embed=self.request.embed,
            options=self.options,
        )
        for examples, number in sizes.complete.items():
            reporter.say(
                f"{examples:,} training examples: already trained, as comparison {number}."
            )
        shown = max(sizes.complete.values(), default=0)
        for place, size in enumerate(sizes.missing, start=1):
            reporter.say(f"{size.examples:,} training examples ({place} of {len(sizes.missing)}):")
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
            ready = _ready(size, self.target, self.foreground, embed=self.request.embed)
            running = start_comparison(self.workspace, *ready)
        for note in running.notes:
            if note not in self.told:
                self.foreground.reporter.say(f"Note: {note}.")
        self.told.update(running.notes)
        return running
