"""How often verdicts are right, in 2,000 simulated comparisons of each kind."""

from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.corrected_t_test import corrected_resampled_test
from studio.core.results.metrics import METRICS
from studio.core.specs.fold_ids import fold_ids
from studio.data.splitting.splits import stratified_parts

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
def test_intervals_cover_the_truth_and_nobody_wins_without_a_difference(
    seeds: int, least: float, most: float
) -> None:
    winners = []
    for number, spreads in enumerate(SPREADS.values()):
        rng = np.random.default_rng((seeds, number))
        result = [verdict_of(rng, seeds, spreads) for _ in range(DRAWS)]
        held = np.mean([each.difference.low <= 0 <= each.difference.high for each in result])
        winners.append(np.mean([each.decision.kind == "better" for each in result]))
        assert least <= held <= most
        assert winners[-1] <= FALSE_WINNERS + SAMPLING_ERROR
    assert np.mean(winners) <= FALSE_WINNERS


def cross_validated(rng: np.random.Generator, folds: int, repeats: int) -> np.ndarray:
    """Differences by fold of two lines fitted to two equally informative inputs, (folds,)."""
    count = 100
    inputs = rng.normal(size=(count, 2))
    truth = inputs.sum(axis=1) + rng.normal(size=count)
    result = []
    for repeat, fold in fold_ids(folds, repeats):
        parts = stratified_parts(np.zeros(count, np.int64), (1 / folds,) * folds, (3, repeat))
        test = parts[fold - 1]
        train = np.setdiff1d(np.arange(count), test)
        slopes = (inputs[train] * truth[train, None]).sum(axis=0) / (inputs[train] ** 2).sum(axis=0)
        result.append(np.mean((truth[test, None] - inputs[test] * slopes) ** 2, axis=0))
    errors = np.array(result)
    return errors[:, 0] - errors[:, 1]


@pytest.mark.verify
@pytest.mark.parametrize(("folds", "repeats"), [(5, 1), (5, 3), (10, 10)])
def test_nobody_wins_over_folds_without_a_difference(folds: int, repeats: int) -> None:
    rng = np.random.default_rng((folds, repeats))
    draws = [cross_validated(rng, folds, repeats) for _ in range(1000)]
    won = [corrected_resampled_test(each, 1 / folds).p < FALSE_WINNERS for each in draws]
    assert np.mean(won) <= FALSE_WINNERS + 0.02


LOOKS = (3, 5, 8, 12, 20)


def wins_in_any_look(rng: np.random.Generator, spreads: tuple[float, float], looks: object) -> bool:
    """Whether adding seeds until a verdict names a winner of two equal contenders."""
    of_seed, of_example = spreads
    common = 3 + 0.3 * rng.normal(size=80)
    errors = {
        cell: common
        + of_seed * rng.normal(size=(20, 1))
        + of_example * rng.normal(size=80)
        + 0.2 * rng.normal(size=(20, 80))
        for cell in ("gru", "lstm")
    }
    for seeds in LOOKS:
        history = with_errors({cell: each[:seeds] for cell, each in errors.items()})
        history = replace(history, spec=history.spec.model_copy(update={"looks": looks}))
        decision = compare(history, METRICS["mae"])[0].decision
        if decision.kind != "undecided":
            return decision.kind == "better"
    return False


@pytest.mark.verify
@pytest.mark.parametrize("name", SPREADS)
def test_interim_looks_keep_the_false_positive_rate(name: str) -> None:
    rng = np.random.default_rng(len(name))
    wins = [wins_in_any_look(rng, SPREADS[name], LOOKS) for _ in range(1000)]
    assert np.mean(wins) <= FALSE_WINNERS


@pytest.mark.verify
def test_uncorrected_interim_looks_would_inflate_false_positives() -> None:
    rng = np.random.default_rng(1)
    wins = [wins_in_any_look(rng, SPREADS["seeds lead"], None) for _ in range(1000)]
    assert np.mean(wins) > 1.5 * FALSE_WINNERS
