"""Asks for what is to be opened, and where the session is to be saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.core.errors import BackupError, SessionError
from studio.gui.context.settings import Settings
from studio.gui.session.controller import SessionController
from studio.gui.shell.dialogs import suggested_name
from studio.gui.widgets.message_boxes import ask_save_path, show_problem
from studio.gui.widgets.plain_text import make_plain


class FileActions:
    """The system's own dialogs; they begin in the folder that was used last.

    Args:
        session: The session that is saved.
        settings: Knows the last folder.
        window: Dialogs stand before it.
        open_path: Called with what the user chose to open.
        tell: Shows a few words for a moment.
    """

    def __init__(
        self,
        session: SessionController,
        settings: Settings,
        window: QWidget,
        open_path: Callable[[Path], None],
        tell: Callable[[str], None],
    ) -> None:
        self._session, self._settings = session, settings
        self._window, self._open, self._tell = window, open_path, tell
        session.backup_failed.connect(self._ask_without_backup)

    def new_session(self) -> None:
        """Closes the session; data and settings stay, and what is trained next begins another."""
        if self._session.is_training or self._session.is_starting:
            problem = SessionError(
                "A comparison is training or being opened", remedy="Stop it, or wait"
            )
            show_problem(self._window, "Stop training before starting a new session", problem)
            return
        self._session.leave()

    def data(self) -> None:
        self._open_file("Open data or an experiment", "")

    def session(self) -> None:
        self._open_file("Open a session", "Sessions (*.gates)")

    def model(self, opens: Callable[[Path], None]) -> None:
        """Asks for a model file of another program, and hands it on."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open a model of another program",
            self._settings.last_folder,
            "Models (*.pt *.pth *.safetensors *.keras *.h5 *.hdf5 *.onnx)",
        )
        if path:
            opens(Path(path))

    def folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self._window, "Open a folder of data", self._settings.last_folder
        )
        if path:
            self._open(Path(path))

    def save(self) -> None:
        """Asks for a name where there is none yet; a named session is saved after each epoch."""
        session = self._session
        if session.path is None:
            self._tell("There is no session yet; it begins when training starts")
        elif session.why_read_only or session.is_untitled:
            self.save_as()
        else:
            self._tell(f"Saved in {session.path.name}, as after every epoch")

    def save_as(self) -> None:
        """Saves the session under another name, also while something trains."""
        session = self._session
        if session.path is None:
            return
        suggested = Path(self._settings.last_folder, suggested_name(session))
        path = ask_save_path(self._window, "Save the session as", suggested, "Sessions")
        if path is not None:
            session.save_as(path)

    def _ask_without_backup(self, path: Path, error: BackupError) -> None:
        """The session that would be replaced is gone for good without one, so the user decides."""
        box = QMessageBox(
            QMessageBox.Icon.Warning,
            "Gate Studio",
            f"{path.name} was not replaced.",
            parent=self._window,
        )
        box.setObjectName("withoutBackup")
        box.setInformativeText(str(error))
        replace = box.addButton("&Replace without a backup", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        replace.clicked.connect(lambda _: self._session.save_as(path, backup=False))
        make_plain(box)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _open_file(self, title: str, kinds: str) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window, title, self._settings.last_folder, kinds
        )
        if path:
            self._open(Path(path))
