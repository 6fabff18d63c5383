"""Rounded numbers whose sum is the sum that is shown."""

import math
from collections.abc import Sequence

from studio.gui.pages.gates.view.step_numbers import digits


def adding_up(values: Sequence[float], decimals: int, total: int | None = None) -> list[int]:
    """Numbers in whole units of their last decimal that add up to their rounded sum.

    Each is rounded; where these do not add up, those that were nearest to being rounded the other
    way are. So each is off by less than one unit.

    Args:
        values: Finite numbers.
        decimals: How many decimals are shown.
        total: What they must add up to, in the same units; their rounded sum if None.
    """
    scaled = [value * 10**decimals for value in values]
    whole = [round(value) for value in scaled]
    if not whole:
        return whole
    gap = (round(math.fsum(scaled)) if total is None else total) - sum(whole)
    sign = 1 if gap > 0 else -1
    order = sorted(range(len(whole)), key=lambda at: sign * (whole[at] - scaled[at]))
    for turn in range(abs(gap)):
        whole[order[turn % len(order)]] += sign
    return whole


def written(units: int, decimals: int) -> str:
    """Such as 0.050 for 50 units of the third decimal."""
    return f"{units / 10**decimals:.{decimals}f}".replace("-", "−")


def written_sum(values: Sequence[float], decimals: int) -> list[str]:
    """The numbers of a sum as they are shown; infinite ones as they are."""
    if not all(map(math.isfinite, values)):
        return [digits(value) for value in values]
    return [written(units, decimals) for units in adding_up(values, decimals)]
