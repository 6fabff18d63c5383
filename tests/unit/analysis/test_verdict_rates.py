"""How often verdicts are right, in 2,000 simulated comparisons of each kind."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.comparing import compare
from studio.core.metrics import METRICS

DRAWS = 2000
FALSE_WINNERS = 0.05
SAMPLING_ERROR = 0.015  # three standard errors of a share of 5 % in so many draws
SPREADS = {"seeds lead": (0.3, 0.1), "examples lead": (0.02, 0.3), "both": (0.1, 0.3)}


def verdict_of(rng: np.random.Generator, seeds: int, spreads: tuple[float, float]) -> object:
    """A comparison of two contenders whose mean absolute errors are truly the same."""
    of_seed, of_example = spreads
    common = 3 + 0.3 * rng.normal(size=80)
    errors = {
        cell: common
        + of_seed * rng.normal(size=(seeds, 1))
        + of_example * rng.normal(size=80)
        + 0.2 * rng.normal(size=(seeds, 80))
        for cell in ("gru", "lstm")
    }
    return compare(with_errors(errors), METRICS["mae"])[0]


@pytest.mark.verify
@pytest.mark.parametrize(("seeds", "least", "most"), [
    (3, 0.93, 0.985), (5, 0.92, 0.97), (10, 0.92, 0.97), (20, 0.92, 0.97),
])  # fmt: skip
def test_intervals_hold_the_truth_and_nobody_wins_without_a_difference(
    seeds: int, least: float, most: float
) -> None:
    winners = []
    for number, spreads in enumerate(SPREADS.values()):
        rng = np.random.default_rng((seeds, number))
        found = [verdict_of(rng, seeds, spreads) for _ in range(DRAWS)]
        held = np.mean([each.difference.low <= 0 <= each.difference.high for each in found])
        winners.append(np.mean([each.decision.kind == "better" for each in found]))
        assert least <= held <= most
        assert winners[-1] <= FALSE_WINNERS + SAMPLING_ERROR
    assert np.mean(winners) <= FALSE_WINNERS
