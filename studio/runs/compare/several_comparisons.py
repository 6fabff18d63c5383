"""What trains several comparisons one after the other into one session."""

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import SessionError, UserError
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.data import Dataset, load
from studio.runs.compare.compare_run import (
    Foreground,
    Ready,
    nothing_to_resume,
    open_session_for,
    record_dataset,
    start_comparison,
    wait_for_engine,
)
from studio.runs.compare.event_loop import EventLoop
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.run_on_workers import choose_runs, count_runs
from studio.runs.planning.plan import plan_for
from studio.runs.planning.tuning import tuning_trial
from studio.runs.stored.dataset_recovery import recover_dataset
from studio.runs.workspace import RunningComparison, Workspace

Histories = Mapping[int, ComparisonHistory]


@dataclass(frozen=True, eq=False)
class BaseComparison:
    """The comparison, its data, and their record in a resumed session."""

    spec: ComparisonSpec
    dataset: Dataset
    known: Future[DatasetRecord] | None = None


def all_histories(workspace: Workspace) -> dict[int, ComparisonHistory]:
    """Every comparison of a session by its number; waits for the recorder."""
    numbers = workspace.ask(lambda session: [row.id for row in session.comparisons()]).result()
    return {number: workspace.history(number) for number in numbers}


def open_existing(
    request: CompareRequest, foreground: Foreground, stack: ExitStack
) -> Workspace | None:
    """The session that is resumed or added to, or None for a new one."""
    if request.out is None or not (request.is_resumed or (request.adds and request.out.is_file())):
        return None
    locks = foreground.folders.locks
    return stack.enter_context(Workspace.open(request.out, locks, foreground.compute))


def target_of(
    request: CompareRequest,
    workspace: Workspace | None,
    histories: Histories,
    foreground: Foreground,
    is_target: Callable[[ComparisonSpec], bool] = lambda _: True,
) -> BaseComparison:
    """The requested comparison, or the one that is resumed."""
    if not request.is_resumed or workspace is None:
        if request.spec is None:
            raise nothing_to_resume(request.called)
        return BaseComparison(request.spec, load(request.spec.dataset, foreground.cache))
    candidates = [
        number
        for number, history in histories.items()
        if history.spec.asked is None and is_target(history.spec)
    ]
    if not candidates:
        raise SessionError("the session contains no comparison", remedy="Start a new one")
    if request.spec is not None:
        foreground.reporter.say(f"Resuming {request.out} with its own settings.")
    known = workspace.ask(lambda session: session.dataset(candidates[-1]))
    recovered = recover_dataset(known.result(), str(request.out), foreground.cache)
    if recovered.note:
        foreground.reporter.say(f"Note: {recovered.note}.")
    return BaseComparison(histories[candidates[-1]].spec, recovered.dataset, known)


def ready(
    spec: ComparisonSpec, target: BaseComparison, foreground: Foreground, *, embed: bool
) -> Ready:
    """A planned comparison and its record; where rates are tried, the first trial."""
    plan = plan_for(tuning_trial(spec) if spec.rates else spec, target.dataset)
    return record_dataset(plan, foreground.compute, embed=embed, known=target.known)


def begin_work(  # noqa: PLR0913, PLR0917 - what several comparisons need
    request: CompareRequest,
    foreground: Foreground,
    stack: ExitStack,
    workspace: Workspace | None,
    target: BaseComparison,
    first: Ready | None,
    options: str,
) -> "SeveralComparisons":
    """Opens the session, a new one where there is none, and decides where runs are trained.

    Args:
        request: What is asked for.
        foreground: What it works with.
        stack: Closes the session.
        workspace: The session that is resumed or added to, or None.
        target: The comparison and its data.
        first: The first new comparison; a new session needs one.
        options: The options that resume it.
    """
    wait_for_engine(first, foreground.reporter)
    if workspace is None:
        assert first is not None  # noqa: S101 - a new session lacks all comparisons
        workspace = stack.enter_context(open_session_for(request, first[0].spec.name, foreground))
    if request.parallel is not None and first is not None:
        spec, task = first[0].spec, first[0].task
        workspace.parallel = choose_runs(
            request.parallel, spec, task, count_runs(spec), foreground.reporter,
            foreground.folders, foreground.compute,
        )  # fmt: skip
    path = workspace.ask(lambda session: session.path).result()
    return SeveralComparisons(request, foreground, workspace, path, target, options)


@dataclass
class SeveralComparisons:
    """Trains comparisons to their ends, and tells each note once.

    Attributes:
        was_stopped: Whether the user interrupted.
    """

    request: CompareRequest
    foreground: Foreground
    workspace: Workspace
    path: Path
    target: BaseComparison
    options: str
    was_stopped: bool = False
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._event_loop = EventLoop(
            self.workspace,
            self.workspace.subscribe(),
            self.path,
            math.inf,
            self.foreground.reporter,
            self.foreground.cache,
            embed=self.request.embed,
            options=self.options,
        )

    def train(self, spec: ComparisonSpec, unfinished: int | None) -> int:
        """Trains a new comparison, or one that has begun; returns its number.

        Raises:
            UserError: It failed.
        """
        if unfinished is not None:
            running = self.workspace.resume(unfinished)
        else:
            made = ready(spec, self.target, self.foreground, embed=self.request.embed)
            running = start_comparison(self.workspace, *made)
        self._tell(running)
        ended, number = self._event_loop.run_to_the_end(running)
        if ended.how == "failed":
            raise UserError(ended.problem.removesuffix("."))
        self.was_stopped = ended.how == "stopped"
        return number

    def _tell(self, running: RunningComparison) -> None:
        for note in running.notes:
            if note not in self._told:
                self.foreground.reporter.say(f"Note: {note}.")
        self._told.update(running.notes)
