"""Puts a theme in force on the whole application, following the system where asked to."""

import pyqtgraph
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio.gui.context.settings import Settings, ThemeChoice
from studio.gui.style.appearance import Appearance
from studio.gui.style.theming import apply_theme, resolve_theme


class ThemeChooser(QObject):
    def __init__(self, appearance: Appearance, settings: Settings) -> None:
        super().__init__(appearance)
        self._appearance = appearance
        self._settings = settings
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self.apply())

    def choose(self, choice: ThemeChoice) -> None:
        """Light, dark, or as the system says; remembered."""
        self._settings.theme = choice
        self._settings.save()
        self.apply()

    def apply(self) -> None:
        theme = resolve_theme(self._settings.theme)
        apply_theme(theme)
        pyqtgraph.setConfigOptions(background=theme.card, foreground=theme.muted, antialias=True)
        self._appearance.use(theme)
