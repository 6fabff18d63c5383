"""The page Claims: measured by a click, kept for the next start, never beside a training."""

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from running import small_spec

from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.pages.claims.claim_card import ClaimCard
from studio.gui.pages.claims.claims_page import ClaimsPage
from studio.gui.session.session_state import OpenData
from studio.gui.shell.main_window import MainWindow
from studio.paths import Folders, experiments

Wait = Callable[[Callable[[], bool]], None]
_MOST_MS = 240_000


def shown(window: MainWindow) -> ClaimsPage:
    page = window.pages["claims"]
    assert isinstance(page, ClaimsPage)
    window.show_page("claims")
    for _ in range(100):
        if page.is_drawn:
            break
        QTest.qWait(100)
    assert len(page.cards) == 21
    return page


def pushed(qtbot: QtBot, card: ClaimCard) -> None:
    qtbot.waitUntil(lambda: card.button.height() > 0)  # laid out
    QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)


def measured(qtbot: QtBot, page: ClaimsPage, name: str) -> ClaimCard:
    card = page.cards[name]
    pushed(qtbot, card)
    assert page.context.claims.is_running
    qtbot.waitUntil(lambda: not page.context.claims.is_running, timeout=_MOST_MS)
    return card


def texts(card: ClaimCard) -> str:
    return "\n".join(text_label.text() for text_label in card.findChildren(type(card.statement)))


def test_claims_c1_and_c3_are_measured_by_a_click_and_say_verdict_machine_and_engine(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = shown(window)
    first = measured(qtbot, page, "C1")
    assert "Supported" in texts(first)
    assert "50,688" in texts(first)
    third = measured(qtbot, page, "C3")
    assert "Fused engine: supported" in texts(third)
    assert "Torch engine: supported" in texts(third)
    assert "threads, torch" in third.stamp.text()
    assert third.button.text() == "Measure again"


@pytest.mark.verify  # minutes, where another program computes
def test_claim_c2_is_judged_on_both_engines(window: MainWindow, qtbot: QtBot) -> None:
    card = measured(qtbot, shown(window), "C2")
    assert "Fused engine: " in texts(card)
    assert "Torch engine: " in texts(card)


def test_what_was_measured_is_there_at_the_next_start(
    window: MainWindow, folders: Folders, qtbot: QtBot
) -> None:
    before = texts(measured(qtbot, shown(window), "C1"))
    other = AppContext(folders)
    again = MainWindow(other, Settings(folders.config))
    again.show()
    try:
        assert "✓" in again.side_bar._buttons["claims"].text()
        assert texts(shown(again).cards["C1"]) == before
    finally:
        other.close()
        again.hide()
        again.deleteLater()


def test_a_claim_that_is_stopped_gives_no_result(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    page = shown(window)
    pushed(qtbot, page.cards["C5"])
    wait(lambda: bool(page.context.claims.doing))
    card = page.cards["C5"]
    assert "seed 1" in card.doing.text()
    assert re.search(r"at most \d+ (min|s) left", card.doing.text())
    assert "at most" in page.progress.text()
    assert not card.stamp.isVisible()  # it would say that nothing was measured
    assert page.cards["C6"].stamp.isVisible()
    QTest.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    wait(lambda: not page.context.claims.is_running)
    assert "C5" not in page.context.claims.results
    assert card.button.isEnabled()
    assert card.stamp.text() == "Not measured on this machine yet."
    assert card.stamp.isVisible()


def test_training_waits_until_no_claim_is_measured(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    window.open_path(experiments()["forecasting"])
    wait(window.tool_bar.train.isEnabled)
    page = shown(window)
    pushed(qtbot, page.cards["C5"])
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    box = window.findChild(QMessageBox, "problem")
    assert box is not None
    assert "claim is being measured" in box.informativeText()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not window.context.session.is_training
    page.context.claims.stop()
    wait(lambda: not page.context.claims.is_running)


def test_while_a_comparison_trains_the_page_says_why_nothing_can_be_measured(
    window: MainWindow, wait: Wait
) -> None:
    page = shown(window)
    assert not page.progress.text()
    window.context.planner.open(OpenData(small_spec(epochs=400, seeds=3)))
    wait(window.tool_bar.train.isEnabled)
    window.commands.train()
    wait(lambda: window.context.session.is_training)
    window.show_page("claims")
    wait(lambda: page.progress.text().startswith("A comparison is training"))
    assert page.progress.isVisible()
    assert not page.all.isEnabled()
    window.context.session.stop()
    wait(lambda: not page.progress.text())
    assert page.all.isEnabled()


def test_the_page_stays_where_it_was_when_a_claim_begins_and_ends(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    page = shown(window)
    window.resize(1024, 640)
    card = page.cards["C13"]
    qtbot.waitUntil(lambda: card.button.height() > 0)
    page.ensureWidgetVisible(card.button)
    place = page.verticalScrollBar().value()
    assert place > 0
    QTest.mouseClick(card.button, Qt.MouseButton.LeftButton)
    wait(lambda: "C13" in page.context.claims.results)
    wait(lambda: not page.context.claims.is_running)
    assert page.verticalScrollBar().value() == place


def test_closing_the_window_ends_the_claim_under_way(
    window: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    page = shown(window)
    qtbot.waitUntil(lambda: page.all.height() > 0)
    QTest.mouseClick(page.all, Qt.MouseButton.LeftButton)
    wait(lambda: bool(page.context.claims.running))
    assert window.close()
    assert not page.context.claims.results.get("C20")
