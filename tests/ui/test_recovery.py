"""A damaged session is checked and recovered from the window, and a backup is restored."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QMessageBox,
    QPushButton,
    QTableWidget,
)
from windows import problem

from studio.gui.shell.main_window import MainWindow
from studio.gui.shell.recovery.recovery_dialog import RecoveryDialog
from studio.gui.shell.recovery.restore_dialog import RestoreDialog
from studio.sessions import SessionFile
from studio.sessions.backups import keep_backup, list_backups
from studio.sessions.recovery import doctor

Wait = Callable[[Callable[[], bool]], None]
D = TypeVar("D", bound=QDialog)


@pytest.fixture
def damaged(trained: Path, tmp_path: Path) -> Path:
    """A copy of a real session, of which the notes' and the step times' pages are lost."""
    path = tmp_path / "<b>s & t.gates"
    shutil.copyfile(trained, path)
    with closing(sqlite3.connect(path)) as db:
        query = "SELECT rootpage FROM sqlite_master WHERE name IN ('note', 'step_timing')"
        pages = [page for (page,) in db.execute(query)]
    with path.open("r+b") as file:
        for page in pages:
            file.seek(4096 * (page - 1))
            file.write(b"\xa5" * 4096)
    return path


def press(dialog: QDialog | QMessageBox, text: str) -> None:
    (push,) = (push for push in dialog.findChildren(QPushButton) if text in push.text())
    QTest.mouseClick(push, Qt.MouseButton.LeftButton)


def shown(window: MainWindow, kind: type[D], name: str, wait: Wait) -> D:
    """The dialog of that name, once it is shown."""

    def find() -> D | None:
        found = window.findChild(kind, name)
        return found if found is not None and found.isVisible() else None

    wait(lambda: find() is not None)
    dialog = find()
    assert dialog is not None
    return dialog


def choose(window: MainWindow, path: Path, wait: Wait) -> None:
    """Names a file in the dialog that asks where to save."""
    dialog = shown(window, QFileDialog, "savePath", wait)
    dialog.fileSelected.emit(str(path))
    dialog.reject()


def begin_to_recover(window: MainWindow, path: Path, wait: Wait) -> RecoveryDialog:
    window.open_path(path)
    wait(lambda: problem(window) is not None)
    box = problem(window)
    assert box is not None
    assert "the session file is damaged" in box.informativeText()
    press(box, "Check and recover")
    return shown(window, RecoveryDialog, "recovery", wait)


def test_a_damaged_session_is_checked_saved_to_a_new_file_and_opened(
    window: MainWindow, damaged: Path, tmp_path: Path, wait: Wait
) -> None:
    before = damaged.read_bytes()
    dialog = begin_to_recover(window, damaged, wait)
    texts = [part.text() for part in dialog.findChildren(QLabel)]
    assert any(text.startswith("The session is damaged.") for text in texts)
    assert any("Pages of the file that cannot be read: 2 of " in text for text in texts)
    assert str(damaged) in texts
    assert all(
        part.textFormat() == Qt.TextFormat.PlainText
        for part in dialog.findChildren(QLabel)
        if "<b>" in part.text()
    )
    press(dialog, "Save what can be read")
    target = tmp_path / "new.gates"
    choose(window, target, wait)
    session = window.context.session
    wait(lambda: session.path == target and session.history is not None)
    assert session.history is not None
    assert session.history.is_complete
    assert damaged.read_bytes() == before


def test_the_window_answers_while_a_session_is_checked(
    window: MainWindow, damaged: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is held up in its thread; the page changes meanwhile."""
    released, threads = threading.Event(), []
    really_examine = doctor.examine

    def held(path: Path, locks: Path) -> doctor.SessionFindings:
        threads.append(threading.current_thread())
        released.wait(20)
        return really_examine(path, locks)

    monkeypatch.setattr("studio.gui.shell.recovery.session_recovery.examine", held)
    window.open_path(damaged)
    wait(lambda: problem(window) is not None)
    box = problem(window)
    assert box is not None
    press(box, "Check and recover")
    wait(lambda: bool(threads))
    window.show_page("models")
    wait(window.pages["models"].isVisible)
    assert not window.context.jobs.is_idle
    released.set()
    assert threads[0] is not threading.main_thread()
    shown(window, RecoveryDialog, "recovery", wait).close()


