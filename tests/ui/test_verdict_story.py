"""From a fair match to a verdict that is taken away, on a real window."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from running import small_spec

from studio.analysis import summary
from studio.analysis.wording import basis_sentences
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.export import export_page
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.page import Page
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


def shown(window: MainWindow, name: str) -> Page:
    QTest.mouseClick(window.side_bar._buttons[name], LEFT)
    page = window.pages[name]
    assert page.isVisible()
    return page


def train_with_like_parameters(window: MainWindow, qtbot: QtBot, wait: Wait) -> None:
    window.context.planner.open(OpenData(small_spec(epochs=1, seeds=2)))
    wait(window.tool_bar.train.isEnabled)
    models = shown(window, "models")
    assert isinstance(models, ModelsPage)
    by_parameters = models.match._buttons["parameters"]
    qtbot.waitUntil(lambda: by_parameters.height() > 0)
    QTest.mouseClick(by_parameters, LEFT)
    wait(lambda: window.context.planner.is_current)
    QTest.mouseClick(window.tool_bar.train, LEFT)
    session = window.context.session
    wait(
        lambda: (
            session.history is not None and session.history.is_complete and not session.is_training
        )
    )


def test_match_parameters_add_seeds_until_decided_read_the_verdict_and_export_the_table(
    window: MainWindow,
    qtbot: QtBot,
    wait: Wait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    train_with_like_parameters(window, qtbot, wait)
    session = window.context.session
    assert session.history is not None
    gru, lstm = session.history.contenders
    assert gru.spec.hidden_size != lstm.spec.hidden_size
    assert abs(gru.parameters - lstm.parameters) < 0.2 * gru.parameters

    compare = shown(window, "compare")
    assert isinstance(compare, ComparePage)
    qtbot.waitUntil(lambda: compare.more_seeds.button.height() > 0)
    QTest.mouseClick(compare.more_seeds.button, LEFT)

    def has_taken_its_looks() -> bool:
        history, results = session.history, compare.results
        if history is None or results is None or results.history is not history:
            return False
        is_over = not session.is_training and not session.is_starting and history.is_complete
        return is_over and not compare.more_seeds.isVisible()

    qtbot.waitUntil(has_taken_its_looks, timeout=90_000)
    assert session.history is not None
    [verdict] = [
        verdict for verdict in summary(session.history).verdicts if verdict.about == "rmse"
    ]
    read = compare.verdicts[0]
    assert verdict.finding in read.findings.text()
    assert f"{len(session.history.spec.training.seed_list)} seeds" in read.basis.text()
    sentences = basis_sentences(verdict.basis)
    assert sentences
    assert all(sentence in read.basis.text() for sentence in sentences)

    out = tmp_path / "table.csv"
    # the system's own file dialog cannot be driven; what it returns is given here
    monkeypatch.setattr(export_page, "ask_save_path", lambda *_: out)
    export = shown(window, "export")
    assert isinstance(export, ExportPage)
    button = export.cards["table-csv"].button
    qtbot.waitUntil(lambda: button.height() > 0)
    QTest.mouseClick(button, LEFT)
    wait(out.exists)
    header, *rows = csv.reader(out.read_text(encoding="utf-8").splitlines())
    assert header[:2] == ["model", "parameters"]
    assert [row[:2] for row in rows[:2]] == [
        [each.name, str(each.parameters)] for each in (gru, lstm)
    ]
