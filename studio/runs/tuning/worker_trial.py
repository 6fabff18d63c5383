"""A trial on a worker: the function that Dask carries there."""

from dataclasses import replace
from pathlib import Path

from studio.core.results.study import Trial
from studio.runs.tuning.trial_run import TrialOrder, make_trial
from studio.runs.workers.delivery import obtain
from studio.runs.workers.orders import TaskPlace
from studio.runs.workers.own_machine import folder_here, threads_of
from studio.runs.workers.worker_run import is_stopped, prepare_process, task_in


def make_trial_here(order: TrialOrder, topic: str, place: TaskPlace, kernels: Path) -> Trial | None:
    """Makes a trial in this process; None if its topic was stopped."""
    from studio.runs.execution.kernels import start_kernels, wait_for_kernels

    prepare_process()
    if order.machine.engine != "torch":
        start_kernels(folder_here("kernels", kernels))
        wait_for_kernels(cells={order.contender.cell})
    folder = obtain(place, lambda: is_stopped(topic))
    if folder is None:
        return None
    here = replace(order, machine=threads_of(order.machine))
    return make_trial(here, task_in(folder), lambda: not is_stopped(topic))
