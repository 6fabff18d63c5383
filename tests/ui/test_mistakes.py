"""What happens where the program itself is wrong."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.main_window import MainWindow
from studio.gui.mistakes import Mistakes


@pytest.fixture
def mistakes(window: MainWindow) -> Iterator[Mistakes]:
    taking = Mistakes(window)
    yield taking
    taking.end()


def test_an_error_in_a_slot_is_logged_and_told_once_and_the_window_lives(
    window: MainWindow, mistakes: Mistakes, qtbot: QtBot, caplog: pytest.LogCaptureFixture
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
    assert "The program made an error" in told
    assert "Traceback" not in told
    assert caplog.text.count("Traceback") == 2
    boxes[0].accept()
    window.show_page("data")
    assert window.pages["data"].isVisible()
    caplog.clear()
    mistakes.end()
    assert sys.excepthook != mistakes._take
