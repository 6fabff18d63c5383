"""What a full check of a damaged session found."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.gui.widgets.basics import em, label
from studio.gui.widgets.small_table import SmallTable
from studio.sessions.recovery.findings import SessionFindings

_HEADERS = ("", "can be read", "damaged", "orphaned")
_WIDTH_EM, _HEIGHT_EM = 40, 34


class RecoveryDialog(QDialog):
    """Shows the findings; accepted by the button that saves what can be read.

    Attributes:
        save: That button; disabled where nothing can be read.
        table: Rows by what they are.
    """

    def __init__(self, findings: SessionFindings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setWindowTitle("Check and recover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(em(self, 0.5))
        rows.addWidget(label(findings.verdict, bold=True))
        rows.addWidget(label(str(findings.path), tone="muted"))
        for problem in findings.problems:
            rows.addWidget(label(f"{problem}."))
        self.table = SmallTable(_HEADERS, "Contents of the session")
        self.table.show_rows(
            [
                (table.label, str(table.readable), str(table.damaged), str(table.removed))
                for table in findings.tables.values()
                if table.readable or table.damaged
            ]
        )
        rows.addWidget(self.table)
        for text in _comparisons(findings):
            rows.addWidget(label(text))
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName("Findings")
        scroll.setWidget(content)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.save = QPushButton("&Save what can be read…")
        self.save.setEnabled(findings.can_be_recovered)
        self.save.setDefault(findings.can_be_recovered)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(label("The damaged file is not changed.", tone="muted"))
        layout.addWidget(buttons)
        self.resize(em(self, _WIDTH_EM), em(self, _HEIGHT_EM))
        self.save.setFocus()


def _comparisons(findings: SessionFindings) -> list[str]:
    texts = []
    for comparison in findings.comparisons:
        texts.append(
            f"Comparison {comparison.number}, {comparison.name}: {comparison.finished} of "
            f"{comparison.runs} runs have a test result."
        )
        texts += [f"Lost: {loss}." for loss in comparison.losses]
    return texts
