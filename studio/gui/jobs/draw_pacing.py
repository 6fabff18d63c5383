"""How long a page that draws part by part waits before the next part."""

import time
from collections.abc import Callable

EARLY_SECONDS = 10.0
"""How long a training is new: every first curve and picture is waited for."""
_EARLY_CYCLE_MS, _LATE_CYCLE_MS = 450, 950
"""In which every part is drawn once, where drawing is cheap."""
_EARLY_SHARE, _LATE_SHARE = 0.15, 0.04
"""Of a core, that drawing takes at most; on two cores training loses about twice as much."""
_WITH_PAINTING = 2.5
"""What setting a plot's data and painting it take together, in terms of the first."""
_LONGEST_MS = 1000


class DrawPacing:
    """Every part twice a second while a training is new, then once, as far as a share allows."""

    def __init__(self, parts: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._parts, self._clock = parts, clock
        self._began = -EARLY_SECONDS

    def begin(self) -> None:
        """A training has begun to show."""
        self._began = self._clock()

    def pause(self, spent: float) -> int:
        """Milliseconds until the next part may be drawn.

        Args:
            spent: Seconds that the last part took, 0 if nothing was drawn.
        """
        is_early = self._clock() - self._began < EARLY_SECONDS
        cycle = _EARLY_CYCLE_MS if is_early else _LATE_CYCLE_MS
        share = _EARLY_SHARE if is_early else _LATE_SHARE
        within_share = 1000 * _WITH_PAINTING * spent / share
        return int(min(_LONGEST_MS, max(cycle / self._parts, within_share)))
