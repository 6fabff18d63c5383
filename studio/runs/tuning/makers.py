"""Who makes trials: the compute thread one by one, or workers several at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from studio.core.prepared.examples import PreparedTask
from studio.core.results.study import Trial
from studio.runs.execution.compute import Compute
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.tuning.trial_run import TrialOrder, make_trial
from studio.runs.workers.cluster import Workers
from studio.runs.workers.shipped_task import write_task

_MOST_ATTEMPTS = 3
_LOST = "its worker was lost several times; see the log"
GoesOn = Callable[[], bool]


class TrialMaker(Protocol):
    """Makes trials."""

    def make(self, orders: Sequence[TrialOrder], goes_on: GoesOn) -> Iterator[Trial]:
        """The trials as they end, in any order; fewer if `goes_on` says no."""
        ...


class InTurns:
    """One trial after another on the compute thread.

    Args:
        task: The prepared data.
        compute: The compute thread.
    """

    def __init__(self, task: PreparedTask, compute: Compute) -> None:
        self._task, self._compute = task, compute

    def make(self, orders: Sequence[TrialOrder], goes_on: GoesOn) -> Iterator[Trial]:
        """See TrialMaker."""
        wait_for_kernels(cells={order.contender.cell for order in orders})
        for order in orders:
            made = self._compute.submit(
                lambda order=order: make_trial(order, self._task, goes_on)  # type: ignore[misc]
            ).result()
            if made is None:
                return
            yield made


class OnWorkers:
    """As many trials at a time as there are workers; a lost one is made again.

    Args:
        task: The prepared data.
        workers: The workers.
        folder: Where prepared data is kept for them.
        kernels: Where compiled kernels are.
    """

    def __init__(self, task: PreparedTask, workers: Workers, folder: Path, kernels: Path) -> None:
        self._workers, self._folder, self._kernels = workers, folder, kernels
        self._key = write_task(task, folder)

    def make(self, orders: Sequence[TrialOrder], goes_on: GoesOn) -> Iterator[Trial]:
        """See TrialMaker."""
        topic = f"gate-studio-{uuid4().hex}"
        waiting = {self._submit(order, topic): (order, 1) for order in orders}
        told = False
        while waiting:
            if not goes_on() and not told:
                told = True
                self._workers.stop(topic)
            if not self._workers.reconnected():
                if told:
                    return  # what has ended is saved
                self._workers.wait_a_moment()
                continue
            done = [future for future in waiting if future.done()]
            if not done:
                self._workers.wait_a_moment()
            for future in done:
                order, attempts = waiting.pop(future)
                made = future.result() if future.status == "finished" else None
                if made is not None:
                    yield made
                elif future.status != "finished" and not told:
                    was_cut_off = future.status == "cancelled"
                    if attempts >= _MOST_ATTEMPTS and not was_cut_off:
                        yield replace(order.trial, status="failed", reason=_LOST)
                    else:
                        again = self._submit(order, topic)
                        waiting[again] = order, attempts + (not was_cut_off)

    def _submit(self, order: TrialOrder, topic: str) -> Any:  # noqa: ANN401 - Dask's future
        from studio.runs.tuning.worker_trial import make_trial_here

        place = self._workers.place(self._key, self._folder)
        key = f"{topic}-{uuid4().hex}"
        return self._workers.submit(make_trial_here, order, topic, place, self._kernels, key=key)
