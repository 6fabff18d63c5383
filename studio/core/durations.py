"""Durations as text."""

import math

_MIN_SHARE_FOR_ESTIMATE = 0.02


def format_duration(seconds: float) -> str:
    """Such as "0.4 s", "40 s", "3 min" or "2.5 h"."""
    if seconds < 10:  # noqa: PLR2004 - below this, tenths matter
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} s"
    if seconds < 7200:  # noqa: PLR2004 - two hours
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def format_time_left(share: float, share_at_start: float, spent: float) -> str:
    """Such as "62 %, about 40 s left"; without an estimate while too little is done.

    Args:
        share: Share of the work that is done.
        share_at_start: Share that was done when the clock started.
        spent: Seconds since then.
    """
    percent = f"{round(100 * share)} %"
    done = share - share_at_start
    if done < _MIN_SHARE_FOR_ESTIMATE:
        return percent
    return f"{percent}, about {format_duration(spent * (1 - share) / done)} left"


def format_seconds(seconds: float) -> str:
    """Such as "12.3", or "" where no times were taken."""
    return f"{seconds:.1f}" if math.isfinite(seconds) else ""
