"""Asks for the cluster that runs are to be trained on."""

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import UserError
from studio.gui.widgets.basics import button, em, label
from studio.runs.workers.certificate import ClusterAddress, parse_address, refuse_certificate

_WIDTH_EM = 34


class ClusterDialog(QDialog):
    """An address and the file of the certificate; what is wrong with them is told here.

    Args:
        known: What to begin with.

    Attributes:
        chosen: The cluster, once it was accepted.
    """

    def __init__(self, known: ClusterAddress, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cluster")
        self.setWindowTitle("Train on a cluster")
        self.chosen: ClusterAddress | None = None
        self.address = QLineEdit(known.address)
        self.address.setPlaceholderText("tls://10.0.0.1:8786")
        self.address.setAccessibleName("Address of the cluster")
        self.certificate = QLineEdit(str(known.certificate))
        self.certificate.setAccessibleName("Certificate of the cluster")
        self.problem = label("", tone="bad")
        self.problem.hide()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.buttons.accepted.connect(self._use)
        self.buttons.rejected.connect(self.reject)
        file = QHBoxLayout()
        file.addWidget(self.certificate, 1)
        file.addWidget(button("Choose…", self._choose))
        layout = QVBoxLayout(self)
        layout.setSpacing(em(self, 0.5))
        note = "Start it in a terminal with gate-studio cluster start, which prints the address."
        layout.addWidget(label(note, tone="muted"))
        layout.addWidget(label("Address", bold=True))
        layout.addWidget(self.address)
        layout.addWidget(label("Certificate", bold=True))
        layout.addLayout(file)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(em(self, _WIDTH_EM))

    def _choose(self) -> None:
        folder = str(Path(self.certificate.text()).parent)
        kinds = "Certificates (*.pem);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(self, "Certificate of the cluster", folder, kinds)
        if path:
            self.certificate.setText(path)

    def _use(self) -> None:
        try:
            address = parse_address(self.address.text())
            certificate = Path(self.certificate.text()).expanduser()
            refuse_certificate(certificate)
        except UserError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.chosen = ClusterAddress(address, certificate)
        self.accept()
