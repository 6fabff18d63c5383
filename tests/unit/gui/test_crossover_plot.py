"""A crossover map is drawn in the better cell's colour, and can be read without seeing it."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsRectItem
from pytestqt.qtbot import QtBot

from studio.claims.analysis.crossover_map import MapCell, Scales, crossover_map
from studio.claims.analysis.findings import Finding, StoredClaimResult
from studio.claims.registry import find_claims
from studio.gui.pages.claims.claim_card import ClaimCard
from studio.gui.pages.claims.crossover_plot import CrossoverPlot
from studio.gui.pages.claims.intervals_plot import IntervalsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import THEMES, Theme

SCALES = Scales((30, 60), (60, 200), "steps", "examples")
PLACES = {
    (30, 60): MapCell(0.12, 0.05, 0.20, "GRU"),
    (30, 200): MapCell(-0.12, -0.20, -0.05, "LSTM"),
    (60, 60): MapCell(0.02, -0.05, 0.09, ""),
}
MAP = crossover_map("Score", "accuracy, GRU − LSTM", SCALES, PLACES)


@pytest.fixture
def plot(qtbot: QtBot) -> CrossoverPlot:
    made = CrossoverPlot(Appearance())
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show_map(MAP)
    return made


def color_in(plot: CrossoverPlot, row: int, column: int) -> QColor:
    """Near the upper left corner of a place, beside its words."""
    scene = plot.item.getViewBox().mapViewToScene(QPointF(column - 0.44, row - 0.44))
    return plot.canvas.grab().toImage().pixelColor(plot.canvas.mapFromScene(scene))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_place_has_the_colour_of_the_better_cell_and_an_open_one_that_of_the_card(
    plot: CrossoverPlot, qtbot: QtBot, theme: Theme
) -> None:
    with qtbot.waitExposed(plot):
        plot.show()
    plot.appearance.use(theme)
    assert color_in(plot, 0, 0) == QColor(theme.cells["gru"])
    assert color_in(plot, 0, 1) == QColor(theme.cells["lstm"])
    assert color_in(plot, 1, 0) == QColor(theme.card)


def test_every_place_is_described_in_tooltip_table_and_accessible_text(
    plot: CrossoverPlot,
) -> None:
    tips = {
        item.toolTip() for item in plot.item.vb.allChildren() if isinstance(item, QGraphicsRectItem)
    }
    told = "60 steps, 60 examples: accuracy, GRU − LSTM 0.020 (−0.050 to 0.090), inconclusive"
    assert told in tips
    assert told in plot.accessibleDescription()
    assert plot.accessibleName() == "Crossover map: score"
    assert plot.table() == [
        ["row", "column", "accuracy, GRU − LSTM", "low", "high", "better"],
        ["30 steps", "60 examples", "0.12", "0.05", "0.2", "GRU"],
        ["30 steps", "200 examples", "-0.12", "-0.2", "-0.05", "LSTM"],
        ["60 steps", "60 examples", "0.02", "-0.05", "0.09", "inconclusive"],
        ["60 steps", "200 examples", "", "", "", "not measured"],
    ]


def test_a_card_shows_each_map_of_a_finding_in_place_of_intervals(qtbot: QtBot) -> None:
    (claim,) = find_claims(["C6"])
    card = ClaimCard(claim, Appearance())
    qtbot.addWidget(card)
    found = Finding("undecided", 0.1, 0.05, 0.15, "accuracy", "In words.", maps=(MAP, MAP))
    card.show_result(StoredClaimResult((found,), 1.0, {}, "2026-11-25T10:00:00+00:00"))
    assert len(card.findChildren(CrossoverPlot)) == 2
    assert not card.findChildren(IntervalsPlot)
