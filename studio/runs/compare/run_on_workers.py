"""Where the runs of a comparison in the foreground are trained, told before they start."""

from pathlib import Path
from typing import Protocol

from studio.core.durations import format_duration
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.system.cores import usable_cores
from studio.runs.compare.reporter import RunFolders
from studio.runs.execution.compute import Compute
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.stored.dataset_recovery import recover_task
from studio.runs.workers.certificate import ClusterAddress
from studio.runs.workers.parallel import (
    ParallelRuns,
    Wanted,
    estimate_both,
    plan_cluster,
    plan_parallel,
    refuse_parallel,
)
from studio.runs.workspace import Workspace

_FOLDER = "tasks"


class Teller(Protocol):
    """Who is told where runs are trained."""

    def say(self, message: str) -> None:
        """Takes a sentence."""
        ...


def choose_runs(  # noqa: PLR0913, PLR0917 - what is trained, by whom, and who is told
    wanted: Wanted,
    spec: ComparisonSpec,
    task: PreparedTask,
    runs: int,
    reporter: Teller,
    folders: RunFolders,
    compute: Compute,
) -> ParallelRuns | None:
    """The workers, or None for turns where `auto` finds them faster.

    Raises:
        SpecError: The runs have to take turns.
    """
    refuse_parallel(spec, wanted)
    place = tasks_folder(folders)
    if isinstance(wanted, ClusterAddress):
        chosen = plan_cluster(wanted, spec, place, folders.cache, reporter.say)
        reporter.say(f"Runs are trained on {chosen}; times are taken in turns afterwards.")
        return chosen
    if wanted != "auto":
        chosen = plan_parallel(wanted, spec, runs, place, folders.cache)
        reporter.say(f"Runs are trained on {chosen}; times are taken in turns afterwards.")
        return chosen
    plan = plan_parallel(usable_cores(), spec, runs, place, folders.cache)
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


def choose_stored(  # noqa: PLR0913, PLR0917 - likewise
    wanted: Wanted,
    workspace: Workspace,
    comparison: int,
    reporter: Teller,
    folders: RunFolders,
    compute: Compute,
) -> ParallelRuns | None:
    """The same for the runs of a stored comparison that have not ended.

    Raises:
        SpecError: The runs have to take turns.
        DatasetError: The data is missing or changed and the session has no copy.
    """
    history = workspace.history(comparison)
    record, path = workspace.ask(
        lambda session: (session.dataset(comparison), session.path)
    ).result()
    runs = [run for contender in history.contenders for run in contender.runs]
    count = sum(not run.has_ended for run in runs) or len(runs)
    refuse_parallel(history.spec, wanted)
    task = recover_task(history, record, str(path)).task
    return choose_runs(wanted, history.spec, task, count, reporter, folders, compute)


def tasks_folder(folders: RunFolders) -> Path:
    """Where prepared data is kept for workers of this machine."""
    return folders.cache / _FOLDER


def count_runs(spec: ComparisonSpec) -> int:
    """The runs of a new comparison."""
    return len(spec.contenders) * spec.training.seeds * len(spec.task.fold_ids)
