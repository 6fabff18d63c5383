"""Asks for what is to be opened, and where the session is to be saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from studio.core.errors import SessionError
from studio.gui.dialogs import ask_where, show_problem, suggested_name
from studio.gui.session_work import SessionWork
from studio.gui.settings import Settings


class Choosing:
    """The system's own dialogs; they begin in the folder that was used last.

    Args:
        work: The session that is saved.
        settings: Knows the last folder.
        window: Dialogs stand before it.
        open_path: Called with what the user chose to open.
    """

    def __init__(
        self,
        work: SessionWork,
        settings: Settings,
        window: QWidget,
        open_path: Callable[[Path], None],
    ) -> None:
        self._work, self._settings = work, settings
        self._window, self._open = window, open_path

    def new_session(self) -> None:
        """Closes the session; data and settings stay, and what is trained next begins another."""
        if self._work.is_training or self._work.is_starting:
            told = SessionError("a comparison is being trained or opened", remedy="Stop it first")
            show_problem(self._window, "There is no new session yet", told)
            return
        self._work.leave()

    def data(self) -> None:
        """Opens a data file or an experiment."""
        self._open_file("Open data or an experiment", "")

    def session(self) -> None:
        """Opens a session."""
        self._open_file("Open a session", "Sessions (*.gates)")

    def folder(self) -> None:
        """Opens a folder of data."""
        path = QFileDialog.getExistingDirectory(
            self._window, "Open a folder of data", self._settings.last_folder
        )
        if path:
            self._open(Path(path))

    def save_as(self) -> None:
        """Saves the session under another name, also while something trains."""
        work = self._work
        if work.path is None:
            return
        suggested = Path(self._settings.last_folder, suggested_name(work))
        path = ask_where(self._window, "Save the session as", suggested, "Sessions")
        if path is not None:
            work.save_as(path)

    def _open_file(self, title: str, kinds: str) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self._window, title, self._settings.last_folder, kinds
        )
        if path:
            self._open(Path(path))
