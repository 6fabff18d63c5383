"""When runs first reach a target score."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.analysis.intervals import Interval, mean_over_seeds, no_interval
from studio.core.results.history import ContenderHistory


@dataclass(frozen=True)
class FirstReached:
    """Epochs and seconds until a run first reached the score."""

    epochs: int
    seconds: float


def first_reached(
    contender: ContenderHistory, metric: str, target: float
) -> Mapping[int, FirstReached | None]:
    """The first epoch of each finished run at or above a score, by seed; None where never."""
    by_seed: dict[int, FirstReached | None] = {}
    for run in contender.runs:
        if run.has_ended:
            reached = (epoch for epoch in run.epochs if epoch.scores[metric] >= target)
            first = next(reached, None)
            by_seed[run.run.seed] = (
                None if first is None else FirstReached(first.epoch, first.seconds)
            )
    return by_seed


def ratio_of(
    pairs: Sequence[tuple[FirstReached | None, FirstReached | None]], quantity: str
) -> Interval:
    """First over second in epochs or seconds, geometric mean over pairs that both reached it.

    Pairs of which one never reached the target are censored and left out, so the ratio does not
    describe them.
    """
    logs = [
        float(np.log(getattr(first, quantity) / getattr(second, quantity)))
        for first, second in pairs
        if first is not None and second is not None
    ]
    if not logs:
        return no_interval()
    mean = mean_over_seeds(np.array(logs))
    return Interval(float(np.exp(mean.value)), float(np.exp(mean.low)), float(np.exp(mean.high)))


def wins_of(
    pairs: Sequence[tuple[FirstReached | None, FirstReached | None]], quantity: str
) -> tuple[int, int]:
    """In how many pairs each reached the target first; a run that never did comes last."""
    times = [
        tuple(math.inf if reached is None else getattr(reached, quantity) for reached in pair)
        for pair in pairs
    ]
    return sum(a < b for a, b in times), sum(b < a for a, b in times)


def sign_test(first: int, second: int) -> float:
    """The two-sided p-value of these numbers of wins; ties are left out."""
    total, fewer = first + second, min(first, second)
    tail = sum(math.comb(total, wins) for wins in range(fewer + 1)) / 2**total
    return float(min(1.0, 2 * tail))
