"""The learning curve on the page Compare: reading it, training at more sizes, stopping."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot
from running import run_to_end, small_spec, whole_history, workspace

from studio.core.specs.training_sizes import with_training_size
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.compare.learning_curve_card import LearningCurveCard
from studio.gui.pages.data.data_page import DataPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.gui.style.theme import DARK
from studio.runs.planning.tuning import tuning_trial
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]
WHOLE = 84
"""Training examples of the small comparison."""


def card_of(window: MainWindow, wait: Wait) -> LearningCurveCard:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.learning.train.height() > 0)
    page.ensureWidgetVisible(page.learning)
    return page.learning


def opened_at(window: MainWindow, path: Path, wait: Wait) -> LearningCurveCard:
    window.open_path(path)
    wait(lambda: window.context.session.history is not None)
    return card_of(window, wait)


def type_into(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def type_sizes(card: LearningCurveCard, text: str) -> None:
    card.sizes.setFocus()
    card.sizes.selectAll()
    QTest.keyClicks(card.sizes, text)


def train_at(card: LearningCurveCard, text: str, wait: Wait) -> None:
    type_sizes(card, text)
    wait(card.train.isEnabled)
    QTest.mouseClick(card.train, Qt.MouseButton.LeftButton)


def sizes_of(card: LearningCurveCard) -> list[str]:
    if not card.table.isVisible():
        return []
    return [card.table.item(row, 0).text() for row in range(card.table.rowCount())]


def test_one_size_is_no_curve_and_names_the_way_to_one(opened: MainWindow, wait: Wait) -> None:
    card = card_of(opened, wait)
    assert not card.score.isVisible()
    assert "One size so far: 84 training examples. Train at more sizes" in card.missing.text()
    assert card.cost.text().startswith("2 comparisons of 2 seeds, at 8 and 25 training examples.")
    assert "from the runs of this session" in card.cost.text()
    assert card.train.isEnabled()


def test_more_sizes_are_trained_one_after_the_other_and_make_a_curve(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    card = card_of(opened, wait)
    session = opened.context.session
    train_at(card, "20, 50%", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["20", "42", "84"], timeout=60_000)
    wait(lambda: session.comparison == 1 and not session.is_training)
    wait(lambda: all(row[3] for row in card.time.table()[1:]))  # two runs ended at every size
    assert [comparison.training_examples for comparison in session.comparisons] == [None, 20, 42]
    history = session.history
    assert history is not None
    assert history.part_sizes["training"] == WHOLE
    assert not card.missing.isVisible()
    assert {row[0] for row in card.score.table()[1:]} == {"GRU", "LSTM", "RNN", "baseline"}
    assert [row[1] for row in card.time.table()[1:4]] == ["20", "42", "84"]
    assert all(float(row[3]) < float(row[2]) < float(row[4]) for row in card.time.table()[1:])
    assert "3 epochs for each run, so fewer examples mean" in card.budget.text()
    assert len(card.findings.text().splitlines()) == 3
    texts = [opened.tool_bar.comparisons.itemText(row) for row in range(3)]
    assert ["training examples" in text for text in texts] == [False, True, True]
    assert "20 training examples" in texts[1]


def test_every_size_has_the_same_seeds_and_settings(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    spec = small_spec(epochs=1, seeds=2, first_seed=5, lr=0.02)
    whole_history(tmp_path / "s.gates", spec)
    card = opened_at(window, tmp_path / "s.gates", wait)
    train_at(card, "30", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["30", "84"], timeout=60_000)
    workspace_ = window.context.session.workspace
    assert workspace_ is not None
    one, other = (workspace_.history(number) for number in (1, 2))
    task = other.spec.task.model_copy(update={"training_examples": None})
    assert other.spec.model_copy(update={"task": task}) == one.spec
    assert one.test_truth.tolist() == other.test_truth.tolist()


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """A session with the small comparison at two sizes."""
    path = tmp_path / "grown.gates"
    with workspace(path) as session:
        for spec in (small_spec(epochs=1), with_training_size(small_spec(epochs=1), 20, WHOLE)):
            run_to_end(session, spec)
    return path


def test_the_pair_that_is_judged_is_judged_at_every_size(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    card = opened_at(window, grown, wait)
    assert sizes_of(card) == ["20", "84"]
    heads = [card.table.horizontalHeaderItem(at).text() for at in range(card.table.columnCount())]
    assert heads[-2:] == ["GRU − LSTM", "Verdict"]
    assert card.sentence.text().endswith("Verdicts are Holm-corrected.")
    before = card.score.curves[0].stroke.color
    window.context.appearance.use(DARK)
    wait(lambda: card.score.curves[0].stroke.color != before)
    assert sizes_of(card) == ["20", "84"]


def test_impossible_sizes_are_reported_before_anything_trains(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    card = opened_at(window, grown, wait)
    for text, told in (
        ("few", "'few' is not a training-set size"),
        ("85", "85 training examples were requested, but the training set has only 84."),
        ("20,100%", "The session already has all of these sizes."),
    ):
        type_sizes(card, text)
        assert card.cost.text().startswith(told)
        assert not card.train.isEnabled()
    assert not window.context.session.is_training


def test_a_size_beyond_the_data_is_reported_in_a_dialog(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    """Of a session that has smaller sizes alone, how large the whole part is is not known yet."""
    whole_history(tmp_path / "small.gates", with_training_size(small_spec(epochs=1), 20, WHOLE))
    card = opened_at(window, tmp_path / "small.gates", wait)
    train_at(card, "1000", wait)
    wait(lambda: window.findChild(QMessageBox, "problem") is not None)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    assert (
        "1,000 training examples were requested, but the training set has only 84"
        in box.informativeText()
    )
    assert len(window.context.session.comparisons) == 1


def test_a_stopped_learning_curve_resumes_with_the_remaining_sizes(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    whole_history(tmp_path / "s.gates", small_spec(epochs=60, seeds=1))
    card = opened_at(window, tmp_path / "s.gates", wait)
    session = window.context.session
    train_at(card, "30, 60", wait)
    wait(lambda: session.is_training)
    assert not card.train.isEnabled()
    assert card.cost.text() == "Training or a measurement is in progress."
    session.stop()
    wait(lambda: not session.is_training and not session.is_starting)
    wait(lambda: window.context.jobs.is_idle)
    assert len(session.comparisons) == 2
    train_at(card, "30, 60", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["30", "60", "84"], timeout=60_000)
    assert len(session.comparisons) == 3


def test_rates_are_tried_at_every_size_again(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    rates = (0.0001, 0.01)
    asked = small_spec(epochs=1, seeds=1).model_copy(update={"rates": rates})
    tuned = asked.model_copy(update={"rates": None, "tried": rates})
    with workspace(tmp_path / "s.gates") as session:
        for spec in (tuning_trial(asked), tuned):
            run_to_end(session, spec)
    card = opened_at(window, tmp_path / "s.gates", wait)
    train_at(card, "30,60", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["30", "60", "84"], timeout=60_000)
    assert len(window.context.session.comparisons) == 6  # each size behind its trial


def test_a_read_only_session_says_why_nothing_can_be_trained(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    window.context.folders.data.mkdir(parents=True, exist_ok=True)
    with SessionFile.open(grown, window.context.folders.locks):
        card = opened_at(window, grown, wait)
        assert sizes_of(card) == ["20", "84"]
        assert not card.train.isEnabled()
        assert "Open in another window" in card.cost.text()


def test_a_size_that_is_set_on_the_page_data_changes_the_counts_at_once(
    window: MainWindow, wait: Wait
) -> None:
    window.context.planner.open(OpenData(small_spec()))
    wait(lambda: window.context.planner.plan is not None)
    page = window.pages["data"]
    assert isinstance(page, DataPage)
    window.show_page("data")
    task = page.dataset.task
    wait(lambda: "84 training" in task.counts.text())
    field = task.form.editor("training_examples").field
    assert isinstance(field, QLineEdit)
    type_into(field, "20")
    wait(lambda: task.counts.text() == "20 training · 12 validation · 24 test examples")
    type_into(field, "500")
    wait(page.notice.isVisible)
    told = page.notice.text()
    assert "the training set has 84 examples, but 500 are requested" in told
