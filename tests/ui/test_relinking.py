"""A session whose data has moved: reported, located, checked by its content."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from running import events_until_end, workspace
from windows import problem, series

from studio.core.specs.comparison_spec import ComparisonSpec, FileDataset, TrainingSpec
from studio.gui.shell.main_window import MainWindow
from studio.runs.planning.plan import make_plan

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def lost(tmp_path: Path) -> tuple[Path, Path]:
    """A session without a copy of its data, and where the data has moved to."""
    data = series(tmp_path / "waves.csv")
    spec = ComparisonSpec(
        dataset=FileDataset(path=str(data)), training=TrainingSpec(epochs=1, seeds=1)
    )
    session = tmp_path / "lost.gates"
    with workspace(session) as opened:
        plan = make_plan(spec)
        events = opened.subscribe()
        opened.start(plan, plan.record({}, embed=False))
        events_until_end(events)
    moved = tmp_path / "archive" / "renamed.csv"
    moved.parent.mkdir()
    data.rename(moved)
    return session, moved


def told_of_missing_data(window: MainWindow, session: Path, wait: Wait) -> QMessageBox:
    window.open_path(session)
    wait(lambda: window.findChild(QMessageBox, "missingData") is not None)
    box = window.findChild(QMessageBox, "missingData")
    assert box is not None
    return box


def choose(window: MainWindow, box: QMessageBox, path: Path, wait: Wait) -> None:
    find = next(push for push in box.findChildren(QPushButton) if push.text() == "Locate…")
    QTest.mouseClick(find, Qt.MouseButton.LeftButton)
    wait(lambda: window.findChild(QFileDialog, "findData") is not None)
    dialog = window.findChild(QFileDialog, "findData")
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_a_dataset_that_moved_is_found_again_and_can_be_trained_on(
    window: MainWindow, wait: Wait, lost: tuple[Path, Path]
) -> None:
    session, moved = lost
    box = told_of_missing_data(window, session, wait)
    assert "waves.csv is missing" in box.informativeText()
    choose(window, box, moved, wait)
    wait(lambda: window.context.planner.plan is not None)
    spec = window.context.draft.spec
    assert spec is not None
    assert isinstance(spec.dataset, FileDataset)
    assert spec.dataset.path == str(moved)


def test_a_file_with_other_content_is_refused_and_the_session_stays_as_it_was(
    window: MainWindow, wait: Wait, lost: tuple[Path, Path], tmp_path: Path
) -> None:
    session, _ = lost
    other = series(tmp_path / "other.csv", rows=200)
    choose(window, told_of_missing_data(window, session, wait), other, wait)
    wait(lambda: problem(window) is not None)
    box = problem(window)
    assert box is not None
    assert "differs from the waves.csv" in box.informativeText()
    assert window.context.planner.plan is None
