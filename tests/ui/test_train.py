from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from running import small_spec, whole_history
from windows import problem, series

from studio.core.results.events import RunId
from studio.core.results.progress import RunProgress
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.session.controller import SessionController
from studio.gui.session.session_state import OpenData, OpenSession
from studio.gui.shell import file_actions as choosing
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def train_page(window: MainWindow) -> TrainPage:
    page = window.pages["train"]
    assert isinstance(page, TrainPage)
    return page


def start_training(window: MainWindow, wait: Wait, qtbot: QtBot, spec: ComparisonSpec) -> None:
    window.context.planner.open(OpenData(spec))
    wait(lambda: window.context.planner.plan is not None)
    qtbot.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: window.context.session.is_training or window.context.session.history is not None)
    window.show_page("train")


def ended(window: MainWindow) -> bool:
    history = window.context.session.history
    return not window.context.session.is_training and history is not None and history.is_complete


def share_that_stays(session: SessionController, qtbot: QtBot) -> float:
    """The share of the training once a step that was under way has ended."""
    shares = [-1.0]
    for _ in range(20):
        qtbot.wait(500)
        assert session.progress is not None
        shares.append(session.progress.share)
        if shares[-1] == shares[-2]:
            return shares[-1]
    pytest.fail(f"the training goes on: {shares}")


def test_before_anything_is_trained_the_page_names_the_one_action(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.show_page("train")
    page = train_page(window)
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["models"].isVisible()


def test_training_from_the_tool_bar_fills_lanes_curves_gates_times_and_memory(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=8))
    page = train_page(window)
    wait(lambda: ended(window))
    wait(lambda: len(page.losses.plot.curves) == 2)
    assert list(page.lanes.cards) == ["GRU", "LSTM"]
    wait(lambda: all(card.bar.value() == 1000 for card in page.lanes.cards.values()))
    assert [len(curve.x) for curve in page.losses.plot.curves] == [8, 8]
    assert {row[0] for row in page.times.table()[1:]} == {"GRU", "LSTM"}
    assert len(page.memory.table()) == 1 + 2 * 4
    assert window.context.session.traces
    assert page.state == "done"
    assert page.next.isEnabled()


def test_the_curves_of_the_page_are_those_of_the_session(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=5, seeds=1))
    page = train_page(window)
    wait(lambda: ended(window))
    wait(lambda: [len(curve.x) for curve in page.losses.plot.curves] == [5, 5])
    expected = whole_history(tmp_path / "again.gates", small_spec(epochs=5, seeds=1))
    for curve in page.losses.plot.curves:
        records = expected.contender(curve.name).runs[0].epochs
        assert list(curve.y) == [record.validation_loss for record in records]


def test_stop_keeps_the_models_and_the_same_button_resumes(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=60))
    session = window.context.session
    wait(lambda: session.progress is not None and session.progress.share > 0.05)
    qtbot.mouseClick(window.tool_bar.stop, Qt.MouseButton.LeftButton)
    wait(lambda: not session.is_training)
    assert window.tool_bar.train.text() == "Resume"
    wait(lambda: window.context.jobs.is_idle)
    qtbot.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    wait(lambda: ended(window))


def test_pause_holds_the_training_and_go_on_ends_the_pause(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=60))
    session = window.context.session
    wait(lambda: session.progress is not None and session.progress.share > 0.02)
    qtbot.mouseClick(window.tool_bar.pause, Qt.MouseButton.LeftButton)
    assert session.is_paused
    held = share_that_stays(session, qtbot)
    qtbot.wait(500)
    assert session.progress is not None
    assert session.progress.share == held
    qtbot.mouseClick(window.tool_bar.pause, Qt.MouseButton.LeftButton)
    wait(lambda: session.progress is not None and session.progress.share > held)


def test_a_failed_lane_says_why_and_what_to_do(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    spec = small_spec(lr=90.0, clip=None, optimizer="sgd", momentum=0.0, seeds=1)
    wild = spec.contenders[0].model_copy(
        update={"name": "wild", "cell": "rnn", "nonlinearity": "relu", "hidden_size": 64}
    )
    start_training(window, wait, qtbot, spec.model_copy(update={"contenders": (wild,)}))
    wait(lambda: ended(window))
    page = train_page(window)
    wait(lambda: "wild" in page.lanes.cards)
    wait(lambda: "loss became" in page.lanes.cards["wild"].problem_text)
    assert "Lower the learning rate" in page.lanes.cards["wild"].problem_text
    assert page.state == "failed"


def test_closing_while_training_saves_the_finished_epochs(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=2000))
    session = window.context.session
    wait(lambda: session.progress is not None and session.progress.share > 0.01)
    path = session.path
    assert path is not None
    before = session.history
    session.close()
    assert not path.with_name(path.name + "-wal").exists()
    window.context.session.open(OpenSession(path))
    wait(lambda: session.history is not before)
    assert session.history is not None
    assert any(run.epochs for c in session.history.contenders for run in c.runs)


