"""The cards below the maps of one example."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.errors import SessionError
from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.dataset.attribution_card import AttributionCard
from studio.gui.pages.gates.dataset.dataset_card import DatasetCard
from studio.gui.pages.gates.gates_work import GatesWork, InspectedGates
from studio.gui.widgets.basics import em
from studio.runs.stored.dataset_gates import DatasetGatesPass, recurrent_models
from studio.runs.stored.gate_inspection import task_of


class GateStudies(QWidget):
    """What is computed on demand: attribution, all test examples, passages."""

    def __init__(self, context: AppContext, gates_work: GatesWork) -> None:
        super().__init__()
        self._context, self._gates_work = context, gates_work
        self.attribution = AttributionCard(context.jobs, context.appearance)
        self.dataset = DatasetCard(context, self._dataset_pass)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.attribution)
        column.addWidget(self.dataset)

    def follow(
        self, seen: InspectedGates | None, preprocessing: Preprocessing, prefix: str
    ) -> None:
        """The page shows this example and layer now; no example while training is followed."""
        self.attribution.follow(seen, preprocessing)
        self.dataset.offer(possible=self._context.session.history is not None)
        self.dataset.show_layer(prefix)

    def forget(self) -> None:
        """Another session."""
        self.attribution.forget()
        self.dataset.forget()

    def _dataset_pass(self) -> DatasetGatesPass:
        """In the loader thread."""
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is None or comparison is None:
            raise SessionError("no session is open", remedy="Open or train one first")
        source, session = self._gates_work.source, workspace.reader()
        models = recurrent_models(session, comparison)
        task = self._gates_work.known_task
        if task is None:
            task = task_of(session, comparison)
            self._gates_work.keep_task(source, task)
        return DatasetGatesPass(models, task)
