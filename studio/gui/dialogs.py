"""Dialogs: problems that can be copied, the question on closing, about."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio import __version__
from studio.gui.desk import Desk
from studio.gui.session_work import SessionWork
from studio.gui.waiting import explained


def show_problem(parent: QWidget, title: str, error: BaseException) -> None:
    """Tells what is wrong, where, and what to do; never a traceback. Does not wait."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Gate Studio", title, parent=parent)
    box.setObjectName("problem")
    box.setInformativeText(explained(error))
    box.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask_name_on_close(parent: QWidget, work: SessionWork) -> bool:
    """Whether the window may close; gives work without a name one, keeps it, or drops it."""
    if not work.is_untitled or work.path is None:
        return True
    box = QMessageBox(
        QMessageBox.Icon.Question, "Gate Studio", "This work has no name yet.", parent=parent
    )
    box.setObjectName("nameOnClose")
    box.setInformativeText("It is saved, and offered again at the next start.")
    save = box.addButton("Give it a name…", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep it as it is", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.exec()
    if box.clickedButton() is save:
        path, _ = QFileDialog.getSaveFileName(
            parent, "Save the session as", work.path.name, "Sessions (*.gates)"
        )
        if not path:
            return False
        work.close_as(Path(path).with_suffix(".gates"))
        return True
    return box.clickedButton() is keep


def about(parent: QWidget, desk: Desk) -> None:
    """Version, licence, folders."""
    QMessageBox.about(
        parent,
        "About Gate Studio",
        f"Gate Studio {__version__}\n\nCompares GRU and LSTM networks under equal conditions.\n"
        f"MIT licence.\n\nWork without a name: {desk.work.untitled_folder}\n"
        f"Log: {desk.folders.log}",
    )
