"""Dialogs that any part of the window may need: a problem to read, a place to save."""

import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from studio.core.errors import UserError
from studio.gui.jobs.background_jobs import explained
from studio.gui.widgets.plain_text import make_plain
from studio.paths import user_folders


def show_problem(parent: QWidget, title: str, error: BaseException) -> None:
    """Shows what is wrong, where, and what to do, never a traceback. Does not wait."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Gate Studio", title, parent=parent)
    box.setObjectName("problem")
    box.setInformativeText(explained(error))
    if not isinstance(error, UserError):
        _offer_details(box, error)
    make_plain(box)
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _offer_details(box: QMessageBox, error: BaseException) -> None:
    """Names the log, opens it, and copies what a report of the error needs."""
    log = user_folders().log / "gate-studio.log"
    box.setInformativeText(f"{explained(error)}\n\nLog file: {log}")
    details = "".join(traceback.format_exception(error))
    role = QMessageBox.ButtonRole.ActionRole
    copy, open_log = box.addButton("&Copy the details", role), box.addButton("&Open the log", role)
    box.addButton(QMessageBox.StandardButton.Close)
    for push, action in (
        (copy, lambda: QApplication.clipboard().setText(f"{box.text()}\n{details}")),
        (open_log, lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log)))),
    ):
        push.clicked.disconnect()  # the message stays
        push.clicked.connect(action)


def ask_save_path(parent: QWidget, title: str, suggested: Path, kind: str) -> Path | None:
    """Asks where to save; the name in the dialog has its ending, so an overwrite is confirmed.

    Args:
        parent: The dialog stands before it.
        title: Of the dialog.
        suggested: A name with the ending that files of this kind have.
        kind: Name of the file type.
    """
    dialog = _save_dialog(parent, title, suggested, kind)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


def open_save_dialog(
    parent: QWidget, title: str, suggested: Path, kind: str, then: Callable[[Path], object]
) -> QFileDialog:
    """The same without waiting: `then` gets the chosen path; nothing happens on Cancel.

    Args:
        parent: The dialog stands before it.
        title: Of the dialog.
        suggested: A path with the ending that files of this kind have.
        kind: Name of the file type.
        then: Called with the path; an overwrite was confirmed.
    """
    dialog = _save_dialog(parent, title, suggested, kind)
    dialog.setObjectName("savePath")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def _save_dialog(parent: QWidget, title: str, suggested: Path, kind: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(suggested), f"{kind} (*{suggested.suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggested.suffix.removeprefix("."))
    dialog.selectFile(str(suggested))
    return dialog
