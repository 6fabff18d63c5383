"""Compares predictions of a written model with those of the trained one."""

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.prepared.preprocessing import Preprocessing
from studio.nn.inference.standalone import ROUNDING, TOLERANCE


def compare_predictions(
    written: Floats,
    expected: Floats,
    preprocessing: Preprocessing,
    series: Integers | None = None,
) -> tuple[float, bool]:
    """The largest difference, and whether float32 rounding explains all of them.

    The tolerance depends on the targets' spread, not on their magnitude: otherwise predictions near
    a million with a spread of one would all count as equal.

    Args:
        written: Predictions of the written model, (examples, outputs).
        expected: Predictions of the trained one, (examples, outputs).
        preprocessing: Gives the spread of each output.
        series: The index of each example's series where each series has its own scaler.
    """
    predictions = np.asarray(expected, dtype=np.float64)
    difference = np.abs(written - predictions)
    allowed = TOLERANCE * _spread(predictions, preprocessing, series)
    if written.dtype == np.float32:
        allowed = allowed + ROUNDING * np.abs(predictions)
    return float(difference.max()), bool((difference <= allowed).all())


def series_to_check(series: Integers | None) -> tuple[Integers | None, ...]:
    """The series that examples are checked as: their own, and one that was not fitted."""
    return (None,) if series is None else (series, np.full_like(series, -1))


def of_series(series: Integers | None) -> str:
    """Which series the checked examples are of, to follow "12 examples"."""
    if series is None:
        return ""
    return f" of {len(np.unique(series))} series, each also as a new series,"


def _spread(predictions: Doubles, preprocessing: Preprocessing, series: Integers | None) -> Doubles:
    scales = preprocessing.target_scales(series)
    if scales is None:
        return np.ones_like(predictions)
    center, scale = scales
    return np.asarray(np.maximum(scale, np.abs(predictions - center)))
