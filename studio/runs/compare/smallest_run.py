"""Carries out a search for the smallest hidden sizes: one comparison for each round."""

from contextlib import ExitStack

from studio.analysis.summaries.smallest_size import SmallestSize
from studio.runs.compare.compare_run import CompareOutcome, Foreground, refuse_to_replace
from studio.runs.compare.reporter import Reporter, RunFolders
from studio.runs.compare.request import CompareRequest
from studio.runs.compare.several_comparisons import (
    all_histories,
    begin_work,
    open_existing,
    ready,
    target_of,
)
from studio.runs.execution.compute import ComputeThread
from studio.runs.execution.kernels import start_kernels
from studio.runs.planning.smallest_plan import is_round, next_step, refuse_smallest

SMALLEST_OPTION = "--smallest"


def run_smallest(
    request: CompareRequest, reporter: Reporter, folders: RunFolders
) -> tuple[CompareOutcome, tuple[SmallestSize, ...]]:
    """Trains the largest sizes, then halves until the smallest that suffices is known.

    Returns:
        The outcome, with the comparison of the largest sizes where it is complete, and what is
        known of each contender.

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
        target = target_of(
            request, workspace, histories, foreground, lambda spec: not is_round(spec)
        )
        refuse_smallest(target.spec)
        step = next_step(target.spec, target.dataset, histories)
        first = None
        if step.spec is not None and step.unfinished is None:
            first = ready(step.spec, target, foreground, embed=request.embed)
        work = begin_work(request, foreground, stack, workspace, target, first, SMALLEST_OPTION)
        shown = step.comparison
        while step.spec is not None and not work.was_stopped:
            sizes = ", ".join(f"{each.name}" for each in step.spec.contenders)
            reporter.say(f"Training {sizes}.")
            number = work.train(step.spec, step.unfinished)
            step = next_step(target.spec, target.dataset, all_histories(work.workspace))
            shown = step.comparison or shown or number
        assert shown is not None  # noqa: S101 - something was trained, now or before
        history = work.workspace.history(shown)
    return CompareOutcome(work.path, shown, history, work.was_stopped), step.sizes
