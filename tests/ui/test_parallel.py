"""Runs on worker processes, chosen beside Train."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot
from running import small_spec
from windows import compared

from studio.gui.context.settings import Settings
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.gui.shell.runs.cluster_dialog import ClusterDialog
from studio.runs.workers.certificate import ClusterAddress, make_certificate

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
    QTest.keyClick(box, Qt.Key.Key_2)
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


def test_a_cluster_is_chosen_by_address_and_certificate_and_remembered(
    window: MainWindow, tmp_path: Path
) -> None:
    box = window.tool_bar.parallel
    box.setCurrentText("cluster…")
    box.activated.emit(box.currentIndex())
    dialog = window.findChild(ClusterDialog)
    assert dialog is not None
    dialog.address.setText("somewhere")
    press_ok(dialog)
    assert "is not the address of a cluster" in dialog.problem.text()
    dialog.address.setText("10.0.0.1:8786")
    dialog.certificate.setText(str(tmp_path / "cluster.pem"))
    press_ok(dialog)
    assert "the certificate cannot be read" in dialog.problem.text()
    make_certificate(tmp_path / "cluster.pem")
    press_ok(dialog)
    chosen = ClusterAddress("tls://10.0.0.1:8786", tmp_path / "cluster.pem")
    assert box.currentText() == "cluster 10.0.0.1:8786"
    assert window.context.session.parallel.wanted == chosen
    assert Settings(window.context.folders.config).parallel == chosen


def press_ok(dialog: ClusterDialog) -> None:
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()


@pytest.mark.parametrize("wanted", [None, "auto", 2])
def test_how_runs_are_trained_is_remembered(
    tmp_path: Path, wanted: int | Literal["auto"] | None
) -> None:
    settings = Settings(tmp_path)
    settings.parallel = wanted
    settings.save()
    assert Settings(tmp_path).parallel == wanted
