from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from windows import series

from studio.gui.main_window import MainWindow
from studio.gui.preferences import Preferences
from studio.gui.settings import Settings
from studio.gui.theme import DARK
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
    assert window.desk.look.theme is DARK
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
    wait(lambda: window.desk.planner.plan is not None)
    spec = window.desk.draft.spec
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


def test_what_is_kept_of_data_files_can_be_cleared(window: MainWindow, folders: Folders) -> None:
    entry = folders.datasets / "kept"
    entry.mkdir(parents=True)
    (entry / "values.npy").write_bytes(bytes(1_500_000))
    dialog = opened_preferences(window)
    assert "1.50 MB" in dialog.cached.text()
    QTest.mouseClick(dialog.clear_cache, Qt.MouseButton.LeftButton)
    assert "0 bytes" in dialog.cached.text()
    assert not entry.exists()
    assert not dialog.clear_cache.isEnabled()
