"""An open session: the recorder that owns its file, and the comparisons that train into it."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar, cast

from studio.core.errors import SessionError, UserError
from studio.core.results.events import ComparisonEnded, Event, RunId
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.missing_cells import require_cells
from studio.core.results.record import DatasetRecord, NewComparison, ResumePoint
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.system.closing import Closing
from studio.runs.execution.compute import Compute, ComputeThread
from studio.runs.execution.control import Control
from studio.runs.execution.recorder import Recorder
from studio.runs.execution.turn_order import TurnRule
from studio.runs.planning.fold_tasks import Tasks
from studio.runs.planning.longer_training import NewLimits, spec_of_longer_training
from studio.runs.planning.plan import Plan
from studio.runs.stored.dataset_recovery import recover_tasks
from studio.runs.workers.parallel import ParallelRuns
from studio.sessions import SessionFile

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunningComparison:
    """A comparison that is training or queued.

    Attributes:
        comparison: Its number in the session.
        control: Pause, stop, pinned example.
        notes: Notes for the user, such as that the session's copy of the data is used.
    """

    comparison: int
    control: Control
    notes: tuple[str, ...] = ()


class _AskedSession:
    """Stands for the session file where it must not leave its thread."""

    def __init__(self, ask: Callable[[Callable[[SessionFile], Any]], Future[Any]]) -> None:
        self._ask = ask

    @property
    def path(self) -> Path:
        path: Path = self._ask(lambda session: session.path).result()
        return path

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - of any method
            return self._ask(lambda session: getattr(session, name)(*arguments, **named)).result()

        return call


class Workspace(Closing):
    """One session file open for work; every method may be called from any thread.

    Args:
        open_session: Opens or creates the file; called in the recorder thread.
        compute: The compute thread, where torch runs.
        rule: The length of turns.

    Raises:
        SessionError: The file cannot be opened.
    """

    def __init__(
        self,
        open_session: Callable[[], SessionFile],
        compute: Compute,
        rule: TurnRule | None = None,
    ) -> None:
        self._compute = compute
        self._rule = rule or TurnRule()
        self._controls: list[Control] = []
        self._jobs: list[Future[None]] = []
        self._is_closed = False
        self._latest: tuple[int, Tasks] | None = None
        self.parallel: ParallelRuns | None = None
        """Where runs are trained from now on; None: in turns, on the compute thread."""
        self._coordinator: ComputeThread | None = None
        self._recorder = Recorder(open_session, self.stop)

    @classmethod
    def create(
        cls,
        path: Path,
        locks: Path,
        compute: Compute,
        *,
        overwrite: bool = False,
        backup: bool = True,
    ) -> "Workspace":
        """Creates a session; raises SessionError if the path exists or cannot be written.

        A copy of a replaced session is kept, unless `backup` is False.
        """
        return cls(
            lambda: SessionFile.create(path, locks, overwrite=overwrite, backup=backup), compute
        )

    @classmethod
    def open(cls, path: Path, locks: Path, compute: Compute) -> "Workspace":
        """Opens a session; raises SessionError if it cannot be opened."""
        return cls(lambda: SessionFile.open(path, locks), compute)

    def subscribe(self) -> "SimpleQueue[Event]":
        """A queue that receives every event from now on, once it is saved."""
        return self._recorder.subscribe()

    def ask(self, question: Callable[[SessionFile], T]) -> Future[T]:
        """Reads or writes the session in the recorder thread."""
        return self._recorder.ask(question)

    def reader(self) -> SessionFile:
        """The session for reading from another thread, also after it was saved as another file.

        Each call is answered by the recorder thread, which owns the file.
        """
        return cast("SessionFile", _AskedSession(self.ask))

    def history(self, comparison: int) -> ComparisonHistory:
        """A comparison with everything saved so far; waits for the recorder."""
        return self.ask(lambda session: session.history(comparison)).result()

    def start(self, plan: Plan, new: NewComparison) -> RunningComparison:
        """Saves a new comparison and queues its training.

        Args:
            plan: The comparison.
            new: The comparison's record, from plan.record.

        Raises:
            SessionError: The session cannot be written.
        """
        comparison = self.ask(lambda session: session.begin(new)).result()
        runs = [
            RunId(contender.name, seed, fold_id)
            for fold_id in plan.spec.task.fold_ids
            for seed in plan.spec.training.seed_list
            for contender in plan.spec.contenders
        ]
        control = self._train(comparison, plan.spec, plan.tasks, dict.fromkeys(runs), 0)
        return RunningComparison(comparison, control, tuple(map(str, plan.task.notes)))

    def resume(self, comparison: int) -> RunningComparison:
        """Queues the unfinished runs of a comparison.

        Raises:
            SessionError: Another program writes to the session, or the comparison does not exist.
            DatasetError: The data is missing or changed and the session has no copy.
        """
        stored = self._stored(comparison)
        tasks, note = self._tasks_of(comparison, stored)
        return self._go_on(comparison, stored, tasks, note)

    def extend(
        self, comparison: int, seeds: int, planned: ComparisonSpec | None = None
    ) -> RunningComparison:
        """Adds seeds to a finished comparison and queues their runs.

        Args:
            comparison: Its number; the data of the comparison that trained last is not read again.
            seeds: Its new total number of seeds, such as from sequential_stopping.next_seeds.
            planned: Its spec with interim looks, where it has none.

        Raises:
            SessionError: The session cannot be written, or the comparison does not exist.
            DatasetError: The data is missing or changed and the session has no copy.
        """
        self.ask(lambda session: session.extend(comparison, seeds, planned)).result()
        return self.resume(comparison)

    def train_longer(self, comparison: int, limits: NewLimits) -> RunningComparison:
        """Raises the limits of training and queues the runs that had reached them.

        Raises:
            SpecError: The runs cannot go on; see spec_of_longer_training.
            SessionError: The session cannot be written, or the comparison does not exist.
            DatasetError: The data is missing or changed and the session has no copy.
        """

        def change(session: SessionFile) -> None:
            history = session.history(comparison)
            session.reopen_runs(comparison, spec_of_longer_training(history, limits))

        tasks, note = self._tasks_of(comparison, self._stored(comparison))
        self.ask(change).result()
        return self._go_on(comparison, self._stored(comparison), tasks, note)

    def move_to(self, path: Path, *, backup: bool = True) -> Future[str]:
        """Continues in a copy of the session under another name, also during training.

        Args:
            path: The new file.
            backup: Whether a copy of a session that it replaces is kept.

        Returns:
            Why the new file is read-only, or ""; a SessionError if it could not be created, in
            which case the session continues in the old file.
        """
        return self._recorder.move_to(path, backup=backup)

    def stop(self) -> None:
        """Stops every comparison after its current step."""
        for control in self._controls:
            control.stop()

    def close(self) -> None:
        """Stops training, saves, closes the file and waits for it; may be called twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self.stop()
        wait(self._jobs)
        if self._coordinator is not None:
            self._coordinator.close()
        self._recorder.close()

    def _stored(self, comparison: int) -> "_Stored":
        return self.ask(lambda session: _read_stored(session, comparison)).result()

    def _go_on(
        self, comparison: int, stored: "_Stored", tasks: Tasks, note: str
    ) -> RunningComparison:
        turns = (
            timing.turn
            for contender in stored.history.contenders
            for run in contender.runs
            for timing in run.timings
        )
        first_turn = 1 + max(turns, default=-1)
        control = self._train(comparison, stored.history.spec, tasks, stored.points, first_turn)
        return RunningComparison(comparison, control, (note,) if note else ())

    def _tasks_of(self, comparison: int, stored: "_Stored") -> tuple[Tasks, str]:
        """The data of a comparison, cached or read again, with a note on its origin."""
        if self._latest is not None and self._latest[0] == comparison:
            return self._latest[1], ""
        recovered = recover_tasks(stored.history, stored.dataset, stored.where)
        return recovered.tasks, recovered.note

    def _train(
        self,
        comparison: int,
        spec: ComparisonSpec,
        tasks: Tasks,
        waiting: Mapping[RunId, ResumePoint | None],
        first_turn: int,
    ) -> Control:
        control = Control()
        self._controls.append(control)
        self._latest = (comparison, tasks)

        def emit(event: Event) -> None:
            self._recorder.put(comparison, event)

        def in_turns() -> None:
            from studio.runs.execution.comparison_job import TrainingJob

            self._recorder.accept(comparison)
            between = self._compute.run_brief
            TrainingJob(spec, tasks, waiting, control, emit, self._rule, first_turn, between)()

        parallel = self.parallel
        if parallel is None:
            self._jobs.append(self._compute.submit(lambda: _guard(in_turns, emit)))
            return control

        def on_workers() -> None:
            from studio.runs.workers.comparison_on_workers import train_on_workers

            self._recorder.accept(comparison)
            train_on_workers(
                parallel, spec, tasks, waiting, control, emit, self._point_of(comparison),
                lambda: self.history(comparison), self._compute,
            )  # fmt: skip

        if self._coordinator is None:
            self._coordinator = ComputeThread("coordinator")
        self._jobs.append(self._coordinator.submit(lambda: _guard(on_workers, emit)))
        return control

    def _point_of(self, comparison: int) -> Callable[[RunId], ResumePoint | None]:
        """Where a run can be resumed, after everything that is waiting to be saved."""

        def point(run: RunId) -> ResumePoint | None:
            def read(session: SessionFile) -> ResumePoint | None:
                history = session.history(comparison)
                stored = history.contender(run.contender).run(run.seed, run.fold_id)
                return _resume_point(session, comparison, stored)

            return self.ask(read).result()

        return point


