"""The learning curve on the page Compare: reading it, training at more sizes, stopping."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot
from running import run_to_end, small_spec, whole_history, workspace

from studio.core.training_sizes import at_size
from studio.gui.main_window import MainWindow
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.data_page import DataPage
from studio.gui.pages.learning_card import LearningCard
from studio.gui.theme import DARK
from studio.runs.tuning import trial_of
from studio.sessions import SessionFile

Wait = Callable[[Callable[[], bool]], None]
WHOLE = 84
"""Training examples of the small comparison."""


def card_of(window: MainWindow, wait: Wait) -> LearningCard:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.learning.train.height() > 0)
    page.ensureWidgetVisible(page.learning)
    return page.learning


def opened_at(window: MainWindow, path: Path, wait: Wait) -> LearningCard:
    window.open_path(path)
    wait(lambda: window.desk.work.history is not None)
    return card_of(window, wait)


def type_into(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def type_sizes(card: LearningCard, text: str) -> None:
    card.sizes.setFocus()
    card.sizes.selectAll()
    QTest.keyClicks(card.sizes, text)


def train_at(card: LearningCard, text: str, wait: Wait) -> None:
    type_sizes(card, text)
    wait(card.train.isEnabled)
    QTest.mouseClick(card.train, Qt.MouseButton.LeftButton)


def sizes_of(card: LearningCard) -> list[str]:
    if not card.table.isVisible():
        return []
    return [card.table.item(row, 0).text() for row in range(card.table.rowCount())]


def test_one_size_is_no_curve_and_names_the_way_to_one(opened: MainWindow, wait: Wait) -> None:
    card = card_of(opened, wait)
    assert not card.score.isVisible()
    assert "One size so far: 84 training examples. Train at more sizes" in card.missing.text()
    assert card.cost.text().startswith("2 comparisons of 2 seeds, at 8 and 25 training examples.")
    assert "by the runs of this session" in card.cost.text()
    assert card.train.isEnabled()


def test_more_sizes_are_trained_one_after_the_other_and_make_a_curve(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    card = card_of(opened, wait)
    work = opened.desk.work
    train_at(card, "20, 50%", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["20", "42", "84"], timeout=60_000)
    wait(lambda: work.comparison == 1 and not work.is_training)
    wait(lambda: all(row[3] for row in card.time.table()[1:]))  # two runs ended at every size
    assert [each.training_examples for each in work.comparisons] == [None, 20, 42]
    history = work.history
    assert history is not None
    assert history.part_sizes["training"] == WHOLE
    assert not card.missing.isVisible()
    assert {row[0] for row in card.score.table()[1:]} == {"GRU", "LSTM", "RNN", "baseline"}
    assert [row[1] for row in card.time.table()[1:4]] == ["20", "42", "84"]
    assert all(float(row[3]) < float(row[2]) < float(row[4]) for row in card.time.table()[1:])
    assert "3 epochs for each run, so fewer steps" in card.budget.text()
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
    workspace_ = window.desk.work.workspace
    assert workspace_ is not None
    one, other = (workspace_.history(number) for number in (1, 2))
    task = other.spec.task.model_copy(update={"training_examples": None})
    assert other.spec.model_copy(update={"task": task}) == one.spec
    assert one.test_truth.tolist() == other.test_truth.tolist()


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """A session with the small comparison at two sizes."""
    path = tmp_path / "grown.gates"
    with workspace(path) as work:
        for spec in (small_spec(epochs=1), at_size(small_spec(epochs=1), 20, WHOLE)):
            run_to_end(work, spec)
    return path


def test_the_pair_that_is_judged_is_judged_at_every_size(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    card = opened_at(window, grown, wait)
    assert sizes_of(card) == ["20", "84"]
    heads = [card.table.horizontalHeaderItem(at).text() for at in range(card.table.columnCount())]
    assert heads[-2:] == ["GRU − LSTM", "Verdict"]
    assert card.sentence.text().endswith("Winners are judged together (Holm).")
    before = card.score.curves[0].stroke.color
    window.desk.look.use(DARK)
    wait(lambda: card.score.curves[0].stroke.color != before)
    assert sizes_of(card) == ["20", "84"]


def test_sizes_that_cannot_be_are_told_before_anything_trains(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    card = opened_at(window, grown, wait)
    for text, told in (
        ("few", "'few' is no size of a training part"),
        ("85", "The training part has 84 examples, and 85 are asked for. Choose at most 84"),
        ("20,100%", "The session has all of these sizes."),
    ):
        type_sizes(card, text)
        assert card.cost.text().startswith(told)
        assert not card.train.isEnabled()
    assert not window.desk.work.is_training


def test_a_size_that_the_data_does_not_have_is_told_in_a_dialog(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    """Of a session that has smaller sizes alone, how large the whole part is is not known yet."""
    whole_history(tmp_path / "small.gates", at_size(small_spec(epochs=1), 20, WHOLE))
    card = opened_at(window, tmp_path / "small.gates", wait)
    train_at(card, "1000", wait)
    wait(lambda: window.findChild(QMessageBox, "problem") is not None)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    assert "the training part has 84 examples, and 1,000 are asked for" in box.informativeText()
    assert len(window.desk.work.comparisons) == 1


def test_what_was_stopped_goes_on_with_the_sizes_that_are_left(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    whole_history(tmp_path / "s.gates", small_spec(epochs=60, seeds=1))
    card = opened_at(window, tmp_path / "s.gates", wait)
    work = window.desk.work
    train_at(card, "30, 60", wait)
    wait(lambda: work.is_training)
    assert not card.train.isEnabled()
    assert card.cost.text() == "Something is under way."
    work.stop()
    wait(lambda: not work.is_training and not work.is_starting)
    wait(lambda: window.desk.waiting.is_idle)
    assert len(work.comparisons) == 2
    train_at(card, "30, 60", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["30", "60", "84"], timeout=60_000)
    assert len(work.comparisons) == 3


def test_rates_are_tried_at_every_size_again(
    window: MainWindow, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    rates = (0.0001, 0.01)
    asked = small_spec(epochs=1, seeds=1).model_copy(update={"rates": rates})
    tuned = asked.model_copy(update={"rates": None, "tried": rates})
    with workspace(tmp_path / "s.gates") as work:
        for spec in (trial_of(asked), tuned):
            run_to_end(work, spec)
    card = opened_at(window, tmp_path / "s.gates", wait)
    train_at(card, "30,60", wait)
    qtbot.waitUntil(lambda: sizes_of(card) == ["30", "60", "84"], timeout=60_000)
    assert len(window.desk.work.comparisons) == 6  # each size behind its trial


def test_a_session_that_can_only_be_read_says_why_nothing_is_trained(
    window: MainWindow, wait: Wait, grown: Path
) -> None:
    window.desk.folders.data.mkdir(parents=True, exist_ok=True)
    with SessionFile.open(grown, window.desk.folders.locks):
        card = opened_at(window, grown, wait)
        assert sizes_of(card) == ["20", "84"]
        assert not card.train.isEnabled()
        assert "Open in another window" in card.cost.text()


def test_a_size_that_is_set_on_the_page_data_changes_the_counts_at_once(
    window: MainWindow, wait: Wait
) -> None:
    window.desk.planner.open(small_spec())
    wait(lambda: window.desk.planner.plan is not None)
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
    wait(page.dataset.problem.isVisible)
    told = page.dataset.problem.text()
    assert "the training part has 84 examples, and 500 are asked for" in told
