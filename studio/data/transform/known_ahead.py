"""Columns that are known in advance: their later values as further channels of each step."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers

_Rows = TypeVar("_Rows", Floats, Doubles)


def with_values_ahead(
    rows: _Rows, channels: Sequence[int], horizon: int, lengths: Integers
) -> _Rows:
    """Rows with what is known of the steps after each of them, (rows, channels + added).

    The added channels are those of the next step, then those of the step after it, up to the
    horizon. The last step of a window so holds the values of every step that it predicts. Nothing
    is taken from another series: beyond the last row of its own there is NaN.

    Args:
        rows: Concatenated series, (rows, channels).
        channels: The channels that are known in advance.
        horizon: Steps ahead.
        lengths: Rows of each series, (series,).
    """
    if not channels:
        return rows
    known, count = rows[:, list(channels)], len(channels)
    ends = np.repeat(np.cumsum(lengths), lengths)
    added = np.full((len(rows), horizon * count), np.nan, dtype=rows.dtype)
    for step in range(1, horizon + 1):
        is_inside = np.arange(step, len(rows) + step) < ends
        added[is_inside, (step - 1) * count : step * count] = known[step:][is_inside[:-step]]
    return np.concatenate([rows, added], axis=1)


def names_ahead(names: Sequence[str], horizon: int) -> tuple[str, ...]:
    """Names of the added channels, in their order."""
    return tuple(f"{name} +{step}" for step in range(1, horizon + 1) for name in names)
