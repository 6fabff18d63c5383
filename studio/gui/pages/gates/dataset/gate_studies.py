"""The cards below the maps of one example."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.errors import SessionError
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.dataset.attribution_card import AttributionCard
from studio.gui.pages.gates.dataset.dataset_card import DatasetCard
from studio.gui.pages.gates.dataset.find_card import FindCard, WantedTraces
from studio.gui.pages.gates.gates_work import GatesWork, InspectedGates
from studio.gui.widgets.basics import em
from studio.runs.stored.dataset_gates import DatasetGatesPass, recurrent_models
from studio.runs.stored.gate_inspection import task_of
from studio.runs.stored.models import stored_model
from studio.runs.stored.unit_traces import UnitTracesPass
from studio.sessions import SessionFile


class GateStudies(QWidget):
    """What is computed on demand: attribution, all test examples, passages."""

    def __init__(self, context: AppContext, gates_work: GatesWork) -> None:
        super().__init__()
        self._context, self._gates_work = context, gates_work
        self._kept: tuple[object, PreparedTask] | None = None  # of the loader alone
        self.attribution = AttributionCard(context.jobs, context.appearance)
        self.dataset = DatasetCard(context, self._dataset_pass)
        self.passages = FindCard(context, self._traces_pass)
        context.session.history_changed.connect(self.passages.read_again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.attribution)
        column.addWidget(self.dataset)
        column.addWidget(self.passages)

    def follow(self, seen: InspectedGates | None, preprocessing: Preprocessing) -> None:
        """The page shows this example now; None while training is followed."""
        is_own = self._gates_work.foreign.model is None
        self.attribution.setVisible(is_own)
        self.attribution.follow(seen if is_own else None, preprocessing)

    def offer(self, contenders: Sequence[ContenderSpec], prefix: str, seed: int) -> None:
        """The contenders, and the layer and seed that the page shows."""
        is_foreign = self._gates_work.foreign.model is not None
        possible = is_foreign or self._context.session.history is not None
        self.dataset.offer(possible=possible)
        self.dataset.show_layer(prefix)
        self.passages.offer(contenders, prefix, seed, possible=possible)

    def forget(self) -> None:
        """Another session."""
        self.attribution.forget()
        self.dataset.forget()
        self.passages.forget()

    def _dataset_pass(self) -> Callable[[], DatasetGatesPass]:
        """A job for the loader."""
        foreign = self._gates_work.foreign.model
        if foreign is not None:
            return lambda: DatasetGatesPass([foreign.model], foreign.task)
        read = self._reader()

        def job() -> DatasetGatesPass:
            session, comparison, task = read()
            return DatasetGatesPass(recurrent_models(session, comparison), task)

        return job

    def _traces_pass(self, wanted: WantedTraces) -> Callable[[], UnitTracesPass]:
        """A job for the loader."""
        foreign = self._gates_work.foreign.model
        if foreign is not None:
            model, task = foreign.model, foreign.task
            return lambda: UnitTracesPass(model, task, wanted.prefix, wanted.units)
        read = self._reader()

        def job() -> UnitTracesPass:
            session, comparison, task = read()
            fold_id = session.history(comparison).spec.task.fold_ids[0]
            name, seed = wanted.contender, wanted.seed
            model = stored_model(session, comparison, name, seed, None, fold_id)
            return UnitTracesPass(model, task, wanted.prefix, wanted.units)

        return job

    def _reader(self) -> Callable[[], tuple[SessionFile, int, PreparedTask]]:
        """Gives the session, the comparison and its data, in the loader."""
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        source, known = self._gates_work.source, self._gates_work.known_task

        def read() -> tuple[SessionFile, int, PreparedTask]:
            if workspace is None or comparison is None:
                raise SessionError("no session is open", remedy="Open or train one first")
            session, kept = workspace.reader(), self._kept
            if known is not None:
                return session, comparison, known
            if kept is None or kept[0] != source:
                kept = self._kept = source, task_of(session, comparison)
            return session, comparison, kept[1]

        return read
