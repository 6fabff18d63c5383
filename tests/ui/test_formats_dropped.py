"""A file of each format is dropped on the window, and a comparison of it can be trained."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dropping import drop
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from small_files import FORMATS, Example
from windows import problem

from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


@pytest.mark.parametrize("example", FORMATS, ids=lambda example: example.write.__name__)
def test_what_is_dropped_is_named_counted_and_ready_to_train(
    window: MainWindow, wait: Wait, tmp_path: Path, example: Example
) -> None:
    data, models = window.pages["data"], window.pages["models"]
    assert isinstance(data, DataPage)
    assert isinstance(models, ModelsPage)
    planner = window.context.planner
    drop(window, example.write(tmp_path))
    wait(lambda: problem(window) is not None or (planner.is_current and planner.plan is not None))
    told = problem(window)
    assert told is None, told and told.informativeText()
    wait(lambda: data.dataset.isVisible() and "training" in data.dataset.task.counts.text())
    assert example.said in data.dataset.kind.text()
    assert data.state == "done"
    assert planner.plan is not None
    assert planner.plan.spec.task.kind == example.task
    QTest.mouseClick(data.dataset.next_button, Qt.MouseButton.LeftButton)
    wait(lambda: models.isVisible() and len(models.cards) == 2)
    assert models.train.isEnabled()
    assert window.tool_bar.train.isEnabled()
