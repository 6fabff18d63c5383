"""How step times compare, in one sentence."""

from collections.abc import Mapping

import numpy as np

from studio.analysis import time_ratio
from studio.core.arrays import Doubles
from studio.core.history import ComparisonHistory


def speed_sentence(milliseconds: Mapping[str, Doubles], history: ComparisonHistory) -> str:
    """The first two contenders' step times: the ratio with its interval once runs have ended.

    Before, the medians so far; they are no verdict.
    """
    if len(history.contenders) < 2:  # noqa: PLR2004 - a pair
        return ""
    first, second = history.contenders[:2]
    found = time_ratio(first, second)
    if found is not None and found.ratio.is_known:
        ratio = found.ratio
        return (
            f"A step of {first.name} takes {ratio.value:.2f} times as long as one of "
            f"{second.name} (95 %: {ratio.low:.2f} to {ratio.high:.2f})."
        )
    known = [each for each in (first.name, second.name) if len(milliseconds.get(each, ()))]
    medians = (f"{name} {np.median(milliseconds[name]):.2f} ms" for name in known)
    return f"So far: {', '.join(medians)} a step." if known else ""


def what_is_unequal(history: ComparisonHistory) -> str:
    """What the engine does not do alike for all cells, or ""."""
    served = (run.served for contender in history.contenders for run in contender.runs)
    return " ".join(dict.fromkeys(each.unequal for each in served if each)).strip()
