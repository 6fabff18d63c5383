"""Gets the gates for the page Gates: reads in the loader, computes in the compute thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.core.prepared.examples import PreparedTask
from studio.core.results.events import RunId
from studio.data.new_data import NewData
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.pages.gates.foreign_gates import ForeignGates
from studio.runs.planning.plan import Plan
from studio.runs.predictions.new_examples import new_example
from studio.runs.stored.foreign_models import ForeignModel
from studio.runs.stored.gate_inspection import (
    Example,
    GateInspection,
    ModelPair,
    example_of,
    inspect_gates,
    kept_epochs,
    kept_example,
    models_at,
    task_of,
    untrained_models,
)
from studio.runs.workspace import Workspace

NEW_DATA = "new data"
"""The set of what the page Predict has predicted."""


@dataclass(frozen=True, eq=False)
class NewExample:
    """An example of new data, and the run whose gates on it are wanted."""

    data: NewData
    index: int
    contender: str
    seed: int
    epoch: int


@dataclass(frozen=True)
class Selection:
    part: str
    index: int
    seed: int
    epoch: int


@dataclass(frozen=True, eq=False)
class InspectedGates:
    """The gates of a selection; the problem says why there are none.

    Attributes:
        selection: What was chosen.
        example: The example, or None where there is a problem.
        inspections: By contender.
        problem: Why there are none, or "".
        pairs: The models behind them.
    """

    selection: Selection
    example: Example | None
    inspections: dict[str, GateInspection]
    problem: str = ""
    pairs: Sequence[ModelPair] = ()


@dataclass(frozen=True, eq=False)
class _Read:
    selection: Selection
    example: Example
    pairs: list[ModelPair]


class GatesWork(QObject):
    """The newest selection wins; the former gates stay until the new ones are there.

    Attributes:
        seen: The newest gates, or None.
        epochs: Stored epochs by run.
        is_busy: Whether gates are being computed.
        new_data: What the page Predict has predicted, whose examples can be shown, or None.
        foreign: A model of another program that is shown in place of the contenders.

    Signals:
        arrived: `seen` changed.
        epochs_changed: `epochs` was read again.
    """

    arrived = Signal()
    epochs_changed = Signal()

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self.seen: InspectedGates | None = None
        self.epochs: dict[RunId, tuple[int, ...]] = {}
        self.new_data: NewData | None = None
        self._context = context
        self.foreign = ForeignGates(context, self)
        self.is_busy = False
        self._next: Selection | None = None
        self._task: tuple[object, PreparedTask] | None = None

    @property
    def source(self) -> object:
        """The open session and the comparison that is shown, or a model of another program."""
        return *self.session_source, self.foreign.model

    @property
    def session_source(self) -> tuple[object, object]:
        """The open session and the comparison that is shown."""
        return self._context.session.workspace, self._context.session.comparison

    @property
    def known_task(self) -> PreparedTask | None:
        """The prepared data, where it need not be read again."""
        return self._known_task(self.source)

    def forget(self) -> None:
        """Drops everything of the session that was open before."""
        self.seen, self.epochs, self._task, self.new_data = None, {}, None, None

    def read_epochs(self) -> None:
        """Reads which epochs are stored."""
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is None or comparison is None:
            return

        source = self.source

        def take(epochs: dict[RunId, tuple[int, ...]]) -> None:
            if source == self.source:
                self.epochs = epochs
                self.epochs_changed.emit()

        def job() -> dict[RunId, tuple[int, ...]]:
            return workspace.ask(lambda session: kept_epochs(session, comparison)).result()

        self._context.jobs.load("Finding stored epochs", job, take)

    def ask(self, selection: Selection) -> None:
        """Computes the gates of a selection, after the one in progress."""
        if self.is_busy:
            self._next = selection
            return
        self.is_busy, self._next = True, None
        session, plan = self._context.session, self._context.planner.plan
        if self.foreign.model is not None:
            self._compute_foreign(selection, self.foreign.model)
        elif session.workspace is not None and session.comparison is not None:
            self._read(selection, session.workspace, session.comparison)
        elif plan is not None:
            self._compute_untrained(selection, plan)
        else:
            self.is_busy = False

    def _read(self, selection: Selection, workspace: Workspace, comparison: int) -> None:
        source = self.source
        task = self._known_task(source)
        new = self.new_data if selection.part == NEW_DATA else None

        def job() -> tuple[_Read, PreparedTask | None]:
            session = workspace.reader()
            pairs = models_at(session, comparison, selection.seed, selection.epoch)
            if new is not None:
                return _Read(selection, new_example(new, selection.index), pairs), task
            if task is not None:
                return _Read(
                    selection, example_of(task, selection.part, selection.index), pairs
                ), task
            stored = kept_example(session, comparison, selection.part, selection.index)
            if stored is not None:
                return _Read(selection, stored, pairs), None
            prepared = task_of(session, comparison)
            return _Read(
                selection, example_of(prepared, selection.part, selection.index), pairs
            ), prepared

        def take(loaded: tuple[_Read, PreparedTask | None]) -> None:
            read, prepared = loaded
            if prepared is not None:
                self._task = (source, prepared)
            self._compute(source, read)

        refuse = self._refusing(source, selection)
        self._context.jobs.load("Reading the example", job, take, refuse)

    def _known_task(self, source: object) -> PreparedTask | None:
        """The prepared data, if it was read before or belongs to the current plan."""
        if self.foreign.model is not None:
            return self.foreign.model.task
        if self._task is not None and self._task[0] == source:
            return self._task[1]
        plan, history = self._context.planner.plan, self._context.session.history
        if plan is None or history is None:
            return None
        same = plan.spec.dataset == history.spec.dataset
        return plan.task if same and plan.task.preprocessing == history.preprocessing else None

    def _compute(self, source: object, read: _Read) -> None:
        if self._next is not None:  # a newer choice waits
            self._end()
            return

        def job() -> InspectedGates:
            inspections = inspect_gates(read.pairs, read.example)
            return InspectedGates(read.selection, read.example, inspections, "", read.pairs)

        refuse, show = self._refusing(source, read.selection), partial(self._show, source)
        self._context.jobs.calculate("Computing gates", job, show, refuse)

    def _compute_untrained(self, selection: Selection, plan: Plan) -> None:
        contenders, preprocessing = plan.spec.contenders, plan.task.preprocessing

        def job() -> InspectedGates:
            example = example_of(plan.task, selection.part, selection.index)
            pairs = untrained_models(contenders, preprocessing, selection.seed)
            inspections = inspect_gates(pairs, example)
            return InspectedGates(selection, example, inspections, "", pairs)

        source = self.source
        refuse, show = self._refusing(source, selection), partial(self._show, source)
        self._context.jobs.calculate("Computing gates", job, show, refuse)

    def _compute_foreign(self, selection: Selection, foreign: ForeignModel) -> None:
        pairs = [ModelPair(foreign.model, None)]

        def job() -> InspectedGates:
            example = example_of(foreign.task, selection.part, selection.index)
            return InspectedGates(selection, example, inspect_gates(pairs, example), "", pairs)

        source = self.source
        refuse, show = self._refusing(source, selection), partial(self._show, source)
        self._context.jobs.calculate("Computing gates", job, show, refuse)

    def _refusing(self, source: object, selection: Selection) -> Callable[[BaseException], None]:
        return lambda error: self._show(
            source, InspectedGates(selection, None, {}, explained(error))
        )

    def _show(self, source: object, seen: InspectedGates) -> None:
        self._end()
        if source == self.source:
            self.seen = seen
            self.arrived.emit()

    def _end(self) -> None:
        self.is_busy = False
        if self._next is not None:
            self.ask(self._next)