def test_a_session_is_saved_under_a_name_while_it_trains_and_continues_there(
    window: MainWindow,
    wait: Wait,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, suggested = tmp_path / "kept.gates", []

    def answer(_: object, __: str, place: Path, ___: str) -> Path:
        suggested.append(place)
        return kept

    # the system's own file dialog cannot be driven; what it returns is given here
    monkeypatch.setattr(choosing, "ask_save_path", answer)
    start_training(window, wait, qtbot, small_spec(epochs=80))
    session = window.context.session
    wait(lambda: session.progress is not None and session.progress.share > 0.02)
    untitled = session.path
    assert untitled is not None
    assert window.tool_bar.saved.text() == "saved, not named yet"
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    wait(lambda: session.path == kept)
    assert session.is_training
    qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert window.tool_bar.busy.text() == "Saved in kept.gates, as after every epoch"
    assert len(suggested) == 1
    assert suggested[0].name == "adding.gates"
    assert not untitled.exists()
    wait(lambda: ended(window))
    assert session.history is not None
    assert session.history.is_complete
    assert window.windowTitle() == "kept – Gate Studio"


def test_learning_rates_are_tried_first_where_the_user_wants_it(
    window: MainWindow, wait: Wait
) -> None:
    window.context.planner.open(OpenData(small_spec(epochs=2, seeds=2)))
    wait(window.tool_bar.train.isEnabled)
    window.show_page("models")
    models = window.pages["models"]
    assert isinstance(models, ModelsPage)
    assert models.training is not None
    box = models.training.tunes
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    wait(lambda: window.context.planner.is_current)
    assert "2 contenders × 5 learning rates" in models.outlook.text()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    session = window.context.session

    def is_tuned() -> bool:
        history = session.history
        return history is not None and bool(history.spec.tried) and history.is_complete

    wait(is_tuned)
    assert session.history is not None
    assert all(
        contender.lr in session.history.spec.tried for contender in session.history.spec.contenders
    )
    assert len(session.comparisons) == 2


def test_what_follows_a_trial_is_trained_on_the_data_of_the_trial_whatever_was_opened_since(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    spec = small_spec(epochs=30, seeds=2)
    window.context.planner.open(OpenData(spec.model_copy(update={"rates": (0.001, 0.003)})))
    wait(window.tool_bar.train.isEnabled)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    session = window.context.session
    wait(lambda: session.is_training)
    first = session.comparison
    window.open_path(series(tmp_path / "waves.csv"))
    planner = window.context.planner
    wait(lambda: planner.dataset is not None and planner.dataset.name == "waves")
    assert session.comparison == first, "the trial ended before other data lay on the desk"
    wait(lambda: session.comparison != first)
    wait(lambda: ended(window))
    assert session.history is not None
    assert session.history.spec.asked is None
    assert session.history.dataset_name == "adding"


def press_train(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)


def test_nothing_of_the_previous_comparison_is_shown_when_another_starts(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=3, seeds=1))
    page, session = train_page(window), window.context.session
    wait(lambda: ended(window))
    wait(lambda: page.gates.heading.text() == "Gates of example 0")
    qtbot.mouseClick(page.gates.pin, Qt.MouseButton.LeftButton)
    wait(lambda: page.gates.heading.text() == "Gates of example 1")
    wait(page.memory.isVisible)
    first, lanes = session.comparison, page.lanes.cards.values()
    assert all(lane.score_text != "–" and lane.time_text != "–" for lane in lanes)
    seen: list[tuple[set[str], list[bool]]] = []

    def appearance() -> None:
        if session.comparison != first and not seen:
            figures = {text for lane in lanes for text in (lane.score_text, lane.time_text)}
            parts = (page.losses.plot, page.times, page.memory, page.gates.strips)
            seen.append((figures, [part.isVisible() for part in parts]))

    session.history_changed.connect(appearance)
    window.context.planner.open(OpenData(small_spec(epochs=40, seeds=1)))
    wait(lambda: window.context.planner.is_current and window.tool_bar.train.isEnabled())
    press_train(window)
    assert page.empty.isVisible(), "while it starts, the page says so"
    wait(lambda: bool(seen))
    assert seen == [({"–"}, [False] * 4)]
    wait(lambda: page.gates.heading.text() == "Gates of example 0")


def test_after_the_end_the_gates_of_the_last_epoch_are_shown_and_named(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    start_training(window, wait, qtbot, small_spec(epochs=9, seeds=2))
    page = train_page(window)
    wait(lambda: ended(window))
    wait(lambda: page.gates.words.text() == "seed 2, epoch 9")
    places = {card.place_text.removesuffix(", still improving")
              for card in page.lanes.cards.values()}  # fmt: skip
    assert places == {"seed 2 of 2, epoch 9 of 9"}


def test_the_gates_stay_until_those_of_another_example_are_there(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    opened.show_page("train")
    page = train_page(opened)
    wait(lambda: page.gates.heading.text() == "Gates of example 0")
    qtbot.mouseClick(page.gates.pin, Qt.MouseButton.LeftButton)
    assert page.gates.strips.isVisible()
    assert page.gates.heading.text() == "Gates of example 0"
    assert page.gates.words.text() == "seed 2, epoch 3; example 1 is being computed"
    wait(lambda: page.gates.heading.text() == "Gates of example 1")
    assert page.gates.words.text() == "seed 2, epoch 3"


def test_a_part_that_cannot_be_drawn_is_reported_and_the_others_are_drawn(
    opened: MainWindow, wait: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    opened.show_page("train")
    page, session = train_page(opened), opened.context.session
    assert session.progress is not None
    session.progress = replace(session.progress, runs={RunId("nobody", 1): RunProgress()})
    page.mark_stale()
    wait(lambda: problem(opened) is not None)
    wait(lambda: page.gates.heading.text() == "Gates of example 0")
    assert len(opened.findChildren(QMessageBox, "problem")) == 1
    caplog.clear()  # the log has the traceback, as it should
