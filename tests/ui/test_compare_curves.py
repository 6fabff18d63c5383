"""Curves on the page Compare, and those of other sessions beside them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from running import small_spec, whole_history
from windows import compared

from studio.core.specs.comparison_spec import ComparisonSpec, GeneratedDataset, TaskSpec
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def test_curves_of_another_session_are_drawn_beside_these(
    opened: MainWindow, wait: Wait, trained: Path
) -> None:
    page = compared(opened, wait)
    page.overlays.add(trained)
    wait(lambda: len(page.curves.plot.curves) == 6)
    names = [curve.name for curve in page.curves.plot.curves]
    assert names == ["GRU", "LSTM", "RNN", "GRU, trained", "LSTM, trained", "RNN, trained"]
    QTest.mouseClick(page.curves.clear, Qt.MouseButton.LeftButton)
    assert len(page.curves.plot.curves) == 3


def test_a_session_with_another_loss_is_refused_with_the_reason(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    spec = small_spec(epochs=1, seeds=1)
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    other = spec.model_copy(update={"dataset": data, "task": TaskSpec()})
    whole_history(tmp_path / "other.gates", other)
    page = compared(opened, wait)
    page.overlays.add(tmp_path / "other.gates")
    wait(lambda: opened.findChild(QMessageBox, "problem") is not None)
    box = opened.findChild(QMessageBox, "problem")
    assert box is not None
    assert "trained with another loss: cross-entropy, not mse" in box.informativeText()
    assert len(page.curves.plot.curves) == 3


def with_size(spec: ComparisonSpec, examples: int) -> ComparisonSpec:
    data = spec.dataset
    assert isinstance(data, GeneratedDataset)
    parameters = {**data.parameters, "examples": examples}
    return spec.model_copy(update={"dataset": data.model_copy(update={"parameters": parameters})})


def test_curves_of_another_session_count_their_own_training_examples(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    small = whole_history(tmp_path / "small.gates", with_size(small_spec(epochs=2, seeds=1), 60))
    page = compared(opened, wait)
    page.overlays.add(tmp_path / "small.gates")
    wait(lambda: len(page.curves.plot.curves) == 5)
    button = next(
        x_axi
        for x_axi in page.curves.x_axis.findChildren(QPushButton)
        if x_axi.text() == "examples"
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    history = opened.context.session.history
    assert history is not None
    ends = {curve.name: curve.x[-1] for curve in page.curves.plot.curves}
    assert ends["GRU"] == 3 * history.part_sizes["training"]
    assert ends["GRU, small"] == 2 * small.part_sizes["training"] != ends["GRU"]


def test_curves_of_another_session_go_when_a_comparison_with_another_loss_is_shown(
    opened: MainWindow, wait: Wait, trained: Path
) -> None:
    page = compared(opened, wait)
    page.overlays.add(trained)
    wait(lambda: len(page.curves.plot.curves) == 6)
    data = GeneratedDataset(generator="delayed-recall", parameters={"delay": 5, "examples": 60})
    spec = small_spec(epochs=1, seeds=1).model_copy(update={"dataset": data, "task": TaskSpec()})
    planner = opened.context.planner
    wait(lambda: opened.context.jobs.is_idle)
    planner.open(OpenData(spec))
    wait(lambda: planner.plan is not None and planner.plan.spec.dataset.generator == data.generator)
    wait(opened.tool_bar.train.isEnabled)
    QTest.keyClick(opened, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: opened.context.session.comparison != 1)
    opened.show_page("compare")
    wait(lambda: [curve.name for curve in page.curves.plot.curves] == ["GRU", "LSTM"])
    assert not page.curves.clear.isVisible()
    wait(lambda: not opened.context.session.is_training)


def test_smoothed_curves_keep_the_raw_values_visible(opened: MainWindow, wait: Wait) -> None:
    curves = compared(opened, wait).curves
    raw = [curve.y.tolist() for curve in curves.plot.curves]
    curves.smooth.click()
    behind = [row for row in curves.plot.table() if ", run 1" in row[0]]
    assert [float(row[2]) for row in behind] == pytest.approx([y for line in raw for y in line])
