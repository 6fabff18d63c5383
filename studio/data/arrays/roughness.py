"""How much an array changes from each value to the next along an axis, in its own measure."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles

_MOST_ALONG = 4096
_MOST_VALUES = 4_000_000
_LEAST = 1e-3
_FEWEST_ALONG = 3


def sample_of(array: NDArray[Any]) -> Doubles:
    """The beginning of each axis, few enough values to be looked at in a moment."""
    parts = [slice(0, _MOST_ALONG)] * array.ndim
    piece = array[tuple(parts)]
    most = max(1, int(_MOST_VALUES / max(1, piece.size) * max(piece.shape, default=1)))
    longest = int(np.argmax(piece.shape)) if piece.ndim else 0
    if piece.ndim and piece.size > _MOST_VALUES:
        parts[longest] = slice(0, most)
        piece = piece[tuple(parts)]
    return np.asarray(piece, dtype=np.float64)


def roughness(values: Doubles, along: int, scale: int | None) -> float:
    """The mean squared step along an axis over that of values in any order.

    About 1 where the order of the axis means nothing, such as between channels or for white
    noise, and near 0 where neighbours are alike: von Neumann's ratio ("Distribution of the ratio
    of the mean square successive difference to the variance", 1941), halved.

    Args:
        values: Any number of axes, NaN where missing.
        along: The axis.
        scale: The axis whose entries have units of their own, or None.

    Returns:
        At least 0.001; 1 for an axis of fewer than three entries or without variation.
    """
    if values.shape[along] < _FEWEST_ALONG:
        return 1.0
    with np.errstate(all="ignore"):
        standard = _standardised(values, scale)
        steps = np.diff(standard, axis=along) ** 2
        steps = steps[~np.isnan(steps)]
        given = ~np.isnan(standard)
        counts = given.sum(axis=along, keepdims=True)
        filled = np.where(given, standard, 0.0)
        means = filled.sum(axis=along, keepdims=True) / counts
        squares = np.where(given, (standard - means) ** 2, 0.0).sum(axis=along, keepdims=True)
        variances = (squares / (counts - 1))[counts > 1]
        ratio = steps.mean() / (2 * variances.mean()) if steps.size and variances.size else np.nan
    return max(_LEAST, float(ratio)) if np.isfinite(ratio) else 1.0


def _standardised(values: Doubles, scale: int | None) -> Doubles:
    """Values with the scale of each entry of an axis taken out; constant entries become NaN."""
    if scale is None:
        return values
    others = tuple(axis for axis in range(values.ndim) if axis != scale)
    given = ~np.isnan(values)
    counts = given.sum(axis=others, keepdims=True)
    means = np.where(given, values, 0.0).sum(axis=others, keepdims=True) / counts
    centred = values - means
    squares = np.where(given, centred**2, 0.0).sum(axis=others, keepdims=True)
    deviations = np.sqrt(squares / counts)
    return np.asarray(centred / np.where(deviations > 0, deviations, np.nan))
