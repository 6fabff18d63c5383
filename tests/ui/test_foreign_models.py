"""A model of another program on the page Gates."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from torch import nn

from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.shell.drops.drag_text import drag_text
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def model(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    torch.save(nn.ModuleDict({"body": nn.GRU(2, 5, 2)}).state_dict(), tmp_path / "theirs.pt")
    return tmp_path / "theirs.pt"


@pytest.fixture
def page(opened: MainWindow, wait: Wait, model: Path) -> GatesPage:
    """The page once the gates of the model are drawn."""
    page = opened.pages["gates"]
    assert isinstance(page, GatesPage)
    opened.resize(1440, 900)
    opened.show_page("gates")
    wait(lambda: "GRU" in page.body.columns and page.body.columns["GRU"].maps.shown is not None)
    opened.open_path(model)
    wait(lambda: "theirs" in page.body.columns)
    wait(lambda: page.body.columns["theirs"].maps.shown is not None and page.is_drawn)
    return page


def test_a_model_takes_the_place_of_the_contenders_until_it_is_closed(
    page: GatesPage, wait: Wait
) -> None:
    assert list(page.body.columns) == ["theirs"]
    words = page.foreign_row.words.text()
    assert "2 GRU layers of 5 units" in words
    assert "The head is not read" in words
    assert not page.studies.attribution.isVisibleTo(page)
    QTest.mouseClick(page.foreign_row.leave, LEFT)
    wait(lambda: list(page.body.columns) == ["GRU", "LSTM", "RNN"])
    wait(lambda: page.body.columns["GRU"].maps.shown is not None)
    assert not page.foreign_row.isVisibleTo(page)


def test_the_inspector_and_the_statistics_read_a_model(page: GatesPage, wait: Wait) -> None:
    page.body.columns["theirs"].maps.fixed.emit()
    wait(lambda: "theirs" in page.inspector.work.cells)
    course = page.inspector.work.cells["theirs"].course
    assert course.layers["l1"].gates["update"].shape[1] == 5
    page.body.free()
    QTest.mouseClick(page.studies.dataset.compute, LEFT)
    wait(lambda: page.studies.dataset.found is not None)
    assert list(page.studies.dataset.found.contenders) == ["theirs"]
    assert len(page.studies.dataset.distribution.curves) == 1


def test_a_drag_says_what_a_drop_of_a_model_does(model: Path) -> None:
    assert drag_text([model]).text == "Drop to see the gates of the model theirs.pt"
