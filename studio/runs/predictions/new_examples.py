"""An example of new data as the inspection of gates reads it."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers, Truth
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY
from studio.core.prepared.preprocessing import Preprocessing
from studio.data.new_data import NewData
from studio.runs.stored.gate_inspection import Example


def new_example(data: NewData, index: int) -> Example:
    """One example with its truth, as far as the data holds it."""
    inputs, _ = data.batch(index, index + 1)
    truth = _truth_of_steps(data, index) if data.preprocessing.per_step else data.truth[index]
    series = None if data.series is None else data.series[index : index + 1]
    return Example(
        inputs=inputs[0],
        target=_as_compared(np.asarray(truth), data.preprocessing, series),
        targets_in_units=np.asarray(truth),
        position=int(data.positions[index]),
        series=series,
    )


def example_of_prediction(data: NewData, row: int) -> int:
    """The example that a prediction belongs to: its own, or that of its step."""
    if not data.preprocessing.per_step:
        return row
    ends = np.cumsum(data.lengths - data.skip)
    return int(np.searchsorted(ends, row, side="right"))


def _truth_of_steps(data: NewData, index: int) -> NDArray[np.generic]:
    """The truth of each step, unknown where steps settle the state."""
    skips = np.broadcast_to(data.skip, len(data))
    ends = np.cumsum(data.lengths - skips)
    length, skip = int(data.lengths[index]), int(skips[index])
    own = data.truth[ends[index] - (length - skip) : ends[index]]
    if data.preprocessing.kind == "next-step":
        keys = np.full((length, own.shape[1]), PADDING_KEY, dtype=np.uint8)
        keys[skip:] = np.where(np.isnan(own), PADDING_KEY, own)
        return keys
    unknown = np.nan if own.dtype.kind == "f" else IGNORE_INDEX
    steps = np.full((length, *own.shape[1:]), unknown, dtype=own.dtype)
    steps[skip:] = own
    return steps


def _as_compared(truth: Truth, preprocessing: Preprocessing, series: Integers | None) -> Truth:
    """What the loss compares with: scaled numbers, or the classes as they are."""
    if preprocessing.target_scaler is None:
        return truth
    if preprocessing.per_step:
        return preprocessing.scaled_targets(truth)
    return np.asarray(preprocessing.scaled_targets(truth[np.newaxis], series)[0])
