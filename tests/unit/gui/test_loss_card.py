"""The loss curves: one line for every run where that is asked for."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.core.results.events import EpochRecord, RunId
from studio.core.results.history import Baseline
from studio.gui.pages.train.loss_card import LossCard
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import SOLID, Stroke

STROKES = {"GRU": Stroke("#ff0000", SOLID, "o")}
LOSSES = {1: (1.0, 0.2), 2: (1.0, 0.8)}


@pytest.fixture
def card(qtbot: QtBot) -> LossCard:
    made = LossCard(Appearance())
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.changed.connect(lambda: made.show_runs(epochs(), (), STROKES, "mse"))
    made.show_runs(epochs(), (), STROKES, "mse")
    with qtbot.waitExposed(made):
        made.show()
    return made


def epochs() -> dict[RunId, list[EpochRecord]]:
    return {
        RunId("GRU", seed): [
            EpochRecord(at, at * 10, loss, None, {}, float(at), 0.1, 1.0, 0.0)
            for at, loss in enumerate(losses, start=1)
        ]
        for seed, losses in LOSSES.items()
    }


def redness_at(card: LossCard, x: float, y: float) -> int:
    """By how much a place of the plot is redder than it is blue, out of 255."""
    canvas = card.plot.canvas
    picture = canvas.grab().toImage()  # the view fits itself to its lines when it is drawn
    place = canvas.mapFromScene(card.plot.item.getViewBox().mapViewToScene(QPointF(x, y)))
    colors = [picture.pixelColor(place.x(), place.y() + by) for by in (-1, 0, 1)]
    return max(color.red() - color.blue() for color in colors)


def test_each_run_has_a_line_of_its_own_in_place_of_the_range(card: LossCard) -> None:
    between, on_a_run = (1.75, 0.7), (1.75, 0.85)  # runs at 0.4 and 0.85, their mean at 0.625
    assert redness_at(card, *between) > 10  # the range is filled
    card.every_run.click()
    assert redness_at(card, *on_a_run) > 40
    assert redness_at(card, *between) < 5
    assert "lines of 2 runs" in card.heading.text()
    card.every_run.click()
    assert redness_at(card, *between) > 10


def test_the_data_of_the_plot_holds_every_run_that_is_shown(card: LossCard) -> None:
    card.every_run.click()
    rows = [row for row in card.plot.table() if "run" in row[0]]
    assert [float(row[2]) for row in rows] == [
        loss for losses in LOSSES.values() for loss in losses
    ]


def test_on_a_logarithmic_axis_lines_stand_where_their_curve_does(card: LossCard) -> None:
    card.every_run.click()
    next(push for push in card.scale.findChildren(QPushButton) if push.text() == "log").click()
    middle = (np.log10(1.0) + np.log10(0.8)) / 2
    assert redness_at(card, 1.5, float(middle)) > 40


def test_the_baseline_stands_at_its_loss_on_a_logarithmic_axis_too(card: LossCard) -> None:
    baseline = Baseline("persistence", 0, 0.0, np.zeros((1, 1)), {}, {}, 0.5)
    for scale, height in (("linear", 0.5), ("log", float(np.log10(0.5)))):
        next(push for push in card.scale.findChildren(QPushButton) if push.text() == scale).click()
        card.show_runs(validated(), (baseline,), STROKES, "mse")
        lines = [item for item in card.plot.item.items if isinstance(item, pg.InfiniteLine)]
        assert [line.value() for line in lines] == pytest.approx([height])


def validated() -> dict[RunId, list[EpochRecord]]:
    return {
        run: [replace(record, validation_loss=record.train_loss) for record in records]
        for run, records in epochs().items()
    }
