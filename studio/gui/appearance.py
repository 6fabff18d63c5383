"""Puts a theme in force on the whole application, following the system where asked to."""

import pyqtgraph
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from studio.gui.desk import Look
from studio.gui.settings import Settings, ThemeChoice
from studio.gui.theme import DARK, LIGHT, THEMES, Theme, palette, style_sheet


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
        theme = _theme(self._settings.theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)  # noqa: S101 - there is a window
        application.setPalette(palette(theme))
        application.setStyleSheet(style_sheet(theme))
        pyqtgraph.setConfigOptions(background=theme.card, foreground=theme.muted, antialias=True)
        self._look.use(theme)


def _theme(choice: ThemeChoice) -> Theme:
    if choice != "system":
        return THEMES[choice]
    scheme = QApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
