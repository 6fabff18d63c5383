"""Findings follow from measured values by fixed rules."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.intervals import Interval, no_interval
from studio.analysis.scores.comparing import compare
from studio.analysis.scores.outcomes import outcomes_of
from studio.claims.analysis.convergence import (
    FirstReached,
    first_reached,
    ratio_of,
    sign_test,
    wins_of,
)
from studio.claims.analysis.findings import (
    describe_conditions,
    judge_conditions,
    judge_difference,
    judge_saving,
    not_measured,
)
from studio.core.results.metrics import METRICS


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.60, 0.79, "supported"),
        (0.40, 0.50, "supported"),
        (0.81, 0.95, "partly supported"),
        (0.75, 0.90, "partly supported"),
        (0.95, 1.05, "undecided"),
        (1.01, 4.00, "refuted"),
    ],
)
def test_a_saving_is_judged_by_the_whole_interval(low: float, high: float, outcome: str) -> None:
    assert judge_saving(Interval((low + high) / 2, low, high)) == outcome


def test_a_value_without_an_interval_decides_nothing() -> None:
    assert judge_saving(no_interval(0.5)) == "undecided"
    assert judge_difference(no_interval(0.5), 0.01) == "undecided"
    assert not_measured("no time").verdict == "undecided"


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.02, 0.05, "supported"),
        (-0.005, 0.005, "refuted"),
        (-0.05, -0.02, "refuted"),
        (-0.05, 0.05, "undecided"),
    ],
)
def test_a_claimed_lead_is_refuted_by_practically_the_same(
    low: float, high: float, outcome: str
) -> None:
    assert judge_difference(Interval((low + high) / 2, low, high), 0.01) == outcome


def test_a_claim_on_several_conditions_needs_all_of_them() -> None:
    wanted = ["first", "first"]
    assert judge_conditions(["first", "first"], wanted) == "supported"
    assert judge_conditions(["first", "undecided"], wanted) == "partly supported"
    assert judge_conditions(["first", "second"], wanted) == "partly supported"
    assert judge_conditions(["same", "undecided"], wanted) == "refuted"
    assert judge_conditions(["undecided", "undecided"], wanted) == "undecided"


def test_conditions_are_reported_with_differences_and_holm_corrected() -> None:
    rng = np.random.default_rng(4)
    noise = 1 + 0.05 * rng.normal(size=(4, 40))
    clear = compare(
        with_errors({"gru": noise, "lstm": noise + 1 + 0.01 * noise[::-1]}), METRICS["mae"]
    )[0]
    same = compare(with_errors({"gru": noise, "lstm": noise}), METRICS["mae"])[0]
    assert outcomes_of([clear, same]) == ("first", "same")
    words = describe_conditions(["short", "long"], [clear, same])
    assert words.startswith("short: GRU − LSTM = −1.0")
    assert "GRU is better; long:" in words
    assert words.endswith("practically the same.")


def test_the_first_epoch_at_the_target_counts_and_none_where_it_is_never_reached() -> None:
    contender = with_errors({"gru": np.ones((2, 4)), "lstm": np.ones((2, 4))}).contenders[0]
    assert first_reached(contender, "rmse", 1.5) == {
        1: FirstReached(1, 0.5),
        2: FirstReached(1, 0.5),
    }
    assert first_reached(contender, "rmse", 2.0) == {1: None, 2: None}


def test_runs_that_never_reach_the_target_come_last_and_enter_no_ratio() -> None:
    pairs = [
        (FirstReached(2, 1.0), FirstReached(4, 4.0)),
        (FirstReached(3, 1.0), None),
        (None, None),
    ]
    assert wins_of(pairs, "epochs") == (2, 0)
    assert ratio_of(pairs, "epochs").value == pytest.approx(0.5)
    assert not ratio_of(pairs[1:], "epochs").is_known


def test_six_wins_of_six_are_significant_and_five_of_five_are_not() -> None:
    assert sign_test(6, 0) == pytest.approx(2 / 64)
    assert sign_test(0, 5) == pytest.approx(2 / 32)
    assert sign_test(3, 3) == 1
    assert sign_test(0, 0) == 1
