"""Lists the backups of sessions and restores one of them to a file that the user chooses."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core.errors import SessionError
from studio.gui.context.app_context import AppContext
from studio.gui.view.number_format import format_bytes, format_datetime
from studio.gui.widgets.basics import em, label
from studio.gui.widgets.message_boxes import open_save_dialog, show_problem
from studio.gui.widgets.table_style import style_table
from studio.sessions.backups import Backup, list_backups, restore

_HEADERS = ("Saved", "Session", "Size")
_WIDTH_EM, _HEIGHT_EM = 46, 24
_EXPLANATION = (
    "A backup is made before a session is replaced or brought to a newer version; the last ten of "
    "each session are kept."
)


class RestoreDialog(QDialog):
    """A row for each backup, the newest first; accepted with one of them selected.

    Attributes:
        table: The rows; the arrow keys choose, Return restores.
        restore: The button.
    """

    def __init__(self, backups: Sequence[Backup], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("restore")
        self.setWindowTitle("Restore a session")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._backups = tuple(backups)
        self.table = _table(self._backups)
        self.table.doubleClicked.connect(lambda _: self.accept())
        layout = QVBoxLayout(self)
        layout.addWidget(label("Which backup should be restored?", bold=True))
        layout.addWidget(label(_EXPLANATION, tone="muted"))
        if not self._backups:
            layout.addWidget(label("There are no backups yet."))
        layout.addWidget(self.table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.restore = QPushButton("&Restore to…")
        self.restore.setEnabled(bool(self._backups))
        self.restore.setDefault(True)
        buttons.addButton(self.restore, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(em(self, _WIDTH_EM), em(self, _HEIGHT_EM))
        self.table.setFocus()

    @property
    def chosen(self) -> Backup | None:
        row = self.table.currentRow()
        return self._backups[row] if 0 <= row < len(self._backups) else None


def _table(backups: Sequence[Backup]) -> QTableWidget:
    table = QTableWidget(len(backups), len(_HEADERS))
    style_table(table)
    table.setAccessibleName("Backups")
    table.setHorizontalHeaderLabels(list(_HEADERS))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    for row, backup in enumerate(backups):
        texts = (format_datetime(backup.when), str(backup.origin), format_bytes(backup.size))
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    if backups:
        table.selectRow(0)
    return table


class Restoring(QObject):
    """Lists and copies in the loader thread.

    Args:
        context: What the window shares.
        window: Dialogs stand before it.
        open_path: Called with the restored session.
    """

    def __init__(
        self, context: AppContext, window: QWidget, open_path: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._context, self._window, self._open = context, window, open_path

    def begin(self) -> None:
        """Looks for backups and lists them."""
        folder = self._context.folders.backups
        self._context.jobs.load("Looking for backups", lambda: list_backups(folder), self._list)

    def _list(self, backups: tuple[Backup, ...]) -> None:
        dialog = RestoreDialog(backups, self._window)
        dialog.accepted.connect(lambda: self._ask_name(dialog.chosen))
        dialog.open()

    def _ask_name(self, backup: Backup | None) -> None:
        if backup is not None:
            open_save_dialog(
                self._window,
                "Restore the session to",
                backup.origin,
                "Sessions",
                partial(self._restore, backup),
            )

    def _restore(self, backup: Backup, target: Path) -> None:
        session = self._context.session
        if session.path is not None and session.path.resolve() == target.resolve():
            problem = SessionError(
                "the session is open in this window",
                where=str(target),
                remedy="Choose another name, or start a new session first (File > New session)",
            )
            show_problem(self._window, "The backup was not restored", problem)
            return
        job = partial(restore, backup, target, self._context.folders.locks)
        self._context.jobs.load(f"Restoring {target.name}", job, lambda _: self._open(target))
