"""Runs on worker processes, chosen beside Train."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from running import small_spec
from windows import compared

from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def ended(window: MainWindow) -> bool:
    history = window.context.session.history
    if window.context.session.is_training or history is None or not history.is_complete:
        return False
    return all(run.timings for contender in history.contenders for run in contender.runs)


def test_runs_are_trained_on_workers_and_timed_in_turns_afterwards(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    spec = small_spec(epochs=3, seeds=2)
    by_torch = spec.machine.model_copy(update={"engine": "torch"})  # no kernels to compile
    window.context.planner.open(OpenData(spec.model_copy(update={"machine": by_torch})))
    wait(lambda: window.context.planner.plan is not None)
    box = window.tool_bar.parallel
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_End)
    assert box.currentText().endswith("workers")
    box.activated.emit(box.currentIndex())
    told: list[str] = []
    window.context.session.parallel.told.connect(told.append)
    qtbot.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ended(window), timeout=90_000)
    assert told
    assert told[0].startswith("Runs are trained on ")
    history = window.context.session.history
    assert history is not None
    runs = [run for contender in history.contenders for run in contender.runs]
    assert all("on a worker" in run.execution.note for run in runs if run.execution)
    page = compared(window, wait)
    assert page.table.rowCount() >= 2


@pytest.mark.parametrize("choice", ["in turns", "parallel, if faster"])
def test_the_choice_is_read_out_and_kept_until_the_next_training(
    window: MainWindow, choice: str
) -> None:
    box = window.tool_bar.parallel
    box.setCurrentText(choice)
    box.activated.emit(box.currentIndex())
    assert box.accessibleName() == "How runs are trained"
    assert window.context.session.parallel.wanted == (None if choice == "in turns" else "auto")
