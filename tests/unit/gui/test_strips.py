import numpy as np
import pyqtgraph as pg
import pytest
from pytestqt.qtbot import QtBot

from studio.gui.pages.train.strip_plots import MemoryBars, TimeStrips
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import LIGHT, strokes
from studio.gui.view.short_names import LONGEST, short_names, shortened

NAMES = [f"{cell}, rate {rate:g}" for cell in ("GRU", "LSTM") for rate in (0.001, 0.003, 0.01)]
STROKES = strokes(LIGHT, [(name, name.split(",")[0].lower()) for name in NAMES])


def test_times_of_contenders_that_are_no_longer_compared_leave_the_plot(qtbot: QtBot) -> None:
    plot = TimeStrips(Appearance())
    qtbot.addWidget(plot)
    plot.show_times({name: np.full(5, 2.0) for name in NAMES}, STROKES)
    few = {name: STROKES[name] for name in NAMES[:2]}
    plot.show_times({NAMES[0]: np.array([1.0, 3.0])}, few)
    clouds = [item for item in plot.item.items if isinstance(item, pg.ScatterPlotItem)]
    assert [len(cloud.getData()[0]) for cloud in clouds] == [2, 0]
    assert plot.table() == [
        ["contender", "milliseconds per step"],
        [NAMES[0], "1"],
        [NAMES[0], "3"],
    ]


@pytest.mark.parametrize("kind", [TimeStrips, MemoryBars])
def test_every_contender_has_a_row_with_its_name_however_many_there_are(
    qtbot: QtBot, kind: type[TimeStrips | MemoryBars]
) -> None:
    plot = kind(Appearance())
    qtbot.addWidget(plot)
    if isinstance(plot, TimeStrips):
        plot.show_times({name: np.full(5, 2.0) for name in NAMES}, STROKES)
    else:
        plot.show_memory({name: [("weights", 1.0)] for name in NAMES}, STROKES)
    ticks = plot.item.getAxis("left")._tickLevels[0]
    assert [text for _, text in ticks] == NAMES
    needed = plot.fontMetrics().height() * len(NAMES)
    assert plot.minimumHeight() > needed


def test_a_long_name_is_shortened_in_the_middle() -> None:
    long = "GRU with attention pooling, rate 0.0003"
    assert len(shortened(long)) <= LONGEST
    assert shortened(long).endswith("rate 0.0003")
    assert shortened(long).startswith("GRU with")


def test_shortened_names_stay_different_from_each_other() -> None:
    names = [f"the same beginning of {middle} and the same ending" for middle in ("one", "two")]
    short = short_names([*names, "GRU"])
    assert len(set(short.values())) == 3
    assert all(len(text) <= LONGEST for text in short.values())
    assert short["GRU"] == "GRU"
