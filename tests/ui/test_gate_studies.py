"""Below the maps of Gates: what drives a prediction, all test examples, passages."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.gui.pages.gates.dataset.gate_studies import GateStudies
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(opened: MainWindow, wait: Wait) -> GatesPage:
    """The page once all gates are drawn."""
    page = opened.pages["gates"]
    assert isinstance(page, GatesPage)
    opened.resize(1440, 900)
    opened.show_page("gates")
    wait(lambda: bool(page.body.columns) and page.studies.attribution.compute.isEnabled())
    return page


@pytest.fixture
def studies(page: GatesPage) -> GateStudies:
    return page.studies


def test_attributions_of_all_contenders_share_a_scale_and_follow_the_example(
    page: GatesPage, studies: GateStudies, wait: Wait
) -> None:
    card = studies.attribution
    QTest.mouseClick(card.compute, LEFT)
    wait(lambda: bool(card.found))
    assert list(card.panes) == ["GRU", "LSTM", "RNN"]
    first = card.found
    largest = max(float(np.abs(each.values).max()) for each in first.values())
    for name, pane in card.panes.items():
        assert pane.plot.limit == largest
        assert first[name].values.shape == (8, 2)
        assert first[name].completeness_error < 0.01
        assert "with occlusion" in pane.words.text()
    QTest.mouseClick(page.controls.after, LEFT)
    wait(lambda: card.found is not first)
    assert not np.array_equal(card.found["GRU"].values, first["GRU"].values)


def test_all_test_examples_are_counted_for_every_contender_and_gate(
    page: GatesPage, studies: GateStudies, wait: Wait
) -> None:
    card = studies.dataset
    QTest.mouseClick(card.compute, LEFT)
    wait(lambda: card.found is not None)
    assert "at the best epoch of each run, 2 seeds" in card.intro.text()
    assert card.gate.currentText() == "keeps the state: update z, forget f"
    assert [curve.name for curve in card.distribution.curves] == ["GRU", "LSTM"]
    assert card.figures.rowCount() == 2
    card.gate.setFocus()
    QTest.keyClick(card.gate, Qt.Key.Key_End)
    assert card.gate.currentText() == "state c"
    assert [curve.name for curve in card.by_place.curves] == ["LSTM"]
    page.controls.layer.setFocus()
    before = card.by_place.curves[0].y
    QTest.keyClick(page.controls.layer, Qt.Key.Key_Down)
    assert not np.array_equal(card.by_place.curves[0].y, before)


def test_stopping_leaves_the_card_as_it_was(
    page: GatesPage, studies: GateStudies, wait: Wait
) -> None:
    card = studies.dataset
    QTest.mouseClick(card.compute, LEFT)
    assert card.stop.isVisibleTo(studies)
    QTest.mouseClick(card.stop, LEFT)
    wait(lambda: page.context.jobs.is_idle)
    assert card.found is None
    assert card.compute.isVisibleTo(studies)


def test_passages_of_two_conditions_are_listed_and_a_click_shows_where_one_begins(
    page: GatesPage, studies: GateStudies, wait: Wait
) -> None:
    card = studies.passages
    QTest.mouseClick(card.more, LEFT)
    for at, row in enumerate(card.rows):
        row.unit.setValue(at)
        row.value.setValue(0.2)
        row.steps.setValue(2)
    QTest.mouseClick(card.search, LEFT)
    wait(lambda: card.found is not None)
    found = card.found
    assert found is not None
    assert [each.unit for each in found.conditions] == [0, 1]
    assert "of GRU, seed 1, in" in card.words.text()
    assert found.passages.steps[0] == found.passages.steps.max() >= 2
    table = card.results.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    number, step = int(found.numbers[0]), int(found.passages.first[0])
    wait(
        lambda: page.gates_work.seen is not None and page.gates_work.seen.selection.index == number
    )
    wait(lambda: page.body.cursors["GRU"].step == step)
    assert page.body.cursors["GRU"].panel == "update"
    assert page.body.cursors["LSTM"].step == step


def test_a_second_search_needs_no_second_reading_and_a_condition_can_be_removed(
    studies: GateStudies, wait: Wait
) -> None:
    card = studies.passages
    QTest.mouseClick(card.more, LEFT)
    QTest.mouseClick(card.rows[1].remove, LEFT)
    card.rows[0].value.setValue(-1.0)
    QTest.mouseClick(card.search, LEFT)
    wait(lambda: card.found is not None)
    first = card.found
    assert first is not None
    assert len(first.passages) == len(set(first.numbers.tolist()))
    card.rows[0].value.setFocus()
    card.rows[0].value.selectAll()
    QTest.keyClicks(card.rows[0].value, "2")
    QTest.keyClick(card.rows[0].value, Qt.Key.Key_Return)
    assert not card.runner.is_running
    wait(lambda: card.found is not first)
    assert card.words.text().startswith("No passage of GRU, seed 1, in")
