"""Checkpoint retention: the epochs whose weights a session keeps."""

import math
from collections.abc import Mapping

DEFAULT_BUDGET = 64_000_000
"""Bytes of weights per run."""


def epochs_to_keep(sizes: Mapping[int, int], best: int | None, budget: int) -> frozenset[int]:
    """The epochs to keep among the stored ones.

    The untrained network, the best and the last epoch are always kept. Others are spaced
    logarithmically (1, 2, 3, 4, 6, 8, 12, 16, ...) and thinned where they are densest until all
    fit the budget.

    Args:
        sizes: Bytes of the weights of each stored epoch.
        best: The best epoch, or None.
        budget: Bytes for all of them together.
    """
    if not sizes:
        return frozenset()
    fixed = {0, best, max(sizes)} & set(sizes)
    kept = sorted(epoch for epoch in sizes if epoch in fixed or _is_spaced(epoch))
    while sum(sizes[epoch] for epoch in kept) > budget:
        removable = [index for index, epoch in enumerate(kept) if epoch not in fixed]
        if not removable:
            break
        del kept[min(removable, key=lambda index: _gap(kept, index))]
    return frozenset(kept)


def _is_spaced(epoch: int) -> bool:
    power = epoch & -epoch
    return epoch in {power, 3 * power}


def _gap(kept: list[int], index: int) -> float:
    before = kept[index - 1] if index else 0
    after = kept[index + 1] if index + 1 < len(kept) else kept[index]
    return math.log((after + 1) / (before + 1))
