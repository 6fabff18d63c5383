"""From gesture files to C that fits a board, by the mouse on a real window."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from dropping import drop
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.gui.pages.export import export_page
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.page import Page
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton
BUDGET_KIB = 32


def write_gestures(folder: Path) -> Path:
    """Folders of two gestures: an accelerometer's files of 40 steps."""
    generator = np.random.default_rng(3)
    time = np.linspace(0, 2 * np.pi, 40)
    for name, turns in (("circle", 1), ("shake", 5)):
        (folder / name).mkdir(parents=True)
        for number in range(40):
            phase = generator.uniform(0, 2 * np.pi)
            axes = [np.sin(turns * time + phase), np.cos(turns * time + phase), 0 * time]
            noisy = np.stack(axes, axis=1) + generator.normal(scale=0.3, size=(40, 3))
            np.savetxt(
                folder / name / f"{number:02}.csv", noisy, "%.4f", ",", header="x,y,z", comments=""
            )
    return folder


def shown(window: MainWindow, name: str) -> Page:
    QTest.mouseClick(window.side_bar._buttons[name], LEFT)
    page = window.pages[name]
    assert page.isVisible()
    return page


def type_into(box: object, text: str) -> None:
    field = box.lineEdit()  # type: ignore[attr-defined]
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_gestures_are_dropped_fitted_to_a_board_trained_and_taken_away_as_c_that_runs(
    window: MainWindow, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler cc")
    session = window.context.session
    drop(window, write_gestures(tmp_path / "gestures"))
    wait(window.tool_bar.train.isEnabled)

    models = shown(window, "models")
    assert isinstance(models, ModelsPage)
    for name, value in (("epochs", 6), ("seeds", 1), ("lr", 0.01), ("engine", "torch")):
        draft = window.context.draft
        part = "machine" if name == "engine" else "training"
        spec = draft.spec
        assert spec is not None
        inner = getattr(spec, part).model_copy(update={name: value})
        draft.edit(spec.model_copy(update={part: inner}), name)
    wait(lambda: window.context.planner.is_current and models.device.fit.isEnabled())
    models.device.profile.setCurrentIndex(models.device.profile.findData("cortex-m4f"))
    models.ensureWidgetVisible(models.device.memory.flash)
    for box in (models.device.memory.flash, models.device.memory.ram):
        type_into(box, str(BUDGET_KIB))
    QTest.mouseClick(models.device.fit, LEFT)
    told = models.device.told.text()
    assert "units, the most that fit" in told
    assert "with 32 KiB of flash and 32 KiB of RAM" in told
    wait(lambda: window.context.planner.is_current and window.tool_bar.train.isEnabled())
    QTest.mouseClick(window.tool_bar.train, LEFT)
    wait(lambda: session.history is not None and session.history.is_complete)
    wait(lambda: not session.is_training)
    assert session.history is not None
    gru, lstm = (contender.spec.hidden_size for contender in session.history.contenders)
    assert gru > lstm > 8

    export = shown(window, "export")
    assert isinstance(export, ExportPage)
    card = export.device
    for box in (card.memory.flash, card.memory.ram):
        type_into(box, str(BUDGET_KIB))
    wait(lambda: "32 KiB of flash, 32 KiB of RAM" in card.device.text())
    assert "GRU, float: fits" in card.verdicts.text()
    assert "LSTM, float: fits" in card.verdicts.text()

    monkeypatch.setattr(export_page, "ask_save_path", lambda *_: tmp_path / "board")
    QTest.mouseClick(export.cards["c"].button, LEFT)
    wait(lambda: not export.cards["c"].is_waiting)
    folder = tmp_path / "board"
    flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2"]
    subprocess.run(
        [compiler, *flags, "model.c", "model_test.c", "-o", "test"], cwd=folder, check=True
    )
    subprocess.run([folder / "test"], check=True, capture_output=True)
    size = shutil.which("size")
    if size is not None:
        subprocess.run([compiler, *flags, "-c", "model.c"], cwd=folder, check=True)
        told = subprocess.run(
            [size, "model.o"], cwd=folder, check=True, capture_output=True, text=True
        )
        text, data, bss, *_ = map(int, told.stdout.splitlines()[1].split()[:3])
        assert text + data <= BUDGET_KIB * 1024
        assert bss + data <= BUDGET_KIB * 1024
