"""Which epochs' weights a session keeps."""

import math
from collections.abc import Mapping

DEFAULT_BUDGET = 64_000_000
"""Bytes of weights for each run."""


def epochs_to_keep(sizes: Mapping[int, int], best: int | None, budget: int) -> frozenset[int]:
    """Chooses among the epochs at hand.

    The untrained network, the best and the last epoch are always kept. Between them stand
    epochs spaced by their logarithm (1, 2, 3, 4, 6, 8, 12, 16, ...), thinned where they are
    densest until all fit the budget.

    Args:
        sizes: Bytes of the weights of each epoch that there is.
        best: The best epoch, or None.
        budget: Bytes for all of them together.
    """
    if not sizes:
        return frozenset()
    fixed = {0, best, max(sizes)} & set(sizes)
    kept = sorted(epoch for epoch in sizes if epoch in fixed or _is_spaced(epoch))
    while sum(sizes[epoch] for epoch in kept) > budget:
        loose = [place for place, epoch in enumerate(kept) if epoch not in fixed]
        if not loose:
            break
        del kept[min(loose, key=lambda place: _gap(kept, place))]
    return frozenset(kept)


def _is_spaced(epoch: int) -> bool:
    power = epoch & -epoch
    return epoch in {power, 3 * power}


def _gap(kept: list[int], place: int) -> float:
    before = kept[place - 1] if place else 0
    after = kept[place + 1] if place + 1 < len(kept) else kept[place]
    return math.log((after + 1) / (before + 1))
