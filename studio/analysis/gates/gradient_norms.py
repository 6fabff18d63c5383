"""Gradient norm over lag."""

import numpy as np

from studio.core.arrays import Doubles, Floats


def gradient_norm_by_lag(norms: Floats, *, reverse: bool) -> tuple[Doubles, Doubles]:
    """Lags and gradient norms relative to that of the last step read, both (time,).

    Zeros and a vanished norm at lag 0 become NaN: a logarithmic axis cannot show them.
    """
    ordered = np.asarray(norms if reverse else norms[::-1], dtype=np.float64)
    scale = ordered[0]
    relative = ordered / scale if scale > 0 else np.full(len(ordered), np.nan)
    return np.arange(len(ordered), dtype=np.float64), np.where(relative > 0, relative, np.nan)
