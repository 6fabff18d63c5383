"""Asks for a text's encoding, with how a doubtful place reads in each."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import EncodingUnknownError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.session.planner import Planner
from studio.gui.session.session_state import OpenData
from studio.gui.widgets.basics import label


class EncodingDialog(QDialog):
    """One choice for each likely encoding.

    Attributes:
        choices: The buttons by encoding.
    """

    def __init__(self, error: EncodingUnknownError, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("encoding")
        self.setWindowTitle("Which text encoding?")
        self._group = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.addWidget(label("The text is not UTF-8. Which line reads correctly?", bold=True))
        layout.addWidget(label(error.where, tone="muted"))
        for name, text in error.readings.items():
            choice = QRadioButton(f"“{text}”  ({name})")
            self._group.addButton(choice)
            self.choices[name] = choice
            layout.addWidget(choice)
        next(iter(self.choices.values())).setChecked(True)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Open | kinds.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout.addWidget(self.buttons)

    @property
    def chosen(self) -> str:
        return next(name for name, choice in self.choices.items() if choice.isChecked())


class EncodingDialogs(QObject):
    """Reads a text again with the encoding that the user chose."""

    def __init__(self, planner: Planner, window: QWidget) -> None:
        super().__init__(window)
        self._planner, self._window = planner, window
        planner.encoding_unknown.connect(self._ask)

    def _ask(self, spec: ComparisonSpec, error: EncodingUnknownError) -> None:
        dialog = EncodingDialog(error, self._window)

        def read_again() -> None:
            dataset = spec.dataset.model_copy(update={"encoding": dialog.chosen})
            self._planner.open(OpenData(spec.model_copy(update={"dataset": dataset})))

        dialog.accepted.connect(read_again)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
