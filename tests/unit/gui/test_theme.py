from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from studio.core.cells import CELLS
from studio.gui.style.theme import DARK, LIGHT, Theme, strokes


def luminance(color: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(color).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


both = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


@both
def test_text_keeps_a_contrast_of_four_and_a_half(theme: Theme) -> None:
    grounds = (theme.window, theme.card, theme.side_bar, theme.field)
    for ground in grounds:
        for color in (theme.text, theme.muted, theme.good, theme.warning, theme.bad):
            assert contrast(color, ground) >= 4.5, (color, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.text, theme.selected) >= 4.5


@both
def test_lines_and_marks_keep_a_contrast_of_three_on_a_card(theme: Theme) -> None:
    cells = (*CELLS, "of-a-package")
    contenders = [(f"{cell} {number}", cell) for cell in cells for number in range(6)]
    colors = [stroke.color for stroke in strokes(theme, contenders).values()]
    for color in (*colors, theme.accent, theme.outline):
        assert contrast(color, theme.card) >= 3, color


@both
def test_cell_names_in_their_colour_keep_the_contrast_of_text(theme: Theme) -> None:
    colors = (*theme.cells.values(), theme.other_cell)
    assert all(contrast(color, theme.card) >= 4.5 for color in colors)


@both
def test_no_two_contenders_share_colour_line_and_marker(theme: Theme) -> None:
    cells = (*CELLS, "of-a-package")
    contenders = [(f"{cell} {number}", cell) for cell in cells for number in range(4)]
    drawn = strokes(theme, contenders)
    assert len(set(drawn.values())) == len(contenders)


@both
def test_the_cells_differ_in_line_and_marker_and_not_in_colour_alone(theme: Theme) -> None:
    drawn = strokes(theme, [(cell, cell) for cell in CELLS]).values()
    assert len({stroke.line for stroke in drawn}) == len(CELLS)
    assert len({stroke.marker for stroke in drawn}) == len(CELLS)


def distance(one: str, other: str) -> float:
    """Of two colours, in parts of the way from black to white."""
    pairs = zip(QColor(one).getRgbF()[:3], QColor(other).getRgbF()[:3], strict=True)
    return (sum((a - b) ** 2 for a, b in pairs) / 3) ** 0.5


@both
@pytest.mark.parametrize(
    "cells", [["gru"] * 6, ["lstm"] * 6, ["rnn"] * 6, ["gru", "lstm", "rnn"] * 2]
)
def test_lines_of_six_contenders_differ_in_style_or_clearly_in_colour(
    theme: Theme, cells: list[str]
) -> None:
    drawn = list(strokes(theme, [(f"{n}", cell) for n, cell in enumerate(cells)]).values())
    for one, other in combinations(drawn, 2):
        assert one.line != other.line or distance(one.color, other.color) > 0.1
