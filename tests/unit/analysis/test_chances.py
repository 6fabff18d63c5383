"""Probabilities and corrections agree with closed forms and with simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.analysis.make_folds import folded
from unit.analysis.make_histories import with_errors

from studio.analysis.chances import crossed_chances, crossed_p, holm
from studio.analysis.comparing import compare
from studio.analysis.enough import SeedPlan, plan_seeds, seed_plan
from studio.analysis.intervals import crossed_mean
from studio.analysis.resampled import corrected_resampled_test, resampled_chances
from studio.core.metrics import METRICS

TABLE = np.array([[1.0, 2.0, 6.0], [3.0, 4.0, 8.0]])


@given(st.integers(0, 10_000), st.floats(-2, 2), st.floats(0, 1))
def test_chances_are_shares_that_add_up_to_one(seed: int, shift: float, margin: float) -> None:
    values = shift + np.random.default_rng(seed).normal(size=(3, 9))
    found = crossed_chances(values, margin)
    assert min(found.above, found.same, found.below) >= 0
    assert found.above + found.same + found.below == pytest.approx(1)


def test_chances_of_seeds_alone_are_those_of_students_distribution() -> None:
    values = np.array([[0.0, 0.0], [2.0, 2.0]])  # mean 1, standard error 1, one degree of freedom
    found = crossed_chances(values, 1.0)
    assert found.above == pytest.approx(0.5, abs=1e-3)
    assert found.below == pytest.approx(0.5 - np.arctan(2) / np.pi, abs=1e-3)  # Cauchy


def test_chances_are_calibrated_where_the_truth_is_drawn_from_a_flat_prior() -> None:
    rng = np.random.default_rng(3)
    said, true = [], []
    for _ in range(1500):
        center = rng.uniform(-3, 3)
        seeds, examples = 0.5 * rng.normal(size=(5, 1)), 2 * rng.normal(size=40)
        values = center + seeds + examples + rng.normal(size=(5, 40))
        said.append(crossed_chances(values, 0.0).above)
        true.append(center > 0)
    unsure = (np.array(said) > 0.1) & (np.array(said) < 0.9)
    assert np.mean(said) == pytest.approx(np.mean(true), abs=0.03)
    assert np.mean(np.array(said)[unsure]) == pytest.approx(
        np.mean(np.array(true)[unsure]), abs=0.1
    )


@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_the_probability_falls_below_five_per_cent_where_the_interval_leaves_zero(
    seed: int, shift: float
) -> None:
    values = shift + 0.5 * np.random.default_rng(seed).normal(size=(4, 12))
    assert (crossed_p(values) < 0.05) == crossed_mean(values).excludes_zero


def test_one_seed_has_no_chances_and_the_probability_one() -> None:
    assert crossed_chances(TABLE[:1], 0.1) is None
    assert crossed_p(TABLE[:1]) == 1


def test_holm_gives_up_at_the_first_that_is_not_small_enough() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == [True, False, False, True]
    assert holm([0.04]) == [True]
    assert holm([]) == []


def test_of_many_pairs_without_a_difference_one_is_called_better_in_one_of_twenty_sets() -> None:
    rng = np.random.default_rng(5)
    winners = 0
    for _ in range(200):
        cells = {name: rng.normal(size=(4, 30)) + rng.normal(size=(4, 1)) for name in CELLS}
        kinds = [v.decision.kind for v in compare(with_errors(cells), METRICS["mae"])]
        winners += "better" in kinds
    assert winners <= 20


CELLS = ("gru", "lstm", "rnn")


def test_a_pair_that_only_seems_better_among_many_is_undecided_and_says_why() -> None:
    rng = np.random.default_rng(5)
    for _ in range(400):
        cells = {name: 1 + 0.3 * rng.normal(size=(4, 30)) for name in CELLS}
        for found in compare(with_errors(cells), METRICS["mae"]):
            if found.difference.excludes_zero and found.decision.kind == "undecided":
                assert "but not as one of 3 pairs: undecided" in found.text
                return
    pytest.fail("no such pair came up")


def test_the_corrected_variance_is_that_of_nadeau_and_bengio() -> None:
    differences = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    found = corrected_resampled_test(differences, 0.2)
    assert found.t == pytest.approx(2 / np.sqrt(2.5 * (1 / 5 + 0.25)))
    assert found.freedom == 4
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


def test_the_bayesian_chances_of_splits_match_the_corrected_test() -> None:
    differences = np.array([0.1, 0.4, -0.2, 0.3, 0.2])
    found = resampled_chances(differences, 0.1, 0.0)
    test = corrected_resampled_test(differences, 0.1)
    assert found.below == pytest.approx(test.p / 2)
    assert found.same == pytest.approx(0)


def test_splits_without_spread_decide_by_their_value() -> None:
    assert resampled_chances(np.full(4, 0.5), 0.1, 0.1).above == 1
    assert resampled_chances(np.zeros(4), 0.1, 0.1).same == 1
    assert corrected_resampled_test(np.zeros(4), 0.1).p == 1


def test_more_seeds_narrow_the_interval_down_to_what_the_test_part_leaves() -> None:
    rng = np.random.default_rng(8)
    plan = plan_seeds(rng.normal(size=(5, 1)) + rng.normal(size=200) + rng.normal(size=(5, 200)))
    widths = list(plan.half_widths.values())
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > plan.floor


def plan_of(mean: float, seed: float, example: float, margin: float = 0.0) -> SeedPlan:
    """Of five seeds and two hundred examples with these spreads."""
    rng = np.random.default_rng(8)
    by_seed, by_example = rng.normal(size=(5, 1)), rng.normal(size=200)
    values = seed * (by_seed - by_seed.mean()) + example * (by_example - by_example.mean())
    found = plan_seeds(mean + values, margin)
    assert found is not None
    return found


def test_as_many_seeds_are_enough_as_bring_the_interval_below_the_difference() -> None:
    plan = plan_of(0.5, 1.0, 0.1)
    needed = plan.enough
    assert needed is not None
    assert plan.half_widths[needed] < 0.5 <= plan.half_widths[needed - 1]
    assert f"{needed} seeds would tell it by itself" in plan.sentence


def test_a_margin_can_be_what_the_interval_has_to_fit_into() -> None:
    assert plan_of(0.1, 1.0, 0.1, margin=1.0).needed == pytest.approx(0.9)
    assert plan_of(0.8, 1.0, 0.1, margin=1.0).needed == pytest.approx(0.8)


def test_where_the_test_part_is_too_small_no_number_of_seeds_is_enough_and_it_says_so() -> None:
    plan = plan_of(0.01, 1.0, 3.0)
    assert plan.enough is None
    assert "No number of seeds would tell it: more test examples" in plan.sentence


def test_seeds_that_are_enough_already_are_called_so() -> None:
    assert "They are enough to tell this pair by itself." in plan_of(9.0, 1.0, 0.1).sentence


def test_the_plan_at_the_seeds_that_there_are_is_the_interval_that_there_is() -> None:
    found = crossed_mean(TABLE)
    plan = plan_seeds(TABLE)
    assert plan is not None
    assert plan.half_widths[2] == pytest.approx(found.high - found.value)


def test_one_seed_cannot_tell_how_many_are_enough() -> None:
    assert plan_seeds(TABLE[:1]) is None


def test_folds_that_share_training_examples_are_planned_by_another_rule() -> None:
    errors = np.random.default_rng(2).normal(size=(2, 5, 12))
    history = folded({"gru": errors, "lstm": errors + 1}, 5)
    assert seed_plan(history, METRICS["mae"], "GRU", "LSTM") is None
