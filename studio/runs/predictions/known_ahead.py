"""What is known in advance of the steps that are forecast beyond the end."""

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.prepared.preprocessing import Preprocessing
from studio.data.new_data import NewData
from studio.data.new_data.known_rows import nothing_known_ahead


def steps_read(preprocessing: Preprocessing, steps: int) -> int:
    """Steps after the origin whose known columns are read: whole horizons, if there are any."""
    if not preprocessing.known_ahead:
        return steps
    return -(-steps // preprocessing.horizon) * preprocessing.horizon


def rows_after(data: NewData, origins: Integers) -> Integers:
    """Rows of the data from each origin to the end of its series, (origins,)."""
    assert data.row_ends is not None  # noqa: S101 - a forecast's data
    assert data.known_ends is not None  # noqa: S101
    owners = np.searchsorted(data.row_ends, origins - 1, side="right")
    return np.asarray(data.known_ends[owners] - origins, dtype=np.int64)


def known_after(data: NewData, origins: Integers, steps: int, series: Integers | None) -> Doubles:
    """The channels that are known in advance, in units, (origins, steps, channels); others 0.

    Static columns are among them.
    """
    preprocessing = data.preprocessing
    known = np.zeros((len(origins), steps, data.rows.shape[1]))
    if preprocessing.static:
        last = preprocessing.inputs_in_units(data.rows[origins - 1][:, np.newaxis], series)
        known[:, :, preprocessing.plain_size :] = last[:, :, preprocessing.plain_size :]
    if not preprocessing.known_ahead:
        return known
    rows = data.rows[origins[:, np.newaxis] + np.arange(steps)]
    added = range(known.shape[2] - preprocessing.ahead_size, known.shape[2])
    channels = [*preprocessing.ahead_sources, *added]
    known[:, :, channels] = preprocessing.inputs_in_units(rows, series)[:, :, channels]
    return known


def refuse_unknown_after(data: NewData, origins: Integers, steps: int) -> None:
    """Raises DatasetError where what is known in advance is missing at a step that is read.

    Args:
        data: The new data.
        origins: The row after the last one that each forecast reads, (origins,).
        steps: To forecast.
    """
    preprocessing = data.preprocessing
    if not preprocessing.known_ahead:
        return
    assert data.row_ends is not None  # noqa: S101 - a forecast's data
    firsts = origins if len(origins) else data.row_ends
    needed = steps_read(preprocessing, steps)
    if (rows_after(data, firsts) < needed).any():
        raise nothing_known_ahead(preprocessing, data.name, needed)
    rows = data.rows[firsts[:, np.newaxis] + np.arange(needed)]
    if np.isnan(rows[:, :, list(preprocessing.ahead_sources)]).any():
        raise nothing_known_ahead(preprocessing, data.name, needed)
