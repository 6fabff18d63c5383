"""Puts a theme in force on the whole application, following the system where asked to."""

import pyqtgraph
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio.gui.desk import Look
from studio.gui.dressing import dress, theme_of
from studio.gui.settings import Settings, ThemeChoice


class Appearance(QObject):
    """The theme as the user chose it."""

    def __init__(self, look: Look, settings: Settings) -> None:
        super().__init__(look)
        self._look = look
        self._settings = settings
        QApplication.styleHints().colorSchemeChanged.connect(lambda _: self.apply())

    def choose(self, choice: ThemeChoice) -> None:
        """Light, dark, or as the system says; remembered."""
        self._settings.theme = choice
        self._settings.save()
        self.apply()

    def apply(self) -> None:
        """Puts the chosen theme in force."""
        theme = theme_of(self._settings.theme)
        dress(theme)
        pyqtgraph.setConfigOptions(background=theme.card, foreground=theme.muted, antialias=True)
        self._look.use(theme)
