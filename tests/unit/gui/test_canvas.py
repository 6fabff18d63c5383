import pytest
from pytestqt.qtbot import QtBot

from studio.gui.plots.canvas import Axis


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.6, 1.9, ["10", "5", "20", "50"]),
        (-3, 0, ["0.001", "0.01", "0.1", "1"]),
        (-18, 0, ["10⁻¹⁸", "10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "0.001", "1"]),
    ],
)
def test_logarithmic_ticks_keep_apart_and_read_as_numbers(
    qtbot: QtBot, low: float, high: float, words: list[str]
) -> None:
    del qtbot
    axis = Axis("left")
    levels = axis.logTickValues(low, high, 150, [])
    places = [place for _, level in levels for place in level]
    assert axis.logTickStrings(places, 1, 1) == words