def test_a_session_of_which_nothing_can_be_read_offers_nothing_to_save(
    window: MainWindow, trained: Path, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "gone.gates"
    shutil.copyfile(trained, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TABLE comparison")
    dialog = begin_to_recover(window, path, wait)
    assert not dialog.save.isEnabled()
    dialog.close()


def test_a_problem_without_damage_is_told_as_before(
    window: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    path = tmp_path / "text.gates"
    path.write_text("hello")
    window.open_path(path)
    wait(lambda: problem(window) is not None)
    box = problem(window)
    assert box is not None
    assert not any("recover" in push.text() for push in box.findChildren(QPushButton))
    box.accept()


def action(window: MainWindow, text: str) -> None:
    (found,) = (
        each
        for menu in window.menuBar().actions()
        for each in menu.menu().actions()
        if each.text() == text
    )
    found.trigger()


def test_a_backup_is_restored_by_the_keyboard_to_a_chosen_file_and_opened(
    window: MainWindow, trained: Path, tmp_path: Path, wait: Wait
) -> None:
    origin = tmp_path / "<b>mine & yours.gates"
    shutil.copyfile(trained, origin)
    folder = window.context.folders.backups
    first = keep_backup(origin, folder)
    keep_backup(origin, folder)
    assert first is not None
    action(window, "Res&tore…")
    dialog = shown(window, RestoreDialog, "restore", wait)
    table = dialog.findChild(QTableWidget)
    assert table is not None
    assert table.hasFocus() or QApplication.focusWidget() is None
    assert [table.item(row, 1).text() for row in range(2)] == [str(origin)] * 2
    assert "kB" in table.item(0, 2).text()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert dialog.chosen is not None
    assert dialog.chosen.path == first
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    target = tmp_path / "restored.gates"
    choose(window, target, wait)
    session = window.context.session
    wait(lambda: session.path == target and session.history is not None)
    assert first.exists()


def test_restoring_onto_a_session_keeps_a_backup_of_it(
    window: MainWindow, trained: Path, tmp_path: Path, wait: Wait
) -> None:
    origin = tmp_path / "s.gates"
    shutil.copyfile(trained, origin)
    keep_backup(origin, window.context.folders.backups)
    with SessionFile.open(origin, window.context.folders.locks) as session:
        session.add_note(1, None, "later")
    action(window, "Res&tore…")
    dialog = shown(window, RestoreDialog, "restore", wait)
    press(dialog, "Restore to")
    choose(window, origin, wait)
    wait(lambda: window.context.session.history is not None)
    assert len(list_backups(window.context.folders.backups)) == 2
    workspace = window.context.session.workspace
    assert workspace is not None
    assert workspace.ask(lambda session: session.notes(1)).result(timeout=20) == ()


def test_nothing_is_restored_onto_the_session_that_is_open_in_the_window(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.context.jobs.is_idle)
    path = opened.context.session.path
    assert path is not None
    keep_backup(path, opened.context.folders.backups)
    before = path.read_bytes()
    action(opened, "Res&tore…")
    dialog = shown(opened, RestoreDialog, "restore", wait)
    press(dialog, "Restore to")
    choose(opened, path, wait)
    wait(lambda: problem(opened) is not None)
    box = problem(opened)
    assert box is not None
    assert "the session is open in this window" in box.informativeText()
    box.accept()
    assert path.read_bytes() == before


def test_without_backups_the_dialog_says_so(window: MainWindow, wait: Wait) -> None:
    action(window, "Res&tore…")
    dialog = shown(window, RestoreDialog, "restore", wait)
    assert "There are no backups yet." in [part.text() for part in dialog.findChildren(QLabel)]
    assert not dialog.restore.isEnabled()
    dialog.close()


def test_a_session_is_replaced_without_a_backup_only_when_the_user_says_so(
    opened: MainWindow, tmp_path: Path, wait: Wait
) -> None:
    wait(lambda: opened.context.jobs.is_idle)
    other, session = tmp_path / "other.gates", opened.context.session
    SessionFile.create(other, opened.context.folders.locks).close()
    before = other.read_bytes()
    folder = opened.context.folders.backups
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file in the place of the folder")
    session.save_as(other)
    box = shown(opened, QMessageBox, "withoutBackup", wait)
    assert "no backup could be made" in box.informativeText()
    assert other.read_bytes() == before
    press(box, "Cancel")
    assert other.read_bytes() == before
    session.save_as(other)
    press(shown(opened, QMessageBox, "withoutBackup", wait), "Replace without a backup")
    wait(lambda: session.path == other)
    with SessionFile.open(other, opened.context.folders.locks, read_only=True) as saved:
        assert len(saved.comparisons()) == 1
