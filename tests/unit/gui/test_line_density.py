"""Many lines at once: what is counted is what would have been drawn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.gui.view.line_density import LineDensity

VIEW_X, VIEW_Y, SIZE = (0.0, 10.0), (0.0, 4.0), (20, 8)
"""Half a unit for each pixel, in both directions."""

heights = st.floats(0.05, 3.95).filter(lambda y: abs(y * 2 - round(y * 2)) > 0.01)


def test_a_level_line_is_counted_once_in_every_column_that_it_crosses() -> None:
    line = (np.array([2.25, 6.75]), np.array([1.25, 1.25]))
    counts = LineDensity([line]).coverage(VIEW_X, VIEW_Y, SIZE)
    rows, columns = np.nonzero(counts)
    assert set(rows.tolist()) == {2}
    assert columns.min() >= 4
    assert columns.max() <= 13
    assert counts.max() == 1


def test_a_line_of_one_point_is_one_pixel() -> None:
    counts = LineDensity([(np.array([3.2]), np.array([2.6]))]).coverage(VIEW_X, VIEW_Y, SIZE)
    assert np.argwhere(counts).tolist() == [[5, 6]]


def test_lines_on_top_of_each_other_are_counted_as_often_as_there_are() -> None:
    line = (np.array([0.0, 10.0]), np.array([0.6, 3.4]))
    once = LineDensity([line]).coverage(VIEW_X, VIEW_Y, SIZE)
    thrice = LineDensity([line] * 3).coverage(VIEW_X, VIEW_Y, SIZE)
    np.testing.assert_array_equal(thrice, 3 * once)


def test_what_lies_beside_the_view_is_not_counted() -> None:
    beside = [
        (np.array([-5.0, -1.0]), np.array([1.0, 1.0])),
        (np.array([1.0, 9.0]), np.array([9.0, 9.0])),
    ]
    assert not LineDensity(beside).coverage(VIEW_X, VIEW_Y, SIZE).any()


def test_a_spike_between_two_columns_is_seen_in_its_whole_height() -> None:
    x = np.linspace(0, 10, 1001)
    y = np.full(1001, 0.3)
    y[503] = 3.8
    counts = LineDensity([(x, y)]).coverage(VIEW_X, VIEW_Y, SIZE)
    assert counts[:, 10].all()


def test_no_lines_have_no_extent_and_cover_nothing() -> None:
    assert LineDensity([]).extent is None
    assert not LineDensity([]).coverage(VIEW_X, VIEW_Y, SIZE).any()


def test_the_extent_holds_all_points() -> None:
    lines = LineDensity(
        [(np.array([1.0, 2.0]), np.array([5.0, -3.0])), (np.array([0.5]), np.array([7.0]))]
    )
    assert lines.extent == ((0.5, 2.0), (-3.0, 7.0))


@given(st.lists(heights, min_size=2, max_size=30), st.integers(1, 4))
def test_every_pixel_that_a_finely_drawn_line_touches_is_counted(
    ys: list[float], copies: int
) -> None:
    x = np.linspace(0.01, 9.99, len(ys))
    counts = LineDensity([(x, np.array(ys))] * copies).coverage(VIEW_X, VIEW_Y, SIZE)
    fine = np.linspace(0.01, 9.99, 4001)
    at = np.interp(fine, x, ys)
    drawn = np.zeros_like(counts, dtype=bool)
    drawn[(at * 2).astype(int), (fine * 2).astype(int)] = True
    assert (counts[drawn] == copies).all()
    assert counts[~drawn].sum() <= copies * 2 * SIZE[0]  # what crosses a corner between samples


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_lines_with_points_of_their_own_are_counted_together(order: tuple[int, int]) -> None:
    lines = [
        (np.array([0.0, 10.0]), np.array([1.2, 1.2])),
        (np.array([0.0, 5.0, 10.0]), np.array([1.2, 1.2, 1.2])),
    ]
    counts = LineDensity([lines[at] for at in order]).coverage(VIEW_X, VIEW_Y, SIZE)
    assert (counts[2] == 2).all()
