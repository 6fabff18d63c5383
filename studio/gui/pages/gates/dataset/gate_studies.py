"""The cards below the maps of one example."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.prepared.preprocessing import Preprocessing
from studio.gui.context.app_context import AppContext
from studio.gui.pages.gates.dataset.attribution_card import AttributionCard
from studio.gui.pages.gates.gates_work import InspectedGates
from studio.gui.widgets.basics import em


class GateStudies(QWidget):
    """What is computed on demand: attribution, all test examples, passages."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.attribution = AttributionCard(context.jobs, context.appearance)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(em(self, 0.7))
        column.addWidget(self.attribution)

    def follow(self, seen: InspectedGates | None, preprocessing: Preprocessing) -> None:
        """The page shows this example now; None while training is followed."""
        self.attribution.follow(seen, preprocessing)

    def forget(self) -> None:
        """Another session."""
        self.attribution.forget()
