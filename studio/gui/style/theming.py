"""Dresses the whole application in a theme; light enough for the first moment of a start."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from studio.gui.style.theme import (
    DARK,
    FRAMED,
    LIGHT,
    THEMES,
    Theme,
    field_palette,
    palette,
    style_sheet,
)


def resolve_theme(choice: str) -> Theme:
    """The theme of a choice: "light", "dark", or "system" for what the system has."""
    if choice in THEMES:
        return THEMES[choice]
    scheme = QApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def apply_theme(theme: Theme) -> None:
    """Gives every widget, those still to come too, the colours of a theme."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101 - there is a window
    sheet = style_sheet(theme)
    if application.styleSheet() == sheet:
        return  # Qt would restyle every widget, which takes tenths of a second
    application.setStyleSheet("")  # from one sheet to another at once takes Qt five times as long
    application.setPalette(palette(theme))
    for kind in FRAMED:
        application.setPalette(field_palette(theme), kind)  # type: ignore[arg-type]  # takes str
    application.setStyleSheet(sheet)
