"""When runs first reach a score."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds, nothing
from studio.core.history import ContenderHistory


@dataclass(frozen=True)
class Reached:
    """When a run first had the score."""

    epochs: int
    seconds: float


def reached(
    contender: ContenderHistory, metric: str, target: float
) -> Mapping[int, Reached | None]:
    """The first epoch of each ended run at or above a score, by seed; None where never."""
    found: dict[int, Reached | None] = {}
    for run in contender.runs:
        if run.has_ended:
            there = (each for each in run.epochs if each.scores[metric] >= target)
            first = next(there, None)
            found[run.run.seed] = None if first is None else Reached(first.epoch, first.seconds)
    return found


def ratio_of(pairs: Sequence[tuple[Reached | None, Reached | None]], what: str) -> Interval:
    """First over second in epochs or seconds, geometric mean over the pairs that both got there.

    Pairs of which one never got there are censored and left out: the ratio of the others says
    nothing of them.
    """
    logs = [
        float(np.log(getattr(first, what) / getattr(second, what)))
        for first, second in pairs
        if first is not None and second is not None
    ]
    if not logs:
        return nothing()
    found = mean_over_seeds(np.array(logs))
    return Interval(float(np.exp(found.value)), float(np.exp(found.low)), float(np.exp(found.high)))


def wins_of(pairs: Sequence[tuple[Reached | None, Reached | None]], what: str) -> tuple[int, int]:
    """In how many pairs each of the two was there first; one that never was is last."""
    times = [
        tuple(math.inf if each is None else getattr(each, what) for each in pair) for pair in pairs
    ]
    return sum(a < b for a, b in times), sum(b < a for a, b in times)


def sign_test(first: int, second: int) -> float:
    """The two-sided probability of such numbers of wins where both are as good; ties left out."""
    total, fewer = first + second, min(first, second)
    tail = sum(math.comb(total, wins) for wins in range(fewer + 1)) / 2**total
    return float(min(1.0, 2 * tail))
