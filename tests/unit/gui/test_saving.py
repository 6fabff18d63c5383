"""Pictures and data of a plot as files, by its own menu and dialog."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from studio.gui.plots import saving
from studio.gui.plots.plot import Plot, PlotCurve
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    made = Plot(Appearance(), "GRU: loss/epoch", "epoch", "loss")
    qtbot.addWidget(made)
    made.resize(300, 200)
    x = np.array([1.0, 2.0])
    made.show_curves([PlotCurve("GRU", x, x, Stroke("#ff0000", SOLID, "o"))])
    with qtbot.waitExposed(made):
        made.show()
    return made


def choose(plot: Plot, action: str, fill: Callable[[QFileDialog], None]) -> None:
    """Chooses in the menu, then fills the dialog that is shown, and accepts it."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        fill(dialog)
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        QTest.keyClick(edit, Qt.Key.Key_Return)

    QTimer.singleShot(200, answer)
    next(each for each in plot.actions() if each.text() == action).trigger()


def write(dialog: QFileDialog, name: Path) -> None:
    edit = dialog.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(edit, QLineEdit)
    edit.setText(str(name))


def test_a_name_without_an_ending_gets_that_of_the_chosen_kind(plot: Plot, tmp_path: Path) -> None:
    choose(plot, "Save picture…", lambda dialog: write(dialog, tmp_path / "loss"))
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")

    def as_svg(dialog: QFileDialog) -> None:
        kinds = dialog.findChild(QComboBox, "fileTypeCombo")
        assert isinstance(kinds, QComboBox)
        kinds.setFocus()
        QTest.keyClick(kinds, Qt.Key.Key_Down)
        write(dialog, tmp_path / "loss")

    choose(plot, "Save picture…", as_svg)
    assert b"<svg" in (tmp_path / "loss.svg").read_bytes()
    choose(plot, "Save data as CSV…", lambda dialog: write(dialog, tmp_path / "data.2026"))
    assert (tmp_path / "data.2026.csv").read_text(encoding="utf-8").startswith("curve,epoch,loss")


def test_the_suggested_name_is_one_that_every_system_can_have(plot: Plot, tmp_path: Path) -> None:
    names: list[str] = []

    def note(dialog: QFileDialog) -> None:
        edit = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(edit, QLineEdit)
        names.append(Path(edit.text()).name)
        write(dialog, tmp_path / "other")

    choose(plot, "Save picture…", note)
    assert names == ["GRU- loss-epoch.png"]


@pytest.mark.parametrize("action", ["Save picture…", "Save data as CSV…"])
def test_an_unwritable_place_is_reported(
    plot: Plot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    # a folder that vanishes while the dialog is open
    monkeypatch.setattr(saving, "ask_plot_path", lambda *_: tmp_path / "gone" / "loss.png")
    next(each for each in plot.actions() if each.text() == action).trigger()
    box = plot.findChild(QMessageBox, "problem")
    assert isinstance(box, QMessageBox)
    assert "cannot be written: No such file or directory" in box.informativeText()
    assert "Choose another folder" in box.informativeText()
