"""Dialogs: problems that can be copied, the question on closing, about."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from studio import __version__
from studio.core.errors import SessionError
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


def ask_where(parent: QWidget, title: str, suggested: Path, kind: str) -> Path | None:
    """Where to save; the dialog asks about the name that is written, with its ending.

    Args:
        parent: The dialog stands before it.
        title: Of the dialog.
        suggested: A name with the ending that files of this kind have.
        kind: What such files are called.
    """
    dialog = QFileDialog(parent, title, str(suggested), f"{kind} (*{suggested.suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggested.suffix.removeprefix("."))
    dialog.selectFile(str(suggested))
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


def _closed_as(parent: QWidget, work: SessionWork, path: Path) -> bool:
    """Whether the work could be closed under its new name; otherwise says why not."""
    try:
        work.close_as(path)
    except SessionError as error:
        show_problem(parent, "The session could not be saved, and stays open", error)
        return False
    return True


def suggested_name(work: SessionWork) -> str:
    """A file name for the open session: its own, or that of its data where it has none yet."""
    if work.path is not None and not work.is_untitled:
        return work.path.name
    return "session.gates" if work.history is None else f"{work.history.dataset_name}.gates"


def ask_name_on_close(parent: QWidget, work: SessionWork) -> bool:
    """Whether the window may close; gives work without a name one, keeps it, or drops it."""
    if not work.is_untitled or work.path is None:
        return True
    box = QMessageBox(
        QMessageBox.Icon.Question, "Gate Studio", "This work has no name yet.", parent=parent
    )
    box.setObjectName("nameOnClose")
    stops = "Training stops, and can go on later. " if work.is_training else ""
    box.setInformativeText(f"{stops}It is saved, and offered again at the next start.")
    save = box.addButton("Give it a name…", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Keep it as it is", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.exec()
    if box.clickedButton() is save:
        path = ask_where(parent, "Save the session as", Path(suggested_name(work)), "Sessions")
        return path is not None and _closed_as(parent, work, path)
    return box.clickedButton() is keep


_KEYS = (
    ("Ctrl+N", "a new session with the same data and settings"),
    ("Ctrl+1 … Ctrl+7", "the pages from Data to Export"),
    ("Ctrl+O, Ctrl+Shift+O", "open data or an experiment, open a session"),
    ("Ctrl+R, Ctrl+P, Ctrl+.", "train or go on, pause, stop"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo and redo an edit"),
    ("Ctrl+Shift+S, Ctrl+,", "save as, preferences"),
    ("Tab, Shift+Tab", "from field to field"),
    ("← → ↑ ↓", "on gates: another step or unit; with Shift ten at a time"),
    ("Return, Esc", "on gates: fix the cursor and fill in the equations, free it"),
    ("right button or menu key", "on a plot: copy, save as PNG, SVG or CSV, show as a table"),
    ("drag, Ctrl+wheel", "on a plot: move, zoom"),
    ("drop", "a file or folder, anywhere on the window"),
)


def show_keys(parent: QWidget) -> None:
    """What the keyboard and the mouse do. Does not wait."""
    rows = "".join(
        f"<tr><td><b>{keys}</b>&nbsp;&nbsp;</td><td>{does}</td></tr>" for keys, does in _KEYS
    )
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Keyboard and mouse", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.RichText)
    box.setText(f"<table cellpadding=3>{rows}</table>")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def about(parent: QWidget, desk: Desk) -> None:
    """Version, licence, folders."""
    QMessageBox.about(
        parent,
        "About Gate Studio",
        f"Gate Studio {__version__}\n\nCompares GRU and LSTM networks under equal conditions.\n"
        f"MIT licence.\n\nWork without a name: {desk.work.untitled_folder}\n"
        f"Log: {desk.folders.log}",
    )
