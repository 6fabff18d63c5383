"""How many of many curves cross each pixel: what a plot needs to draw hundreds of runs at once.

Drawing two hundred thousand line segments takes a quarter of a second and more; counting crossings
column by column takes milliseconds, whatever the curves look like.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles

Ends = tuple[float, float]
Line = tuple[Doubles, Doubles]
"""The x and the y of its points, (points,) each."""

Counts = NDArray[np.int32]


class LineDensity:
    """Many lines with their points in ascending x, ready to be counted for any view.

    Args:
        lines: The x and the y of each line, (points,) each, finite.

    Attributes:
        extent: The smallest and the largest x, and the same of y; None where there are no lines.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        groups: list[tuple[Doubles, list[Doubles]]] = []
        for x, y in lines:
            if groups and np.array_equal(groups[-1][0], x):
                groups[-1][1].append(y)
            elif len(x):
                groups.append((x, [y]))
        self._groups = [(x, np.stack(ys)) for x, ys in groups]
        self.extent = _extent(self._groups)

    def coverage(self, x: Ends, y: Ends, size: tuple[int, int]) -> Counts:
        """How many lines cross each pixel of a view.

        Args:
            x: The view's left and right end.
            y: Its lower and upper end.
            size: Its width and height in pixels.

        Returns:
            Counts, (height, width), the lowest row first.
        """
        width, height = size
        grid = np.zeros((height + 1, width), dtype=np.int32)
        cells, columns = grid.reshape(-1), np.arange(width)
        for xs, ys in self._groups:
            low, high = _spans(xs, ys, np.linspace(*x, width + 1))
            scale = height / (y[1] - y[0])
            first, last = (low - y[0]) * scale, (high - y[0]) * scale
            seen = (last >= 0) & (first < height)  # false where a line has no point: NaN
            start = np.where(seen, np.maximum(first, 0), 0).astype(np.int32)
            end = np.where(seen, np.minimum(last, height - 1) + 1, 0).astype(np.int32)
            np.add.at(cells, (start * width + columns).reshape(-1), np.int32(1))
            np.add.at(cells, (end * width + columns).reshape(-1), np.int32(-1))
        return np.cumsum(grid[:height], axis=0, dtype=np.int32)


def _extent(groups: Sequence[tuple[Doubles, Doubles]]) -> tuple[Ends, Ends] | None:
    if not groups:
        return None
    ends = [(x[0], x[-1], ys.min(), ys.max()) for x, ys in groups]
    left, right, low, high = (np.array(values) for values in zip(*ends, strict=True))
    return (float(left.min()), float(right.max())), (float(low.min()), float(high.max()))


def _spans(x: Doubles, ys: Doubles, edges: Doubles) -> tuple[Doubles, Doubles]:
    """The lowest and the highest y of each line in each column, (lines, columns)."""
    places = np.searchsorted(x, edges)
    after = np.clip(places, 1, max(len(x) - 1, 1)) % len(x)
    before = np.maximum(after - 1, 0)
    gap = x[after] - x[before]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where((edges < x[0]) | (edges > x[-1]), np.nan, (edges - x[before]) / gap)
        crossed = ys[:, before] * (1 - share) + ys[:, after] * share
    low = np.fmin(crossed[:, :-1], crossed[:, 1:])
    high = np.fmax(crossed[:, :-1], crossed[:, 1:])
    has_points = np.diff(places) > 0
    if has_points.any():
        starts, within = places[:-1][has_points], ys[:, : places[-1]]
        lowest = np.minimum.reduceat(within, starts, axis=1)
        highest = np.maximum.reduceat(within, starts, axis=1)
        low[:, has_points] = np.fmin(low[:, has_points], lowest)
        high[:, has_points] = np.fmax(high[:, has_points], highest)
    return low, high
