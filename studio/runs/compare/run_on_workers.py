"""Where the runs of a comparison in the foreground are trained, told before they start."""

from studio.core.durations import format_duration
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.compare.reporter import Reporter, RunFolders
from studio.runs.execution.compute import Compute
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.workers.parallel import (
    ParallelRuns,
    Wanted,
    cores,
    estimate_both,
    plan_parallel,
    refuse_parallel,
)

_FOLDER = "tasks"


def choose_runs(  # noqa: PLR0913, PLR0917 - what is trained, by whom, and who is told
    wanted: Wanted,
    spec: ComparisonSpec,
    task: PreparedTask,
    runs: int,
    reporter: Reporter,
    folders: RunFolders,
    compute: Compute,
) -> ParallelRuns | None:
    """The workers, or None for turns where `auto` finds them faster.

    Raises:
        SpecError: The runs have to take turns.
    """
    refuse_parallel(spec)
    place = folders.cache / _FOLDER
    if wanted != "auto":
        chosen = plan_parallel(wanted, spec, runs, place, folders.cache)
        reporter.say(f"Runs are trained on {chosen}; times are taken in turns afterwards.")
        return chosen
    plan = plan_parallel(cores(), spec, runs, place, folders.cache)
    wait_for_kernels(cells={contender.cell for contender in spec.contenders})
    found = estimate_both(spec, task, runs, plan, compute)
    ways = (
        f"about {format_duration(found.turns)} in turns, {format_duration(found.workers)} on {plan}"
    )
    if plan.count == 1 or found.turns <= found.workers:
        reporter.say(f"Runs take turns, which is faster here: {ways}.")
        return None
    reporter.say(f"Runs are trained in parallel: {ways}. Times are taken in turns afterwards.")
    return plan


def count_runs(spec: ComparisonSpec) -> int:
    """The runs of a new comparison."""
    return len(spec.contenders) * spec.training.seeds * len(spec.task.fold_ids)
