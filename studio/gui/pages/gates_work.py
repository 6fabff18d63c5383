"""Gets the gates for the page Gates: reads in the loader, computes in the compute thread."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.core.events import RunId
from studio.core.examples import PreparedTask
from studio.gui.desk import Desk
from studio.gui.waiting import explained
from studio.runs.looking import (
    Example,
    Look,
    Pair,
    example_of,
    kept_epochs,
    kept_example,
    look,
    look_untrained,
    models_at,
    task_of,
)
from studio.runs.plan import Plan
from studio.runs.workspace import Workspace


@dataclass(frozen=True)
class Selection:
    """What the user wants to see."""

    part: str
    index: int
    seed: int
    epoch: int


@dataclass(frozen=True, eq=False)
class Seen:
    """What there is to see of a selection; the problem says why nothing."""

    selection: Selection
    example: Example | None
    looks: dict[str, Look]
    problem: str = ""


@dataclass(frozen=True, eq=False)
class _Read:
    selection: Selection
    example: Example
    pairs: list[Pair]


class GatesWork(QObject):
    """The newest selection wins; what was seen before stays until the new one is there.

    Attributes:
        seen: The newest that is there, or None.
        epochs: Kept epochs by run.
        is_busy: Whether gates are being computed.

    Signals:
        arrived: `seen` is another.
        epochs_changed: `epochs` was read anew.
    """

    arrived = Signal()
    epochs_changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.seen: Seen | None = None
        self.epochs: dict[RunId, tuple[int, ...]] = {}
        self._desk = desk
        self.is_busy = False
        self._next: Selection | None = None
        self._task: tuple[object, PreparedTask] | None = None

    @property
    def source(self) -> object:
        """The session at work and the comparison that is shown."""
        return self._desk.work.workspace, self._desk.work.comparison

    def forget(self) -> None:
        """Another session is open: nothing of the one before is shown."""
        self.seen, self.epochs, self._task = None, {}, None

    def read_epochs(self) -> None:
        """Finds out which epochs are kept."""
        workspace, comparison = self._desk.work.workspace, self._desk.work.comparison
        if workspace is None or comparison is None:
            return

        source = self.source

        def take(found: dict[RunId, tuple[int, ...]]) -> None:
            if source == self.source:
                self.epochs = found
                self.epochs_changed.emit()

        def job() -> dict[RunId, tuple[int, ...]]:
            return workspace.ask(lambda session: kept_epochs(session, comparison)).result()

        self._desk.waiting.load("Looking for kept epochs", job, take)

    def ask(self, selection: Selection) -> None:
        """Computes what a selection shows, after the one that is under way."""
        if self.is_busy:
            self._next = selection
            return
        self.is_busy, self._next = True, None
        work, plan = self._desk.work, self._desk.planner.plan
        if work.workspace is not None and work.comparison is not None:
            self._read(selection, work.workspace, work.comparison)
        elif plan is not None:
            self._compute_untrained(selection, plan)
        else:
            self.is_busy = False

    def _read(self, selection: Selection, workspace: Workspace, comparison: int) -> None:
        source = self.source
        task = self._task_at_hand(source)

        def job() -> tuple[_Read, PreparedTask | None]:
            session = workspace.ask(lambda opened: opened).result()
            pairs = models_at(session, comparison, selection.seed, selection.epoch)
            if task is not None:
                return _Read(
                    selection, example_of(task, selection.part, selection.index), pairs
                ), task
            kept = kept_example(session, comparison, selection.part, selection.index)
            if kept is not None:
                return _Read(selection, kept, pairs), None
            whole = task_of(session, comparison)
            return _Read(
                selection, example_of(whole, selection.part, selection.index), pairs
            ), whole

        def take(answer: tuple[_Read, PreparedTask | None]) -> None:
            read, whole = answer
            if whole is not None:
                self._task = (source, whole)
            self._compute(source, read)

        refuse = self._refusing(source, selection)
        self._desk.waiting.load("Reading the example", job, take, refuse)

    def _task_at_hand(self, source: object) -> PreparedTask | None:
        """The prepared data if it was read before or is what lies on the desk."""
        if self._task is not None and self._task[0] == source:
            return self._task[1]
        plan, history = self._desk.planner.plan, self._desk.work.history
        if plan is None or history is None:
            return None
        same = plan.spec.dataset == history.spec.dataset
        return plan.task if same and plan.task.preparation == history.preparation else None

    def _compute(self, source: object, read: _Read) -> None:
        if self._next is not None:  # a newer choice waits
            self._end()
            return

        def job() -> Seen:
            return Seen(read.selection, read.example, look(read.pairs, read.example))

        refuse, show = self._refusing(source, read.selection), partial(self._show, source)
        self._desk.waiting.calculate("Computing gates", job, show, refuse)

    def _compute_untrained(self, selection: Selection, plan: Plan) -> None:
        contenders, preparation = plan.spec.contenders, plan.task.preparation

        def job() -> Seen:
            example = example_of(plan.task, selection.part, selection.index)
            looks = look_untrained(contenders, preparation, selection.seed, example)
            return Seen(selection, example, looks)

        source = self.source
        refuse, show = self._refusing(source, selection), partial(self._show, source)
        self._desk.waiting.calculate("Computing gates", job, show, refuse)

    def _refusing(self, source: object, selection: Selection) -> Callable[[BaseException], None]:
        return lambda error: self._show(source, Seen(selection, None, {}, explained(error)))

    def _show(self, source: object, seen: Seen) -> None:
        self._end()
        if source == self.source:
            self.seen = seen
            self.arrived.emit()

    def _end(self) -> None:
        self.is_busy = False
        if self._next is not None:
            self.ask(self._next)
