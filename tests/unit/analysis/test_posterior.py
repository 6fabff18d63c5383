"""Probabilities and corrections agree with closed forms and with simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.analysis.make_folds import folded
from unit.analysis.make_histories import with_errors

from studio.analysis.intervals import crossed_mean
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.corrected_t_test import corrected_posterior, corrected_resampled_test
from studio.analysis.scores.multiple_testing import holm
from studio.analysis.scores.posterior import crossed_p, crossed_posterior
from studio.analysis.scores.seed_power import SeedPlan, plan_seeds, seed_plan
from studio.core.results.metrics import METRICS

TABLE = np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]])


@given(st.integers(0, 10_000), st.floats(-2, 2), st.floats(0, 1))
def test_probabilities_add_up_to_one(seed: int, shift: float, margin: float) -> None:
    values = shift + np.random.default_rng(seed).normal(size=(3, 9))
    result = crossed_posterior(values, margin)
    assert min(result.above, result.same, result.below) >= 0
    assert result.above + result.same + result.below == pytest.approx(1)


def test_probabilities_of_seeds_alone_follow_students_distribution() -> None:
    values = np.array([[0.0, 0.0], [2.0, 2.0]])  # mean 1, standard error 1, one degree of freedom
    result = crossed_posterior(values, 1.0)
    assert result.above == pytest.approx(0.5, abs=1e-3)
    assert result.below == pytest.approx(0.5 - np.arctan(2) / np.pi, abs=1e-3)  # Cauchy


def test_probabilities_are_calibrated_where_the_truth_is_drawn_from_a_flat_prior() -> None:
    rng = np.random.default_rng(3)
    predicted, actual = [], []
    for _ in range(1500):
        center = rng.uniform(-3, 3)
        seeds, examples = 0.5 * rng.normal(size=(5, 1)), 2 * rng.normal(size=40)
        values = center + seeds + examples + rng.normal(size=(5, 40))
        predicted.append(crossed_posterior(values, 0.0).above)
        actual.append(center > 0)
    unsure = (np.array(predicted) > 0.1) & (np.array(predicted) < 0.9)
    assert np.mean(predicted) == pytest.approx(np.mean(actual), abs=0.03)
    assert np.mean(np.array(predicted)[unsure]) == pytest.approx(
        np.mean(np.array(actual)[unsure]), abs=0.1
    )


@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_p_falls_below_five_per_cent_where_the_interval_excludes_zero(
    seed: int, shift: float
) -> None:
    values = shift + 0.5 * np.random.default_rng(seed).normal(size=(4, 12))
    assert (crossed_p(values) < 0.05) == crossed_mean(values).excludes_zero


def test_one_seed_has_no_probabilities_and_a_p_of_one() -> None:
    assert crossed_posterior(TABLE[:1], 0.1) is None
    assert crossed_p(TABLE[:1]) == 1


def test_holm_stops_at_the_first_p_that_is_too_large() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([0.04]) == [True]
    assert holm([]) == []


def test_the_family_wise_error_rate_is_at_most_five_per_cent() -> None:
    rng = np.random.default_rng(5)
    winners = 0
    for _ in range(200):
        cells = {name: rng.normal(size=(4, 30)) + rng.normal(size=(4, 1)) for name in CELLS}
        kinds = [v.decision.kind for v in compare(with_errors(cells), METRICS["mae"])]
        winners += "better" in kinds
    assert winners <= 20


CELLS = ("gru", "lstm", "rnn")


def test_a_pair_that_only_seems_better_among_many_is_inconclusive_and_says_why() -> None:
    rng = np.random.default_rng(5)
    for _ in range(400):
        cells = {name: 1 + 0.3 * rng.normal(size=(4, 30)) for name in CELLS}
        for result in compare(with_errors(cells), METRICS["mae"]):
            if result.difference.excludes_zero and result.decision.kind == "undecided":
                assert "but not once all 3 pairs are accounted for" in result.text
                return
    pytest.fail("no such pair came up")


def test_the_corrected_variance_is_that_of_nadeau_and_bengio() -> None:
    differences = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    result = corrected_resampled_test(differences, 0.2)
    assert result.t == pytest.approx(2 / np.sqrt(2.5 * (1 / 5 + 0.25)))
    assert result.freedom == 4
    plain = corrected_resampled_test(differences, 0.0)
    assert plain.p == pytest.approx(0.0474207, rel=1e-4)  # t = 2.828427 with 4 degrees of freedom


def test_overlapping_splits_make_winners_without_the_correction_but_not_with_it() -> None:
    rng = np.random.default_rng(6)
    plain = corrected = 0
    for _ in range(500):
        # two rules without any difference, scored on 30 random splits of the same 100 examples
        gap = rng.normal(size=100)
        splits = np.array([gap[rng.permutation(100)[:20]].mean() for _ in range(30)])
        plain += corrected_resampled_test(splits, 0.0).p < 0.05
        corrected += corrected_resampled_test(splits, 0.2).p < 0.05
    assert plain > 100
    assert corrected <= 60


def test_the_bayesian_probabilities_of_splits_match_the_corrected_test() -> None:
    differences = np.array([0.1, 0.4, -0.2, 0.3, 0.2])
    result = corrected_posterior(differences, 0.1, 0.0)
    test = corrected_resampled_test(differences, 0.1)
    assert result.below == pytest.approx(test.p / 2)
    assert result.same == pytest.approx(0)


def test_splits_without_spread_decide_by_their_value() -> None:
    assert corrected_posterior(np.full(4, 0.5), 0.1, 0.1).above == 1
    assert corrected_posterior(np.zeros(4), 0.1, 0.1).same == 1
    assert corrected_resampled_test(np.zeros(4), 0.1).p == 1


def test_more_seeds_narrow_the_interval_down_to_the_limit_of_the_test_set() -> None:
    rng = np.random.default_rng(8)
    plan = plan_seeds(rng.normal(size=(5, 1)) + rng.normal(size=200) + rng.normal(size=(5, 200)))
    widths = list(plan.half_widths.values())
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > plan.floor


def plan_of(mean: float, seed: float, example: float, margin: float = 0.0) -> SeedPlan:
    """A seed plan for five seeds and two hundred examples with these spreads."""
    rng = np.random.default_rng(8)
    by_seed, by_example = rng.normal(size=(5, 1)), rng.normal(size=200)
    values = seed * (by_seed - by_seed.mean()) + example * (by_example - by_example.mean())
    result = plan_seeds(mean + values, margin)
    assert result is not None
    return result


def test_seeds_are_enough_once_the_interval_is_below_the_difference() -> None:
    plan = plan_of(0.5, 1.0, 0.1)
    needed = plan.enough
    assert needed is not None
    assert plan.half_widths[needed] < 0.5 <= plan.half_widths[needed - 1]
    assert f"{needed} seeds would show which is better" in plan.sentence


def test_seeds_are_enough_once_the_interval_fits_into_the_margin() -> None:
    assert plan_of(0.1, 1.0, 0.1, margin=1.0).needed == pytest.approx(0.9)
    assert plan_of(0.8, 1.0, 0.1, margin=1.0).needed == pytest.approx(0.8)


def test_no_number_of_seeds_is_enough_where_the_test_set_is_too_small() -> None:
    plan = plan_of(0.01, 1.0, 3.0)
    assert plan.enough is None
    assert "No number of seeds would be enough: more test examples" in plan.sentence


def test_seeds_that_are_already_enough_are_reported_as_enough() -> None:
    assert "That is enough for this pair alone." in plan_of(9.0, 1.0, 0.1).sentence


def test_the_plan_for_the_current_seeds_equals_the_current_interval() -> None:
    result = crossed_mean(TABLE)
    plan = plan_seeds(TABLE)
    assert plan is not None
    assert plan.half_widths[2] == pytest.approx(result.high - result.value)


def test_one_seed_gives_no_seed_plan() -> None:
    assert plan_seeds(TABLE[:1]) is None


def test_folds_that_share_training_examples_have_no_seed_plan() -> None:
    errors = np.random.default_rng(2).normal(size=(2, 5, 12))
    history = folded({"gru": errors, "lstm": errors + 1}, 5)
    assert seed_plan(history, METRICS["mae"], "GRU", "LSTM") is None
