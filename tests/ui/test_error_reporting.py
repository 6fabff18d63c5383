"""What happens where the program itself is wrong."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.app.error_reporting import ErrorReporting
from studio.gui.shell.main_window import MainWindow


class Opened(QObject):
    """Stands in for the system's program for files."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


@pytest.fixture
def reporting(window: MainWindow) -> Iterator[ErrorReporting]:
    installed = ErrorReporting(window)
    yield installed
    installed.end()


def test_an_error_in_a_slot_is_logged_and_shown_once_and_the_window_survives(
    window: MainWindow, reporting: ErrorReporting, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    button = QPushButton("wrong", window)
    button.clicked.connect(lambda: {}["missing"])
    button.clicked.connect(lambda: {}["missing too"])
    button.show()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "problem") is not None)
    boxes = window.findChildren(QMessageBox, "problem")
    assert len(boxes) == 1
    told = boxes[0].informativeText()
    assert "Internal error" in told
    assert "Traceback" not in told
    assert caplog.text.count("Traceback") == 2
    assert "gate-studio.log" in told
    [copy] = [push for push in boxes[0].buttons() if "Copy" in push.text()]
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert boxes[0].isVisible()
    assert "KeyError: 'missing'" in QApplication.clipboard().text()
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")
    [push] = [push for push in boxes[0].buttons() if "Open the log" in push.text()]
    QTest.mouseClick(push, Qt.MouseButton.LeftButton)
    QDesktopServices.unsetUrlHandler("file")
    assert [url.fileName() for url in opened.urls] == ["gate-studio.log"]
    assert boxes[0].isVisible()
    boxes[0].accept()
    window.show_page("data")
    assert window.pages["data"].isVisible()
    caplog.clear()
    reporting.end()
    assert sys.excepthook != reporting._take
