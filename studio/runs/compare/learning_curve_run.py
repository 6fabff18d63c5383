"""Carries out a learning curve: one comparison per training-set size."""

from contextlib import ExitStack

from studio.core.specs.training_sizes import TrainingSize
from studio.runs.compare.compare_run import (
    CompareOutcome,
    Foreground,
    Ready,
    refuse_to_replace,
)
from studio.runs.compare.reporter import Reporter, RunFolders
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.several_comparisons import (
    BaseComparison,
    Histories,
    SeveralComparisons,
    all_histories,
    begin_work,
    open_existing,
    ready,
    target_of,
)
from studio.runs.execution.compute import ComputeThread
from studio.runs.execution.kernels import start_kernels
from studio.runs.planning.learning_curve_plan import (
    LearningCurvePlan,
    plan_learning_curve,
)


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
        workspace = open_existing(request, foreground, stack)
        histories = {} if workspace is None else all_histories(workspace)
        target = target_of(request, workspace, histories, foreground)
        sizes = plan_learning_curve(target.spec, target.dataset, wanted, histories)
        first = _first_ready(sizes, target, foreground, embed=request.embed)
        options = size_options(wanted)
        work = begin_work(request, foreground, stack, workspace, target, first, options)
        shown = _train_all(work, sizes)
        histories = all_histories(work.workspace)
    return CompareOutcome(work.path, shown, histories[shown], work.was_stopped), histories


def size_options(wanted: tuple[TrainingSize, ...]) -> str:
    """The option that resumes a learning curve."""
    return f"--sizes {','.join(map(str, wanted))}"


def _first_ready(
    sizes: LearningCurvePlan, target: BaseComparison, foreground: Foreground, *, embed: bool
) -> Ready | None:
    """The first new comparison, prepared before there is a session file; None without one."""
    new = (size for size in sizes.missing if size.unfinished is None)
    return next((ready(size.spec, target, foreground, embed=embed) for size in new), None)


def _train_all(work: SeveralComparisons, sizes: LearningCurvePlan) -> int:
    """Trains the missing sizes, smallest first; returns a comparison of the curve."""
    reporter = work.foreground.reporter
    for examples, number in sizes.complete.items():
        reporter.say(f"{examples:,} training examples: already trained, as comparison {number}.")
    shown = max(sizes.complete.values(), default=0)
    for place, size in enumerate(sizes.missing, start=1):
        reporter.say(f"{size.examples:,} training examples ({place} of {len(sizes.missing)}):")
        shown = work.train(size.spec, size.unfinished)
        if work.was_stopped:
            break
    return shown
