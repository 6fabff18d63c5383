"""The menu bar and its shortcuts."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from studio.gui.appearance import Appearance
from studio.gui.choosing import Choosing
from studio.gui.dialogs import about, show_keys
from studio.gui.settings import THEME_CHOICES, Settings

if TYPE_CHECKING:
    from studio.gui.main_window import MainWindow


def fill_menu_bar(
    bar: QMenuBar,
    window: "MainWindow",
    choosing: Choosing,
    appearance: Appearance,
    settings: Settings,
) -> None:
    """Makes all menus of the window."""
    _fill_file(bar.addMenu("&File"), window, choosing, settings)
    _fill_edit(bar.addMenu("&Edit"), window)
    train, work = bar.addMenu("&Train"), window.desk.work
    _add(train, "&Train", window.tool_bar.start, "Ctrl+R")
    _add(train, "&Pause or go on", work.pause_or_proceed, "Ctrl+P")
    _add(train, "&Stop", work.stop, "Ctrl+.")
    _fill_view(bar.addMenu("&View"), window, appearance, settings)
    help_menu = bar.addMenu("&Help")
    _add(help_menu, "&Keyboard and mouse", lambda: show_keys(window), "F1")
    _add(help_menu, "&About Gate Studio", lambda: about(window, window.desk))


def _fill_file(menu: QMenu, window: "MainWindow", choosing: Choosing, settings: Settings) -> None:
    _add(menu, "&New session", choosing.new_session, "Ctrl+N")
    _add(menu, "&Open data or experiment…", choosing.data, "Ctrl+O")
    _add(menu, "Open a &folder of data…", choosing.folder)
    _add(menu, "Open &session…", choosing.session, "Ctrl+Shift+O")
    recent = menu.addMenu("Open &recent")
    recent.aboutToShow.connect(lambda: _fill_recent(recent, window, settings))
    menu.addSeparator()
    _add(menu, "Save &as…", choosing.save_as, "Ctrl+Shift+S")
    menu.addSeparator()
    _add(menu, "&Preferences…", window.show_preferences, "Ctrl+,")
    _add(menu, "&Quit", lambda: window.window().close(), "Ctrl+Q")


def _fill_recent(menu: QMenu, window: "MainWindow", settings: Settings) -> None:
    menu.clear()
    for path in settings.recent_paths():
        _add(menu, str(path), partial(window.open_path, path))
    if menu.isEmpty():
        menu.addAction("nothing yet").setEnabled(False)


def _fill_edit(menu: QMenu, window: "MainWindow") -> None:
    stack = window.desk.draft.undo_stack

    def tell(done: str) -> None:
        """An edit may have been made on another page than the one that is shown."""
        at = stack.index() if done == "Undone" else stack.index() - 1
        window.tool_bar.tell(f"{done}: {stack.text(at)}")

    for action, keys, done in (
        (stack.createUndoAction(window, "&Undo"), "Ctrl+Z", "Undone"),
        (stack.createRedoAction(window, "&Redo"), "Ctrl+Shift+Z", "Done again"),
    ):
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(partial(tell, done))
        menu.addAction(action)


def _fill_view(
    menu: QMenu, window: "MainWindow", appearance: Appearance, settings: Settings
) -> None:
    for number, page in enumerate(window.pages.values(), start=1):
        _add(menu, page.title, partial(window.show_page, page.name), f"Ctrl+{number}")
    menu.addSeparator()
    themes = {
        theme: _add(menu, f"Theme: {theme}", partial(appearance.choose, theme))
        for theme in THEME_CHOICES
    }
    for action in themes.values():
        action.setCheckable(True)

    def mark() -> None:
        for theme, action in themes.items():
            action.setChecked(theme == settings.theme)

    menu.aboutToShow.connect(mark)


def _add(menu: QMenu, text: str, do: Callable[[], object], keys: str = "") -> QAction:
    action = QAction(text, menu.window())
    action.triggered.connect(lambda _: do())
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    menu.addAction(action)
    return action
