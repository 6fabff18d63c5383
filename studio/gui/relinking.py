"""A session's dataset that is no longer where it was: told, and found again with the user."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio.core.errors import DatasetError
from studio.core.record import DatasetRecord
from studio.gui.desk import Desk
from studio.runs.restoring import places_beside
from studio.runs.workspace import Workspace


class Relinking(QObject):
    """Asks where a dataset is now, and notes it in the session once its content is the same.

    Args:
        desk: The desk.
        window: Dialogs stand before it.
        again: Called when the session knows the new place.
    """

    def __init__(self, desk: Desk, window: QWidget, again: Callable[[], None]) -> None:
        super().__init__(window)
        self._desk, self._window, self._again = desk, window, again

    def tell(self, record: DatasetRecord, error: DatasetError) -> None:
        """Says what is missing and what works without it, and offers to find it."""
        box = QMessageBox(
            QMessageBox.Icon.Information,
            "Gate Studio",
            f"The data of this session, {record.name}, is not where it was.",
            parent=self._window,
        )
        box.setObjectName("missingData")
        box.setInformativeText(
            f"{error.what[:1].upper()}{error.what[1:]}, and the session holds no copy.\n\n"
            "Results, the gates of kept examples and exports work without it. To train on, or to "
            "look at other examples, find the file; its content must be the same."
        )
        find = box.addButton("Find it…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Go on without it", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(find)
        find.clicked.connect(lambda _: self.choose(record))
        box.open()

    def choose(self, record: DatasetRecord) -> None:
        """Lets the user show one of the files; the others are looked for beside it."""
        first = Path(record.files[0].path)
        dialog = QFileDialog(self._window, f"Where is {first.name} now?", str(first.parent))
        dialog.setObjectName("findData")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self._relink(record, Path(chosen)))
        dialog.open()

    def _relink(self, record: DatasetRecord, chosen: Path) -> None:
        workspace, comparison = self._desk.work.workspace, self._desk.work.comparison
        if workspace is not None and comparison is not None:
            job = partial(_note_places, workspace, comparison, record, chosen)
            self._desk.waiting.load(f"Checking {chosen.name}", job, lambda _: self._again())


def _note_places(
    workspace: Workspace, comparison: int, record: DatasetRecord, chosen: Path
) -> None:
    places = places_beside(record, chosen)
    workspace.ask(lambda session: session.relink(comparison, places)).result()
