"""Texts of users and files, which Qt would otherwise read as HTML or as marks of keys."""

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as QtGuiNames
from PySide6.QtWidgets import QLabel, QMessageBox


def plain_tip(text: str) -> str:
    """A tooltip that Qt shows as it is written; Qt reads what looks like HTML as HTML."""
    return html.escape(text) if QtGuiNames.mightBeRichText(text) else text


def plain_label(text: str = "") -> QLabel:
    """A label that shows its text as it is written; an ampersand marks the key of its buddy."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def without_key(text: str) -> str:
    """A text in which an ampersand is one, for buttons, menus and tabs."""
    return text.replace("&", "&&")


def make_plain(box: QMessageBox) -> None:
    """Shows the texts of a message as they are written; called once they are set."""
    box.setTextFormat(Qt.TextFormat.PlainText)
    for text in box.findChildren(QLabel):
        text.setTextFormat(Qt.TextFormat.PlainText)
