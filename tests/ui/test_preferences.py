import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from windows import series

from studio.gui.context.settings import Settings
from studio.gui.shell.main_window import MainWindow
from studio.gui.shell.preferences import Preferences
from studio.gui.style.theme import DARK
from studio.paths import Folders

Wait = Callable[[Callable[[], bool]], None]


def opened_preferences(window: MainWindow) -> Preferences:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(Preferences, "preferences")
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def test_a_theme_chosen_in_the_preferences_is_in_force_at_once_and_at_the_next_start(
    window: MainWindow, folders: Folders
) -> None:
    dialog = opened_preferences(window)
    dark = next(push for push in dialog.findChildren(QPushButton) if push.text() == "Dark")
    QTest.mouseClick(dark, Qt.MouseButton.LeftButton)
    assert window.context.appearance.theme is DARK
    assert Settings(folders.config).theme == "dark"


def test_data_opened_after_a_change_of_threads_is_planned_with_them(
    window: MainWindow, wait: Wait, tmp_path: Path, folders: Folders
) -> None:
    dialog = opened_preferences(window)
    field = dialog.machine.editor("threads").field
    field.setFocus()
    QTest.keyClicks(field, "1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert Settings(folders.config).machine.threads == 1
    window.open_path(series(tmp_path / "waves.csv"))
    wait(lambda: window.context.planner.plan is not None)
    spec = window.context.draft.spec
    assert spec is not None
    assert spec.machine.threads == 1


def test_a_damaged_settings_file_gives_the_defaults(folders: Folders) -> None:
    folders.config.mkdir(parents=True)
    wrong = (
        '{"theme": 7, "window_size": ["a", -2], "recent": [3, "/x"], "machine": {"threads": -4}}'
    )
    (folders.config / "window.json").write_text(wrong, encoding="utf-8")
    settings = Settings(folders.config)
    assert settings.theme == "system"
    assert settings.window_size == (1440, 900)
    assert settings.recent_paths() == []
    assert settings.machine.threads is None


def keep_something(folders: Folders) -> Path:
    entry = folders.datasets / "kept"
    entry.mkdir(parents=True)
    (entry / "values.npy").write_bytes(bytes(1_500_000))
    return entry


def test_the_cache_of_data_files_can_be_cleared(
    window: MainWindow, folders: Folders, wait: Wait
) -> None:
    entry = keep_something(folders)
    dialog = opened_preferences(window)
    wait(lambda: "1.50 MB" in dialog.cached.text())
    QTest.mouseClick(dialog.clear_cache, Qt.MouseButton.LeftButton)
    wait(lambda: "0 bytes" in dialog.cached.text())
    assert not entry.exists()
    assert not dialog.clear_cache.isEnabled()


def test_files_are_counted_and_removed_while_the_window_lives(
    window: MainWindow, folders: Folders, wait: Wait
) -> None:
    entry = keep_something(folders)
    is_free = threading.Event()
    window.context.jobs.load("Something long", is_free.wait, lambda _: None)
    dialog = opened_preferences(window)
    assert "calculating" in dialog.cached.text()
    assert not dialog.clear_cache.isEnabled()
    is_free.set()
    wait(dialog.clear_cache.isEnabled)
    is_free.clear()
    window.context.jobs.load("Something long", is_free.wait, lambda _: None)
    QTest.mouseClick(dialog.clear_cache, Qt.MouseButton.LeftButton)
    assert "clearing" in dialog.cached.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)  # what is under way has nobody to tell
    is_free.set()
    wait(lambda: window.context.jobs.is_idle)
    assert not entry.exists()


def test_every_folder_can_be_read_whole(window: MainWindow, wait: Wait) -> None:
    dialog = opened_preferences(window)
    texts = [text_label for text_label in dialog.findChildren(QLabel) if text_label.wordWrap()]
    assert any("untitled" in text.text() for text in texts)
    wait(lambda: all(text.height() >= text.heightForWidth(text.width()) for text in texts))


def test_buttons_of_dialogs_have_no_icons_of_another_theme(window: MainWindow) -> None:
    dialog = opened_preferences(window)
    close = next(push for push in dialog.findChildren(QPushButton) if "Close" in push.text())
    assert close.icon().isNull()
