"""The menu bar and its shortcuts."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import THEME_CHOICES, Settings
from studio.gui.context.theme_choice import ThemeChooser
from studio.gui.pages.page import Page
from studio.gui.shell.commands import Commands
from studio.gui.shell.dialogs import about, show_keys
from studio.gui.shell.file_actions import FileActions
from studio.gui.shell.tool_bar import ToolBar


class Actions(Protocol):
    context: AppContext
    pages: Mapping[str, Page]
    tool_bar: ToolBar
    commands: Commands

    def show_page(self, name: str) -> None:
        """Brings a page to the front."""

    def open_path(self, path: Path) -> None:
        """Opens a dataset, an experiment or a session."""

    def open_model(self, path: Path) -> None:
        """Shows the gates of a model of another program."""

    def show_preferences(self) -> None:
        """Opens the dialog Preferences."""

    def show_backups(self) -> None:
        """Lists the backups of sessions, of which one can be restored."""

    def show_help(self) -> None:
        """Opens the guide at the chapter of the page that is shown."""

    def show_guide(self) -> None:
        """Opens the guide at its table of contents."""


def fill_menu_bar(
    window: QMainWindow,
    actions: Actions,
    choosing: FileActions,
    themes: ThemeChooser,
    settings: Settings,
) -> None:
    bar = window.menuBar()
    _fill_file(bar.addMenu("&File"), window, actions, choosing, settings)
    _fill_edit(bar.addMenu("&Edit"), actions)
    train, session = bar.addMenu("&Train"), actions.context.session
    _add(train, "&Train", actions.commands.train, "Ctrl+R")
    _add(train, "&Pause or resume", session.pause_or_resume, "Ctrl+P")
    _add(train, "&Stop", session.stop, "Ctrl+.")
    _fill_view(bar.addMenu("&View"), actions, themes, settings)
    help_menu = bar.addMenu("&Help")
    _add(help_menu, "&Help on this page", actions.show_help, "F1")
    _add(help_menu, "&User guide", actions.show_guide)
    _add(help_menu, "&Keyboard and mouse", lambda: show_keys(window), "Shift+F1")
    _add(help_menu, "&About Gate Studio", lambda: about(window, actions.context))


def _fill_file(
    menu: QMenu, window: QMainWindow, actions: Actions, choosing: FileActions, settings: Settings
) -> None:
    _add(menu, "&New session", choosing.new_session, "Ctrl+N")
    _add(menu, "&Open data or experiment…", choosing.data, "Ctrl+O")
    _add(menu, "Open a &folder of data…", choosing.folder)
    _add(menu, "Open &session…", choosing.session, "Ctrl+Shift+O")
    _add(menu, "Open a &model of another program…", partial(choosing.model, actions.open_model))
    recent = menu.addMenu("Open &recent")
    recent.aboutToShow.connect(lambda: _fill_recent(recent, actions, settings))
    menu.addSeparator()
    _add(menu, "&Save", choosing.save, "Ctrl+S")
    _add(menu, "Save &as…", choosing.save_as, "Ctrl+Shift+S")
    _add(menu, "Res&tore…", actions.show_backups)
    menu.addSeparator()
    _add(menu, "&Preferences…", actions.show_preferences, "Ctrl+,")
    _add(menu, "&Quit", lambda: window.window().close(), "Ctrl+Q")


def _fill_recent(menu: QMenu, actions: Actions, settings: Settings) -> None:
    menu.clear()
    for path in settings.recent_paths():
        _add(menu, str(path), partial(actions.open_path, path))
    if menu.isEmpty():
        menu.addAction("No recent files").setEnabled(False)


def _fill_edit(menu: QMenu, actions: Actions) -> None:
    stack = actions.context.draft.undo_stack

    def tell(done: str) -> None:
        """An edit may have been made on another page than the one that is shown."""
        index = stack.index() if done == "Undone" else stack.index() - 1
        actions.tool_bar.tell(f"{done}: {stack.text(index)}")

    for action, keys, done in (
        (stack.createUndoAction(menu, "&Undo"), "Ctrl+Z", "Undone"),
        (stack.createRedoAction(menu, "&Redo"), "Ctrl+Shift+Z", "Redone"),
    ):
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(partial(tell, done))
        menu.addAction(action)


def _fill_view(menu: QMenu, actions: Actions, themes: ThemeChooser, settings: Settings) -> None:
    for number, page in enumerate(actions.pages.values(), start=1):
        _add(menu, page.title, partial(actions.show_page, page.name), f"Ctrl+{number}")
    menu.addSeparator()
    choices = {
        theme: _add(menu, f"Theme: {theme}", partial(themes.choose, theme))
        for theme in THEME_CHOICES
    }
    for action in choices.values():
        action.setCheckable(True)

    def mark() -> None:
        for theme, action in choices.items():
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
