"""Small drawings of data that may be empty or missing."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core.arrays import Doubles
from studio.gui.widgets.sparkline import Sparkline

RED = "#ff0000"


def drawn(qtbot: QtBot, lines: list[Doubles]) -> bool:
    """Whether anything but the background is painted."""
    widget = Sparkline(3, "x")
    qtbot.addWidget(widget)
    widget.resize(80, 40)
    widget.show_lines(lines, [RED] * len(lines))
    image = widget.grab().toImage()
    colors = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    return len(colors) > 1


@pytest.mark.parametrize("other", [np.empty(0), np.full(5, np.nan)])
def test_a_line_without_numbers_leaves_the_others_as_they_are(qtbot: QtBot, other: Doubles) -> None:
    assert drawn(qtbot, [np.array([0.0, 1.0, 0.5]), other])
    assert not drawn(qtbot, [other])
