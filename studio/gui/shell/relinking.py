"""Asks where a session's dataset is when it has moved."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.core.errors import DatasetError
from studio.core.results.record import DatasetRecord
from studio.gui.context.app_context import AppContext
from studio.runs.stored.dataset_recovery import files_beside
from studio.runs.workspace import Workspace


class Relinking(QObject):
    """Asks where a dataset is now, and notes it in the session once its content is the same.

    Args:
        context: What the window shares.
        window: Dialogs stand before it.
        again: Called when the session knows the new place.
    """

    def __init__(self, context: AppContext, window: QWidget, again: Callable[[], None]) -> None:
        super().__init__(window)
        self._context, self._window, self._again = context, window, again

    def tell(self, record: DatasetRecord, error: DatasetError) -> None:
        """Shows what is missing and what works without it, and offers to locate it."""
        box = QMessageBox(
            QMessageBox.Icon.Information,
            "Gate Studio",
            f"The data of this session, {record.name}, was not found.",
            parent=self._window,
        )
        box.setObjectName("missingData")
        box.setInformativeText(
            f"{error.what[:1].upper()}{error.what[1:]}, and the session holds no copy.\n\n"
            "Results, gates of stored examples and exports work without it. To train further or "
            "look at other examples, locate the file; its content must be the same."
        )
        find = box.addButton("Locate…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Continue without it", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(find)
        find.clicked.connect(lambda _: self.choose(record))
        box.open()

    def choose(self, record: DatasetRecord) -> None:
        """Lets the user show one of the files; the others are searched beside it."""
        first = Path(record.files[0].path)
        dialog = QFileDialog(self._window, f"Where is {first.name} now?", str(first.parent))
        dialog.setObjectName("findData")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self._relink(record, Path(chosen)))
        dialog.open()

    def _relink(self, record: DatasetRecord, chosen: Path) -> None:
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is not None and comparison is not None:
            job = partial(_note_places, workspace, comparison, record, chosen)
            self._context.jobs.load(f"Checking {chosen.name}", job, lambda _: self._again())


def _note_places(
    workspace: Workspace, comparison: int, record: DatasetRecord, chosen: Path
) -> None:
    places = files_beside(record, chosen)
    workspace.ask(lambda session: session.relink(comparison, places)).result()
