"""Times in words."""

_SHARE_BEFORE_A_GUESS = 0.02


def in_words(seconds: float) -> str:
    """Seconds as people say them: "0.4 s", "40 s", "3 min", "2.5 h"."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths matter
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{seconds:.0f} s"
    if seconds < 7200:  # noqa: PLR2004 - two hours
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def time_left(share: float, share_at_start: float, spent: float) -> str:
    """Such as "62 %, about 40 s left"; without a guess while too little is done.

    Args:
        share: Share of the whole that is done.
        share_at_start: Share that was done when the clock started.
        spent: Seconds since then.
    """
    percent = f"{round(100 * share)} %"
    done = share - share_at_start
    if done < _SHARE_BEFORE_A_GUESS:
        return percent
    return f"{percent}, about {in_words(spent * (1 - share) / done)} left"
