"""The season of a series: after how many steps it repeats."""

import numpy as np

from studio.core.arrays import Doubles

_STRONG = 0.3
_NEARLY_AS_STRONG = 0.9
_LONGEST = 10_000
_FEWEST_SEASONS = 3
_FEWEST_STEPS = 12


def find_season(values: Doubles) -> int | None:
    """The shortest period at which a series is about as much like itself as at any other.

    The autocorrelation of the detrended series must be at least 0.3 at a local maximum after it has
    first been negative (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section
    2.8). The series must hold three periods.

    Args:
        values: (steps,); missing values are skipped over.

    Returns:
        The period in steps, or None where the series does not repeat.
    """
    count = len(values)
    if count < _FEWEST_STEPS:
        return None
    correlation = _autocorrelation(values, min(count // _FEWEST_SEASONS, _LONGEST))
    below = np.flatnonzero(correlation < 0)
    if not len(below):
        return None
    lags = np.arange(max(2, int(below[0])), len(correlation) - 1)
    here = correlation[lags]
    is_peak = (here >= correlation[lags - 1]) & (here >= correlation[lags + 1])
    peaks = lags[is_peak & (here >= _STRONG)]
    if not len(peaks):
        return None
    strong = correlation[peaks] >= _NEARLY_AS_STRONG * correlation[peaks].max()
    return int(peaks[strong][0])


def _autocorrelation(values: Doubles, lags: int) -> Doubles:
    """Of the detrended series, (lags + 1,); zeros where it does not vary."""
    steps = np.arange(len(values), dtype=np.float64)
    known = np.isfinite(values)
    if known.sum() < _FEWEST_STEPS:
        return np.zeros(lags + 1)
    slope, level = np.polyfit(steps[known], values[known], 1)
    rest = np.where(known, values - level - slope * steps, 0.0)
    size = 1 << (2 * len(rest) - 1).bit_length()
    spectrum = np.fft.rfft(rest, size)
    products = np.fft.irfft(spectrum * spectrum.conj(), size)[: lags + 1]
    scale = float(np.abs(values[known]).max())
    if products[0] <= 1e-20 * max(scale, 1e-300) ** 2 * len(rest):
        return np.zeros(lags + 1)
    return np.asarray(products / products[0])
