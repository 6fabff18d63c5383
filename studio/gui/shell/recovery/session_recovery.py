"""Tells what went wrong; of a damaged session it offers to check and recover it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.core.errors import DamagedSessionError
from studio.gui.context.app_context import AppContext
from studio.gui.jobs.background_jobs import explained
from studio.gui.shell.recovery.recovery_dialog import RecoveryDialog
from studio.gui.widgets.message_boxes import open_save_dialog, show_problem
from studio.gui.widgets.plain_text import make_plain
from studio.sessions.recovery.doctor import examine, recover
from studio.sessions.recovery.findings import SessionFindings


class SessionRecovery(QObject):
    """Checks a damaged session in the loader thread, and saves what can be read.

    Args:
        context: What the window shares.
        window: Dialogs stand before it.
        open_path: Called with the new session.
    """

    def __init__(
        self, context: AppContext, window: QWidget, open_path: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._jobs, self._locks = context.jobs, context.folders.locks
        self._window, self._open = window, open_path

    def tell(self, title: str, error: BaseException) -> None:
        """Shows a problem; what can be done about a damaged session stands on a button."""
        if isinstance(error, DamagedSessionError) and error.path is not None:
            self._offer(title, error, error.path)
        else:
            show_problem(self._window, title, error)

    def check(self, path: Path) -> None:
        """Checks a session in full, then shows what was found."""
        self._jobs.load(f"Checking {path.name}", lambda: examine(path, self._locks), self._show)

    def _offer(self, title: str, error: DamagedSessionError, path: Path) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "Gate Studio", title, parent=self._window)
        box.setObjectName("problem")
        box.setInformativeText(explained(error))
        check = box.addButton("&Check and recover…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Close)
        box.setDefaultButton(check)
        check.clicked.connect(lambda _: self.check(path))
        make_plain(box)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _show(self, findings: SessionFindings) -> None:
        dialog = RecoveryDialog(findings, self._window)
        dialog.accepted.connect(lambda: self._ask_name(findings.path))
        dialog.open()

    def _ask_name(self, path: Path) -> None:
        suggested = path.with_name(f"{path.stem} (recovered).gates")
        open_save_dialog(
            self._window,
            "Save what can be read as",
            suggested,
            "Sessions",
            lambda target: self._recover(path, target),
        )

    def _recover(self, path: Path, target: Path) -> None:
        def job() -> SessionFindings:
            return recover(path, target, self._locks, overwrite=True)

        self._jobs.load(f"Saving {target.name}", job, lambda _: self._open(target))
