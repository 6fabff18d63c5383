"""Room above the curves of a plot, where its legend stands."""

import numpy as np

from studio.gui.plots.plot import Plot

_SHARE_ON_TOP = 0.32


def leave_room_on_top(plot: Plot) -> None:
    """Fits the vertical axis to the curves and their bands, with room for the legend."""
    ends = [
        values
        for curve in plot.curves
        for values in (curve.y, curve.low, curve.high)
        if values is not None
    ]
    together = np.concatenate([np.zeros(0), *ends])
    finite = together[np.isfinite(together)]
    if len(finite):
        low, high = float(finite.min()), float(finite.max())
        room = (high - low) or abs(high) or 1.0
        plot.item.setYRange(low - 0.05 * room, high + _SHARE_ON_TOP * room, padding=0)
