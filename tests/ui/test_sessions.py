"""Sessions that come and go while something is read, trained or measured."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history

from studio.core.errors import SessionError
from studio.gui.main_window import MainWindow
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.train_page import TrainPage
from studio.runs.claims.registry import find_claims
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]


def train(window: MainWindow, wait: Wait, *, epochs: int) -> None:
    planner = window.desk.planner
    planner.open(small_spec(epochs=epochs, seeds=1))
    wait(lambda: planner.plan is not None and planner.plan.spec.training.epochs == epochs)
    wait(window.tool_bar.train.isEnabled)
    QTest.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    work = window.desk.work  # a short training may be over before anybody looks
    wait(lambda: work.history is not None and work.history.spec.training.epochs == epochs)


def test_nothing_trains_in_a_session_that_is_being_left(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "s.gates"
    whole_history(path, small_spec(epochs=1, seeds=1))
    train(window, wait, epochs=100_000)
    work = window.desk.work
    work.stop()
    wait(lambda: not work.is_training and window.desk.waiting.is_idle)
    released = threading.Event()
    window.desk.waiting.loader.submit(released.wait)
    window.open_path(path)
    assert not window.tool_bar.train.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    work.resume()
    released.set()
    wait(lambda: work.path == path and not work.is_starting)
    assert not work.is_training
    assert work.workspace is not None
    assert len(work.workspace.ask(SessionFile.comparisons).result(timeout=20)) == 1


def test_nothing_trains_while_a_claim_is_measured_and_it_is_said_why(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.desk.waiting.is_idle)
    opened.desk.claims.start(find_claims(["C1"]))
    opened.desk.work.add_seeds(4)
    assert not opened.desk.work.is_starting
    box = opened.findChild(QMessageBox, "problem")
    assert box is not None
    assert "a claim is being measured" in box.informativeText()
    wait(lambda: not opened.desk.claims.is_running)


def test_work_without_a_name_is_closed_under_one_with_all_that_was_trained(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=100_000)
    work = window.desk.work
    wait(lambda: work.progress is not None and work.progress.share > 0)
    old, new = work.path, tmp_path / "named.gates"
    assert old is not None
    work.close_as(new)
    assert not old.exists()
    with SessionFile.open(new, tmp_path / "locks") as session:
        history = session.history(1)
    assert {run.status for each in history.contenders for run in each.runs} == {"stopped"}


def test_work_that_is_closed_under_its_own_name_is_not_lost(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=1)
    work = window.desk.work
    wait(lambda: not work.is_training)
    path = work.path
    assert path is not None
    work.close_as(path)
    with SessionFile.open(path, tmp_path / "locks") as session:
        assert session.history(1).is_complete


def test_work_that_cannot_be_given_a_name_stays_open(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=1)
    work = window.desk.work
    wait(lambda: not work.is_training)
    with pytest.raises(SessionError):
        work.close_as(tmp_path / "missing" / "named.gates")
    assert work.path is not None
    assert work.path.exists()
    assert work.workspace is not None


def test_minutes_given_to_one_comparison_never_end_another(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    wait(lambda: opened.desk.waiting.is_idle)
    work = opened.desk.work
    opened.desk.deciding.begin(minutes=0.05)

    def is_stopped() -> bool:
        """Whatever look was under way."""
        work.stop()
        return not (work.is_training or work.is_starting or opened.desk.deciding._timer.isActive())

    wait(is_stopped)
    wait(lambda: opened.desk.waiting.is_idle)
    train(opened, wait, epochs=100_000)
    qtbot.wait(4_000)
    assert work.is_training


def test_when_the_minutes_are_over_what_adds_seeds_is_stopped_and_can_go_on(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.desk.waiting.is_idle)
    work = opened.desk.work
    opened.desk.deciding.begin(minutes=0.001)
    wait(lambda: work.progress is not None and work.progress.ended is not None)
    assert work.history is not None
    wait(lambda: not work.is_training and work.history is not None)
    assert work.history.spec.training.seeds == 3
    assert opened.tool_bar.train.text() in {"Go on", "Train again"}


def test_results_of_other_data_than_what_is_on_the_desk_are_called_so(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.desk.planner.dataset is not None)
    opened.show_page("compare")
    notice = opened.other_data.notice
    assert not notice.isVisible()
    opened.opener.open_generated("delayed-recall")
    wait(lambda: opened.desk.planner.dataset is not None and opened.desk.waiting.is_idle)
    assert not notice.isVisible()  # the page Data came to the front
    for page in ("train", "gates", "compare", "export"):
        opened.show_page(page)
        assert notice.isVisible()
        assert "These are results of adding. delayed-recall" in notice.text()
    opened.show_page("models")
    assert not notice.isVisible()
    train(opened, wait, epochs=100_000)
    opened.show_page("compare")
    assert not notice.isVisible()


def test_a_new_session_keeps_data_and_settings_and_nothing_of_the_old_results(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    desk, work = opened.desk, opened.desk.work
    wait(lambda: desk.planner.plan is not None and desk.waiting.is_idle)
    spec, old = desk.draft.spec, work.path
    for name in ("train", "gates", "compare", "export"):
        opened.show_page(name)
        wait(lambda: desk.waiting.is_idle)
    QTest.keyClick(opened, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: work.workspace is None and desk.waiting.is_idle)
    assert desk.draft.spec == spec
    compare, train_page = opened.pages["compare"], opened.pages["train"]
    assert isinstance(compare, ComparePage)
    assert isinstance(train_page, TrainPage)
    for name in ("train", "gates", "compare", "export"):
        opened.show_page(name)
        wait(lambda: desk.waiting.is_idle)
    assert compare.results is None
    assert "Nothing was trained yet" in compare.empty.text.text()
    assert opened.tool_bar.train.text() == "Train"
    assert not opened.tool_bar.comparisons.isVisible()
    with SessionFile.open(tmp_path / "copy.gates", tmp_path / "locks") as session:
        assert not session.read_only  # it was closed
    QTest.mouseClick(opened.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: work.history is not None and work.history.is_complete)
    assert work.path != old
    assert work.is_untitled
    assert len(work.comparisons) == 1


def test_there_is_no_new_session_while_something_trains(window: MainWindow, wait: Wait) -> None:
    train(window, wait, epochs=100_000)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    assert "Stop it first" in box.informativeText()
    assert window.desk.work.is_training