@dataclass(frozen=True)
class _Stored:
    history: ComparisonHistory
    dataset: DatasetRecord
    points: Mapping[RunId, ResumePoint | None]
    where: str


def _read_stored(session: SessionFile, comparison: int) -> _Stored:
    if session.read_only:
        raise SessionError(
            f"the session is read-only: {session.why_read_only}",
            where=str(session.path),
            remedy="Close it there, or save it under another name and resume the copy",
        )
    history = session.history(comparison)
    require_cells(history, history.spec.contenders)
    points: dict[RunId, ResumePoint | None] = {}
    for fold_id in history.spec.task.fold_ids:
        for seed in history.spec.training.seed_list:
            for contender in history.contenders:
                run = contender.run(seed, fold_id)
                if not run.has_ended and run.status != "failed":
                    points[run.run] = _resume_point(session, comparison, run)
    return _Stored(history, session.dataset(comparison), points, str(session.path))


def _resume_point(session: SessionFile, comparison: int, history: RunHistory) -> ResumePoint | None:
    last = session.last_state(comparison, history.run)
    if last is None or history.best_epoch is None:
        return None
    record, snapshot = last
    best = session.weights(comparison, history.run, history.best_epoch)
    return ResumePoint(record, snapshot, best)


def _guard(job: Callable[[], None], emit: Callable[[Event], None]) -> None:
    """Emits the end of a job whatever ends it."""
    try:
        job()
    except UserError as error:
        emit(ComparisonEnded("failed", str(error)))
    except Exception as error:  # noqa: BLE001 - reported and logged; the window stays open
        _log.exception("training ended with an internal error")
        emit(ComparisonEnded("failed", f"internal error: {error!r}"))
