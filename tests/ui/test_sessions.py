"""Sessions that come and go while something is read, trained or measured."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history
from windows import problem, series

from studio.claims.registry import find_claims
from studio.core.errors import SessionError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.gates.view.gates import Cursor
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders, experiments
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]


def train(window: MainWindow, wait: Wait, *, epochs: int) -> None:
    planner = window.context.planner
    planner.open(OpenData(small_spec(epochs=epochs, seeds=1)))
    wait(lambda: planner.plan is not None and planner.plan.spec.training.epochs == epochs)
    wait(window.tool_bar.train.isEnabled)
    QTest.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    session = window.context.session  # a short training may be over before anybody looks
    wait(lambda: session.history is not None and session.history.spec.training.epochs == epochs)


def test_nothing_trains_in_a_session_that_is_being_left(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "s.gates"
    whole_history(path, small_spec(epochs=1, seeds=1))
    train(window, wait, epochs=100_000)
    session = window.context.session
    session.stop()
    wait(lambda: not session.is_training and window.context.jobs.is_idle)
    released = threading.Event()
    window.context.jobs.loader.submit(released.wait)
    window.open_path(path)
    assert not window.tool_bar.train.isEnabled()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    session.resume()
    released.set()
    wait(lambda: session.path == path and not session.is_starting)
    assert not session.is_training
    assert session.workspace is not None
    assert len(session.workspace.ask(SessionFile.comparisons).result(timeout=20)) == 1


def test_nothing_trains_while_a_claim_is_measured_and_the_reason_is_shown(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.context.jobs.is_idle)
    opened.context.claims.start(find_claims(["C1"]))
    opened.context.session.add_seeds(4)
    assert not opened.context.session.is_starting
    box = opened.findChild(QMessageBox, "problem")
    assert box is not None
    assert "a claim is being measured" in box.informativeText()
    wait(lambda: not opened.context.claims.is_running)


def test_an_unnamed_session_is_closed_under_a_name_with_all_that_was_trained(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=100_000)
    session = window.context.session
    wait(lambda: session.progress is not None and session.progress.share > 0)
    old, new = session.path, tmp_path / "named.gates"
    assert old is not None
    session.close_as(new)
    assert not old.exists()
    with SessionFile.open(new, tmp_path / "locks") as session:
        history = session.history(1)
    assert {run.status for contender in history.contenders for run in contender.runs} == {"stopped"}


def test_a_session_closed_under_its_own_name_is_not_lost(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=1)
    session = window.context.session
    wait(lambda: not session.is_training)
    path = session.path
    assert path is not None
    session.close_as(path)
    with SessionFile.open(path, tmp_path / "locks") as session:
        assert session.history(1).is_complete


def test_a_session_that_cannot_be_saved_stays_open(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    train(window, wait, epochs=1)
    session = window.context.session
    wait(lambda: not session.is_training)
    with pytest.raises(SessionError):
        session.close_as(tmp_path / "missing" / "named.gates")
    assert session.path is not None
    assert session.path.exists()
    assert session.workspace is not None


def test_minutes_given_to_one_comparison_never_end_another(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    wait(lambda: opened.context.jobs.is_idle)
    session = opened.context.session
    opened.context.follow_up.add_seeds(minutes=0.05)

    def is_stopped() -> bool:
        """Whatever look was under way."""
        session.stop()
        return not (
            session.is_training or session.is_starting or opened.context.follow_up._timer.isActive()
        )

    wait(is_stopped)
    wait(lambda: opened.context.jobs.is_idle)
    train(opened, wait, epochs=100_000)
    qtbot.wait(4_000)
    assert session.is_training


@pytest.mark.parametrize("minutes", [0, 0.001, 0.002])
def test_when_the_minutes_are_over_what_adds_seeds_is_stopped_and_can_go_on(
    opened: MainWindow, wait: Wait, minutes: float
) -> None:
    wait(lambda: opened.context.jobs.is_idle)
    session = opened.context.session
    opened.context.follow_up.add_seeds(minutes)
    wait(lambda: session.progress is not None and session.progress.ended is not None)
    wait(lambda: not session.is_busy and opened.context.jobs.is_idle)
    assert session.history is not None
    assert session.history.spec.training.seeds == 3
    assert opened.tool_bar.train.text() in {"Resume", "Train again"}


def test_results_of_another_dataset_than_the_open_one_are_marked(
    opened: MainWindow, wait: Wait
) -> None:
    wait(lambda: opened.context.planner.dataset is not None)
    opened.show_page("compare")
    notice = opened.other_data.notice
    assert not notice.isVisible()
    opened.commands.open_generated("delayed-recall")
    wait(lambda: opened.context.planner.dataset is not None and opened.context.jobs.is_idle)
    assert not notice.isVisible()  # the page Data came to the front
    for page in ("train", "gates", "compare", "export"):
        opened.show_page(page)
        assert notice.isVisible()
        assert "These are the results for adding. delayed-recall" in notice.text()
    opened.show_page("models")
    assert not notice.isVisible()
    train(opened, wait, epochs=100_000)
    opened.show_page("compare")
    assert not notice.isVisible()


def test_a_new_session_keeps_data_and_settings_and_nothing_of_the_old_results(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    context, session = opened.context, opened.context.session
    wait(lambda: context.planner.plan is not None and context.jobs.is_idle)
    spec, old = context.draft.spec, session.path
    for name in ("train", "gates", "compare", "export"):
        opened.show_page(name)
        wait(lambda: context.jobs.is_idle)
    QTest.keyClick(opened, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: session.workspace is None and context.jobs.is_idle)
    assert context.draft.spec == spec
    compare, train_page = opened.pages["compare"], opened.pages["train"]
    assert isinstance(compare, ComparePage)
    assert isinstance(train_page, TrainPage)
    for name in ("train", "gates", "compare", "export"):
        opened.show_page(name)
        wait(lambda: context.jobs.is_idle)
    assert compare.results is None
    assert "Nothing has been trained yet" in compare.empty.text.text()
    assert opened.tool_bar.train.text() == "Train"
    assert not opened.tool_bar.comparisons.isVisible()
    with SessionFile.open(tmp_path / "copy.gates", tmp_path / "locks") as copy:
        assert not copy.read_only  # it was closed
    QTest.mouseClick(opened.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: session.history is not None and session.history.is_complete)
    assert session.path != old
    assert session.is_untitled
    assert len(session.comparisons) == 1


def test_there_is_no_new_session_while_something_trains(window: MainWindow, wait: Wait) -> None:
    train(window, wait, epochs=100_000)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    assert "Stop it, or wait" in box.informativeText()
    assert window.context.session.is_training


def test_a_session_opens_on_the_page_example_and_cursor_on_which_it_was_left(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    page = opened.pages["gates"]
    assert isinstance(page, GatesPage)
    context, path = opened.context, opened.context.session.path
    wait(lambda: context.planner.is_current and context.jobs.is_idle)
    opened.show_page("gates")
    wait(lambda: page.gates_work.seen is not None and context.jobs.is_idle)
    page.controls.choose_example("validation", 5, {"validation": 12})
    page.controls.slider.setValue(0)
    wait(lambda: page.gates_work.seen is not None and page.gates_work.seen.selection.index == 5)
    wait(lambda: context.jobs.is_idle)
    maps = page.body.columns["LSTM"].maps
    maps.put_cursor(Cursor(3, "output", 2))
    maps.fixed.emit()
    opened.open_path(session_of_another(tmp_path))
    wait(lambda: context.session.path != path and context.planner.is_current)
    opened.show_page("data")
    wait(lambda: context.jobs.is_idle)
    assert path is not None
    opened.open_path(path)
    wait(lambda: context.session.path == path and page.isVisible())
    wait(
        lambda: (
            "RNN" in page.body.columns
            and "untrained" in page.body.columns["LSTM"].heading.text()
            and context.jobs.is_idle
            and page.is_drawn
        )
    )
    chosen = page.controls.selection
    assert (chosen.part, chosen.index, chosen.epoch) == ("validation", 5, 0)
    assert page.body.columns["LSTM"].maps.is_fixed_here
    assert page.body.columns["LSTM"].maps.cursor_place == Cursor(3, "output", 2)


def session_of_another(folder: Path) -> Path:
    path = folder / "another.gates"
    whole_history(path, small_spec(epochs=1, seeds=1))
    return path


def test_a_damaged_file_of_views_is_no_obstacle(
    opened: MainWindow, folders: Folders, wait: Wait
) -> None:
    path = opened.context.session.path
    assert path is not None
    folders.config.mkdir(parents=True, exist_ok=True)
    view = {"page": "nowhere", "pages": {"gates": {"example": [3], "run": "x", "cursors": 1}}}
    for text in ("{", "[]", json.dumps({str(path.resolve()): view})):
        (folders.config / "views.json").write_text(text)
        opened.context.session.leave()
        wait(lambda: opened.context.session.workspace is None and opened.context.jobs.is_idle)
        (folders.config / "views.json").write_text(text)
        opened.open_path(path)
        wait(lambda: opened.context.session.path == path and opened.context.planner.is_current)
        assert opened.pages["compare"].isVisible()
    assert problem(opened) is None


def test_other_data_keeps_the_models_and_the_training_that_the_user_set(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    planner, draft = window.context.planner, window.context.draft
    for name in ("first", "second", "third"):
        window.open_path(series(tmp_path / f"{name}.csv"))
        wait(lambda name=name: planner.is_current and planner.plan.task.name == name)  # type: ignore[misc]
        assert draft.spec is not None
        if name == "first":
            first, *others = draft.spec.contenders
            changed = (first.model_copy(update={"hidden_size": 48}), *others)
            training = draft.spec.training.model_copy(update={"epochs": 7})
            update = {"contenders": changed, "training": training}
            draft.edit(draft.spec.model_copy(update=update), "models")
            continue
        assert draft.spec.contenders[0].hidden_size == 48
        assert draft.spec.training.epochs == 7
        assert window.tool_bar.busy.text() == "Your models and training settings were kept"


def test_other_data_does_not_inherit_the_settings_of_an_example(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    planner, draft = window.context.planner, window.context.draft
    window.open_path(experiments()["forecasting"])
    wait(lambda: planner.is_current)
    window.open_path(series(tmp_path / "own.csv"))
    wait(lambda: planner.is_current and planner.plan is not None)
    wait(lambda: planner.plan is not None and planner.plan.task.name == "own")
    assert draft.spec is not None
    usual = ComparisonSpec(dataset=draft.spec.dataset)
    assert (draft.spec.contenders, draft.spec.training) == (usual.contenders, usual.training)
