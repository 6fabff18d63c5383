"""A comparison on workers from its start to its end, with times taken afterwards in turns."""

from collections.abc import Callable, Mapping

from studio.core.results.events import ComparisonEnded, Event, RunId
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import ResumePoint
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.execution.compute import Compute
from studio.runs.execution.control import Control
from studio.runs.planning.fold_tasks import Tasks
from studio.runs.workers.parallel import ParallelRuns
from studio.runs.workers.workers_job import WorkersJob


def train_on_workers(  # noqa: PLR0913, PLR0917 - what is trained, where, and who is told
    parallel: ParallelRuns,
    spec: ComparisonSpec,
    tasks: Tasks,
    waiting: Mapping[RunId, ResumePoint | None],
    control: Control,
    emit: Callable[[Event], None],
    resume_point: Callable[[RunId], ResumePoint | None],
    history: Callable[[], ComparisonHistory],
    compute: Compute,
) -> None:
    """Trains the waiting runs; the last event is that the comparison has ended.

    Raises:
        MachineError: The workers cannot be started.
    """
    if waiting:
        with parallel.start(spec.machine) as workers:
            WorkersJob(
                spec, tasks, waiting, control, emit, resume_point, workers,
                parallel.machine(spec.machine), parallel.tasks, parallel.kernels, parallel.say,
            )()  # fmt: skip
    if not control.is_stopped:
        compute.submit(lambda: _take_times(spec, tasks, history(), control, emit, compute)).result()
    emit(ComparisonEnded("stopped" if control.is_stopped else "finished"))


def _take_times(  # noqa: PLR0913, PLR0917 - likewise
    spec: ComparisonSpec,
    tasks: Tasks,
    history: ComparisonHistory,
    control: Control,
    emit: Callable[[Event], None],
    compute: Compute,
) -> None:
    from studio.runs.workers.timing_session import TimingSession, untimed_pairs

    pairs = untimed_pairs(history)
    if pairs:
        first = tasks(pairs[0][0].fold_id)
        TimingSession(spec, first, pairs, control, emit, between=compute.run_brief)()
