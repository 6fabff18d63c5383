"""Dialogs: the name of a session on closing, keyboard and mouse, about."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.core.errors import SessionError
from studio.core.file_names import file_stem
from studio.core.version import __version__
from studio.gui.context.app_context import AppContext
from studio.gui.session.controller import SessionController
from studio.gui.widgets.message_boxes import ask_save_path, show_problem


def _closed_as(parent: QWidget, session: SessionController, path: Path) -> bool:
    """Whether the session could be closed under its new name; otherwise shows why not."""
    try:
        session.close_as(path)
    except SessionError as error:
        show_problem(parent, "The session could not be saved and stays open", error)
        return False
    return True


def suggested_name(session: SessionController) -> str:
    """A file name for the open session: its own, or that of its data where it has none yet."""
    if session.path is not None and not session.is_untitled:
        return session.path.name
    return (
        "session.gates"
        if session.history is None
        else f"{file_stem(session.history.dataset_name)}.gates"
    )


def ask_name_on_close(parent: QWidget, session: SessionController) -> bool:
    """Whether the window may close; an unnamed session can get a name first."""
    if not session.is_untitled or session.path is None:
        return True
    box = QMessageBox(
        QMessageBox.Icon.Question, "Gate Studio", "This session has no name yet.", parent=parent
    )
    box.setObjectName("nameOnClose")
    stops = "Training stops and can be resumed later. " if session.is_training else ""
    box.setInformativeText(f"{stops}It is saved and will be offered again at the next start.")
    save = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
    keep = box.addButton("Close without a name", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.exec()
    if box.clickedButton() is save:
        path = ask_save_path(
            parent, "Save the session as", Path(suggested_name(session)), "Sessions"
        )
        return path is not None and _closed_as(parent, session, path)
    return box.clickedButton() is keep


_KEYS = (
    ("Ctrl+N", "new session with the same data and settings"),
    ("Ctrl+1 … Ctrl+8", "go to a page, Data to Export"),
    ("Ctrl+O, Ctrl+Shift+O", "open data or an experiment; open a session"),
    ("Ctrl+R, Ctrl+P, Ctrl+.", "train or resume, pause, stop"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    ("Ctrl+S, Ctrl+Shift+S", "save under a name where there is none yet; save as"),
    ("Ctrl+,", "preferences"),
    ("Tab, Shift+Tab", "next or previous field"),
    ("← → ↑ ↓", "on Gates: another step or unit; with Shift ten at a time"),
    ("Return, Esc", "on Gates: fix the cursor and fill in the equations; release it"),
    ("right-click or menu key", "on a plot: copy, save as PNG, SVG or CSV, show as a table"),
    ("drag, Ctrl+wheel", "on a plot: move, zoom"),
    ("drop", "open files or folders, anywhere on the window"),
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


def about(parent: QWidget, context: AppContext) -> None:
    QMessageBox.about(
        parent,
        "About Gate Studio",
        f"Gate Studio {__version__}\n\nCompares GRU and LSTM networks under equal conditions.\n"
        f"MIT licence.\n\nUnnamed sessions: {context.session.untitled_folder}\n"
        f"Log: {context.folders.log}",
    )
