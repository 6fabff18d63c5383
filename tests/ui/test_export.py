from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.gui.pages.export import export_page
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the user answers to the question where to."""
    out = tmp_path / "out" / "made"
    out.parent.mkdir()
    monkeypatch.setattr(export_page, "ask_save_path", lambda *_: out)
    return out


def page_of(window: MainWindow) -> ExportPage:
    page = window.pages["export"]
    assert isinstance(page, ExportPage)
    window.show_page("export")
    return page


def test_without_a_model_the_page_names_the_one_action(window: MainWindow) -> None:
    page = page_of(window)
    QTest.mouseClick(page.empty.action, Qt.MouseButton.LeftButton)
    assert window.pages["train"].isVisible()


def test_the_best_run_by_validation_is_offered_with_its_own_score(opened: MainWindow) -> None:
    page = page_of(opened)
    assert "best by validation" in page.run.currentText()
    assert page.score.text().startswith(f"GRU, seed {page.run.currentData()}, epoch")
    assert "test RMSE" in page.score.text()


def test_another_contender_comes_with_its_own_best_run(opened: MainWindow) -> None:
    page = page_of(opened)
    page.contender.setFocus()
    QTest.keyClick(page.contender, Qt.Key.Key_Down)
    assert page.contender.currentText() == "LSTM"
    assert "best by validation" in page.run.currentText()
    assert page.score.text().startswith("LSTM")


@pytest.mark.parametrize("form", ["safetensors", "c", "report", "table-csv", "curves-csv"])
def test_an_export_shows_its_files_and_size(
    opened: MainWindow, wait: Wait, place: Path, form: str
) -> None:
    page = page_of(opened)
    card = page.cards[form]
    QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert card.is_waiting
    wait(lambda: not card.is_waiting)
    assert "made" in card.result.text()
    assert any(file.name.startswith("made") for file in place.parent.iterdir())


def test_a_model_s_export_shows_the_largest_difference(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    page = page_of(opened)
    page.export("safetensors", tmp_path / "gru.safetensors")
    card = page.cards["safetensors"]
    wait(lambda: not card.is_waiting)
    assert "largest difference" in card.check.text()
    assert (tmp_path / "gru.json").is_file()
    assert (tmp_path / "gru.py").is_file()


def test_gates_are_those_of_the_chosen_example(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    page, out = page_of(opened), tmp_path / "gates.npz"
    page.example.setValue(3)
    page.export("trace", out)
    wait(lambda: not page.cards["trace"].is_waiting)
    with np.load(out) as arrays:
        assert arrays["l0_update"].shape == (len(arrays["input"]), 5)


def test_an_export_that_fails_is_reported_on_its_card(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    page = page_of(opened)
    page.export("table-csv", tmp_path / "nowhere" / "table.csv")
    card = page.cards["table-csv"]
    wait(lambda: not card.is_waiting)
    assert "cannot be written" in card.result.text()
    assert card.result.property("tone") == "bad"


def test_a_contender_trained_on_all_data_is_offered_and_exported(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    page = page_of(opened)
    QTest.mouseClick(page.final.start, Qt.MouseButton.LeftButton)
    wait(lambda: "no test score" in page.final.models.text())
    page.run.setFocus()
    QTest.keyClick(page.run, Qt.Key.Key_End)
    assert "all data" in page.run.currentText()
    assert "no test score" in page.score.text()
    assert not page.cards["trace"].button.isEnabled()
    page.export("safetensors", tmp_path / "all.safetensors")
    wait(lambda: not page.cards["safetensors"].is_waiting)
    assert "largest difference" in page.cards["safetensors"].check.text()
    assert '"on": "all data' in (tmp_path / "all.json").read_text()
