"""Numbers at each step in the window: chosen, trained, compared with the truth and looked into."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from running import small_spec
from windows import compared

from studio.core.results.metrics import has_target
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.data.view.dataset_text import part_spans
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def write_cell(path: Path, steps: int = 400) -> Path:
    rng = np.random.default_rng(0)
    current = rng.normal(size=steps)
    charge = 50 + np.cumsum(current)
    rows = zip(current, 3 + charge / 50, charge, strict=True)
    lines = "\n".join(",".join(f"{value:.4f}" for value in row) for row in rows)
    path.write_text(f"current,voltage,charge\n{lines}\n")
    return path


def test_task_and_washout_are_chosen_on_the_page_data(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    window.open_path(write_cell(tmp_path / "cell.csv"))
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    wait(lambda: window.context.planner.plan is not None)
    form = page.dataset.task.form
    assert not form.editor("washout").isVisible()
    kind = form.editor("kind").field
    assert isinstance(kind, QComboBox)
    kind.setFocus()
    for letter in "number":
        QTest.keyClick(kind, letter)
    wait(form.editor("washout").isVisible)
    assert form.editor("past_target").isVisible()
    wait(lambda: "a number is predicted at every step" in page.dataset.task.meaning.text())
    plan = window.context.planner.plan
    assert plan is not None
    assert plan.spec.task.kind == "track"
    assert plan.spec.task.target == ("charge",)
    assert part_spans(plan.task) == {
        "training": (0, 280), "validation": (280, 320), "test": (320, 400)
    }  # fmt: skip


def test_predictions_are_drawn_over_the_truth_in_time_and_gates_are_shown(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    data = FileDataset(path=str(write_cell(tmp_path / "cell.csv")))
    task = TaskSpec(kind="track", target=("charge",), window=40, washout=10, past_target=True)
    spec = small_spec(epochs=2, seeds=1).model_copy(update={"dataset": data, "task": task})
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.is_current and window.tool_bar.train.isEnabled())
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    page = compared(window, wait)
    wait(lambda: bool(page.results) and not window.context.session.is_training)
    wait(lambda: page.predictions.seed.count() == 1 and len(page.predictions.values.table()) > 1)
    history = window.context.session.history
    assert history is not None
    rows = [row for row in page.predictions.values.table()[1:] if row[0] == "truth"]
    scored = has_target(history.test_truth)
    assert len(rows) == scored.sum()
    window.show_page("gates")
    gates = window.pages["gates"]
    assert isinstance(gates, GatesPage)
    wait(gates.body.isVisible)
