"""Text sampled from the networks, side by side, on the page Compare."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QSpinBox
from running import whole_history

from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.experiment import parse_comparison
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.compare.sampling_card import SamplingCard
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

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
def card(window: MainWindow, wait: Wait, tmp_path: Path) -> SamplingCard:
    """The card of a finished comparison of a text."""
    whole_history(tmp_path / "tale.gates", tale(tmp_path))
    window.open_path(tmp_path / "tale.gates")
    return writing(window, wait)


def writing(window: MainWindow, wait: Wait) -> SamplingCard:
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    window.resize(1300, 900)
    window.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0)
    wait(page.sampling.isVisible)
    page.ensureWidgetVisible(page.sampling)
    return page.sampling


def all_have_an_epoch(window: MainWindow) -> bool:
    workspace, comparison = window.context.session.workspace, window.context.session.comparison
    if workspace is None or comparison is None:
        return False
    contenders = workspace.history(comparison).contenders
    return all(contender.runs and contender.runs[0].best_epoch for contender in contenders)


def type_into(card: SamplingCard, field: str, text: str) -> None:
    editor = card.form.editor(field).field
    assert isinstance(editor, QLineEdit | QSpinBox)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def write(card: SamplingCard, wait: Wait) -> dict[str, str]:
    QTest.mouseClick(card.write, Qt.MouseButton.LeftButton)
    wait(lambda: card.status.text() != "Writing …")
    return card.texts


def test_every_contender_continues_the_prompt(card: SamplingCard, wait: Wait) -> None:
    type_into(card, "prompt", "a king ")
    type_into(card, "length", "40")
    texts = write(card, wait)
    assert list(texts) == ["GRU", "LSTM"]
    for name, text in texts.items():
        assert text.startswith("a king ")
        assert len(text) == len("a king ") + 40
        [shown] = [text_label for text_label in card.findChildren(QLabel)
                   if text_label.accessibleName() == f"Text of {name}"]  # fmt: skip
        assert shown.text() == text
        assert shown.isVisible()


def test_the_same_draw_writes_the_same_and_another_temperature_does_not(
    card: SamplingCard, wait: Wait
) -> None:
    first = write(card, wait)
    assert write(card, wait) == first
    type_into(card, "temperature", "3")
    assert write(card, wait) != first


def test_unknown_symbols_of_a_prompt_are_reported(card: SamplingCard, wait: Wait) -> None:
    type_into(card, "prompt", "a Qiz")
    write(card, wait)
    assert card.status.text() == "Not in the vocabulary: 'Q', 'z'."


def test_an_invalid_temperature_is_an_error_at_its_field_and_nothing_is_sampled(
    card: SamplingCard,
) -> None:
    type_into(card, "temperature", "-1")
    QTest.mouseClick(card.write, Qt.MouseButton.LeftButton)
    assert "0" in card.form.problem("temperature")
    assert not card.texts


def test_networks_sample_text_while_they_train(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    window.context.planner.open(OpenData(tale(tmp_path, epochs=100_000)))
    wait(lambda: window.context.planner.plan is not None)
    QTest.mouseClick(window.tool_bar.train, Qt.MouseButton.LeftButton)
    session = window.context.session
    wait(lambda: all_have_an_epoch(window))
    card = writing(window, wait)
    assert list(write(card, wait)) == ["GRU", "LSTM"]
    assert session.is_training
    session.stop()
    wait(lambda: not session.is_training)


def test_comparison_of_numbers_offers_no_writing(opened: MainWindow, wait: Wait) -> None:
    page = opened.pages["compare"]
    assert isinstance(page, ComparePage)
    opened.show_page("compare")
    wait(lambda: page.results is not None and page.table.rowCount() > 0)
    assert not page.sampling.isVisible()
