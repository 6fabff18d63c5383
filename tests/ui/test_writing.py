"""The networks of a text write, side by side, on the page Compare."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QSpinBox
from running import whole_history

from studio.core.experiment import parse_comparison
from studio.core.spec import ComparisonSpec
from studio.gui.main_window import MainWindow
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.writing_card import WritingCard

Wait = Callable[[Callable[[], bool]], None]


def tale(folder: Path, **training: Any) -> ComparisonSpec:  # noqa: ANN401 - a field of any type
    path = folder / "tale.txt"
    path.write_text("once upon a time there was a king who lived on a hill\n" * 20)
    return parse_comparison(
        {
            "dataset": {"source": "file", "path": str(path)},
            "task": {"window": 10, "carry_state": True},
            "contenders": [{"cell": cell, "hidden_size": 8} for cell in ("gru", "lstm")],
            "training": {"epochs": 3, "seeds": 1, "batch_size": 8, **training},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )


@pytest.fixture
def told(window: MainWindow, wait: Wait, tmp_path: Path) -> WritingCard:
    """The card of a finished comparison of a text."""
    whole_history(tmp_path / "tale.gates", tale(tmp_path))
    window.open_path(tmp_path / "tale.gates")
    return writing(window, wait)


def writing(window: MainWindow, wait: Wait) -> WritingCard:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.resize(1300, 900)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0)
    wait(page.writing.isVisible)
    page.ensureWidgetVisible(page.writing)
    return page.writing


def type_into(card: WritingCard, field: str, text: str) -> None:
    editor = card.form.editor(field).field
    assert isinstance(editor, QLineEdit | QSpinBox)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def write(card: WritingCard, wait: Wait) -> dict[str, str]:
    QTest.mouseClick(card.write, Qt.MouseButton.LeftButton)
    wait(lambda: card.told.text() != "Writing …")
    return card.texts


def test_every_contender_goes_on_with_the_prompt_that_was_typed(
    told: WritingCard, wait: Wait
) -> None:
    type_into(told, "prompt", "a king ")
    type_into(told, "length", "40")
    texts = write(told, wait)
    assert list(texts) == ["GRU", "LSTM"]
    for name, text in texts.items():
        assert text.startswith("a king ")
        assert len(text) == len("a king ") + 40
        [shown] = [each for each in told.findChildren(QLabel)
                   if each.accessibleName() == f"Text of {name}"]  # fmt: skip
        assert shown.text() == text
        assert shown.isVisible()


def test_the_same_draw_writes_the_same_and_another_temperature_does_not(
    told: WritingCard, wait: Wait
) -> None:
    first = write(told, wait)
    assert write(told, wait) == first
    type_into(told, "temperature", "3")
    assert write(told, wait) != first


def test_what_the_networks_do_not_know_of_a_prompt_is_told(told: WritingCard, wait: Wait) -> None:
    type_into(told, "prompt", "a Qiz")
    write(told, wait)
    assert told.told.text() == "Not in the vocabulary: 'Q', 'z'."


def test_wrong_temperature_is_told_at_its_field_and_nothing_is_written(
    told: WritingCard,
) -> None:
    type_into(told, "temperature", "-1")
    QTest.mouseClick(told.write, Qt.MouseButton.LeftButton)
    assert "0" in told.form.problem("temperature")
    assert not told.texts


def test_networks_write_while_they_train(window: MainWindow, wait: Wait, tmp_path: Path) -> None:
    window.desk.planner.open(tale(tmp_path, epochs=100_000))
    wait(lambda: window.desk.planner.plan is not None)
    QTest.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    work = window.desk.work
    wait(lambda: work.progress is not None and work.progress.share > 0)
    card = writing(window, wait)
    assert list(write(card, wait)) == ["GRU", "LSTM"]
    assert work.is_training
    work.stop()
    wait(lambda: not work.is_training)


def test_comparison_of_numbers_offers_no_writing(opened: MainWindow, wait: Wait) -> None:
    page = opened.pages["compare"]
    assert isinstance(page, ComparePage)
    opened.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0)
    assert not page.writing.isVisible()
