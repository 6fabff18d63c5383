"""A trial on a worker: the function that Dask carries there."""

from pathlib import Path

from studio.core.results.study import Trial
from studio.runs.tuning.trial_run import TrialOrder, make_trial
from studio.runs.workers.worker_run import folder_here, is_stopped, prepare_process, task_in


def make_trial_here(order: TrialOrder, topic: str, task: Path, kernels: Path) -> Trial | None:
    """Makes a trial in this process; None if its topic was stopped."""
    from studio.runs.execution.kernels import start_kernels, wait_for_kernels

    prepare_process()
    start_kernels(folder_here("kernels", kernels))
    wait_for_kernels(cells={order.contender.cell})
    return make_trial(order, task_in(task), lambda: not is_stopped(topic))
