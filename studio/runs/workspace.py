"""A session at work: the recorder that owns its file and the comparisons that train into it."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from studio.core.closing import Closing
from studio.core.errors import SessionError, UserError
from studio.core.events import ComparisonEnded, Event, RunId
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.record import DatasetRecord, NewComparison, ResumePoint
from studio.core.spec import ComparisonSpec
from studio.runs.compute import Compute
from studio.runs.control import Control
from studio.runs.divisions import Tasks
from studio.runs.plan import Plan
from studio.runs.recorder import Recorder
from studio.runs.restoring import restore_tasks
from studio.runs.schedule import TurnRule
from studio.sessions import SessionFile

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """A comparison that trains or waits for the compute thread.

    Attributes:
        comparison: Its number in the session.
        control: Pause, stop, pinned example.
        notes: What a user should know, such as that the session's copy of the data is used.
    """

    comparison: int
    control: Control
    notes: tuple[str, ...] = ()


class Workspace(Closing):
    """One session file open for work; every method may be called from any thread.

    Args:
        open_session: Opens or creates the file; called in the recorder thread.
        compute: Where torch runs.
        rule: How long turns are.

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
        self._recorder = Recorder(open_session, self.stop)

    @classmethod
    def create(
        cls, path: Path, locks: Path, compute: Compute, *, overwrite: bool = False
    ) -> "Workspace":
        """A new session; raises SessionError where the path is taken or cannot be written."""
        return cls(lambda: SessionFile.create(path, locks, overwrite=overwrite), compute)

    @classmethod
    def open(cls, path: Path, locks: Path, compute: Compute) -> "Workspace":
        """An existing session; raises SessionError where it cannot be opened."""
        return cls(lambda: SessionFile.open(path, locks), compute)

    def subscribe(self) -> "SimpleQueue[Event]":
        """A queue that gets every event from now on, once it is saved."""
        return self._recorder.subscribe()

    def ask(self, question: Callable[[SessionFile], T]) -> Future[T]:
        """Reads or writes the session in the recorder thread."""
        return self._recorder.ask(question)

    def history(self, comparison: int) -> ComparisonHistory:
        """A comparison with all that was saved so far; waits for the recorder."""
        return self.ask(lambda session: session.history(comparison)).result()

    def start(self, plan: Plan, new: NewComparison) -> Running:
        """Saves a new comparison and queues its training.

        Args:
            plan: The comparison.
            new: What the plan gives the session, from plan.record.

        Raises:
            SessionError: The session cannot be written.
        """
        comparison = self.ask(lambda session: session.begin(new)).result()
        runs = [
            RunId(contender.name, seed, division)
            for division in plan.spec.task.divisions
            for seed in plan.spec.training.seed_list
            for contender in plan.spec.contenders
        ]
        control = self._train(comparison, plan.spec, plan.tasks, dict.fromkeys(runs), 0)
        return Running(comparison, control, plan.task.notes)

    def resume(self, comparison: int) -> Running:
        """Queues the runs of a comparison that have not ended.

        Raises:
            SessionError: Another program writes to the session, or it holds no such comparison.
            DatasetError: The data has vanished or changed and no copy is in the session.
        """
        stored = self.ask(lambda session: _read_stored(session, comparison)).result()
        history = stored.history
        tasks, note = self._tasks_of(comparison, stored)
        turns = (t.turn for c in history.contenders for r in c.runs for t in r.timings)
        first_turn = 1 + max(turns, default=-1)
        control = self._train(comparison, history.spec, tasks, stored.points, first_turn)
        return Running(comparison, control, (note,) if note else ())

    def extend(self, comparison: int, seeds: int, planned: ComparisonSpec | None = None) -> Running:
        """Adds seeds to a comparison that has ended, and queues their runs.

        Args:
            comparison: Its number; where it is the one that trained last, its data is not read
                again.
            seeds: How many it shall have in all, such as runs.deciding.next_seeds says.
            planned: Its spec with looks, where it has none.

        Raises:
            SessionError: The session cannot be written, or holds no such comparison.
            DatasetError: The data has vanished or changed and no copy is in the session.
        """
        self.ask(lambda session: session.extend(comparison, seeds, planned)).result()
        return self.resume(comparison)

    def move_to(self, path: Path) -> Future[str]:
        """Goes on in a copy of the session under another name, also while something trains.

        Returns:
            Why the new file cannot be written to, or ""; with a SessionError where it could not
            be made, after which everything goes on in the old one.
        """
        return self._recorder.move_to(path)

    def stop(self) -> None:
        """Stops every comparison after its step under way."""
        for control in self._controls:
            control.stop()

    def close(self) -> None:
        """Stops what trains, saves, closes the file; waits for it. Closing twice is harmless."""
        if self._is_closed:
            return
        self._is_closed = True
        self.stop()
        wait(self._jobs)
        self._recorder.close()

    def _tasks_of(self, comparison: int, stored: "_Stored") -> tuple[Tasks, str]:
        """The data of a comparison, as it is known or read again, and where it came from."""
        if self._latest is not None and self._latest[0] == comparison:
            return self._latest[1], ""
        restored = restore_tasks(stored.history, stored.dataset, stored.where)
        return restored.tasks, restored.note

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

        def job() -> None:
            from studio.runs.training import TrainingJob  # noqa: PLC0415 - imports torch

            self._recorder.go_on_with(comparison)
            between = self._compute.run_brief
            TrainingJob(spec, tasks, waiting, control, emit, self._rule, first_turn, between)()

        self._jobs.append(self._compute.submit(lambda: _guard(job, emit)))
        return control


@dataclass(frozen=True)
class _Stored:
    history: ComparisonHistory
    dataset: DatasetRecord
    points: Mapping[RunId, ResumePoint | None]
    where: str


def _read_stored(session: SessionFile, comparison: int) -> _Stored:
    if session.read_only:
        raise SessionError(
            f"the session cannot be changed: {session.why_read_only}",
            where=str(session.path),
            remedy="Close it there, or save it under another name and resume that",
        )
    history = session.history(comparison)
    points: dict[RunId, ResumePoint | None] = {}
    for division in history.spec.task.divisions:
        for seed in history.spec.training.seed_list:
            for contender in history.contenders:
                run = contender.run(seed, division)
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
    """Whatever ends a job, its consumers hear of the end."""
    try:
        job()
    except UserError as error:
        emit(ComparisonEnded("failed", str(error)))
    except Exception as error:  # noqa: BLE001 - told and logged; the window lives on
        _log.exception("training ended by an error of the program")
        emit(ComparisonEnded("failed", f"the program made an error: {error!r}"))
