"""Looking several times: each look is stricter, and the verdict says how many there were."""

from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors, with_status

from studio.analysis.comparing import compare
from studio.analysis.looks import looks_of
from studio.core.history import ComparisonHistory
from studio.core.metrics import METRICS

MAE, RMSE = METRICS["mae"], METRICS["rmse"]
LOOKS = (3, 5, 8)


def with_looks(history: ComparisonHistory, looks: tuple[int, ...] = LOOKS) -> ComparisonHistory:
    return replace(history, spec=history.spec.model_copy(update={"looks": looks}))


def draw(seeds: int, shift: float, seed: int = 2) -> ComparisonHistory:
    rng = np.random.default_rng(seed)
    common = 3 + 0.3 * rng.normal(size=200)
    errors = {
        cell: common
        + extra
        + 0.1 * rng.normal(size=(seeds, 1))
        + 0.1 * rng.normal(size=(seeds, 200))
        for cell, extra in (("gru", 0.0), ("lstm", shift))
    }
    return with_errors(errors)


def test_each_look_has_an_equal_share_of_five_per_cent() -> None:
    assert looks_of(with_looks(draw(3, 0.0))).level == pytest.approx(0.05 / 3)
    assert looks_of(draw(3, 0.0)).level == 0.05


@pytest.mark.parametrize(("seeds", "taken"), [(3, 1), (4, 2), (5, 2), (6, 3), (8, 3)])
def test_a_look_that_comes_early_takes_the_place_of_the_next(seeds: int, taken: int) -> None:
    assert looks_of(with_looks(draw(seeds, 0.0))).taken == taken


def test_a_seed_that_failed_counts_as_done_and_one_that_trains_does_not() -> None:
    history = with_looks(draw(5, 0.0))
    assert looks_of(with_status(history, "GRU", 5, "failed")).done == 5
    assert looks_of(with_status(history, "GRU", 5, "running")).done == 4


def test_a_difference_that_one_look_would_tell_needs_more_where_there_are_several() -> None:
    for seed in range(40):
        plain = draw(5, 0.15, seed)
        [once] = compare(plain, MAE)
        if 0.05 / 3 < once.p < 0.05:
            break
    [several] = compare(with_looks(plain), MAE)
    assert (once.decision.kind, several.decision.kind) == ("better", "undecided")
    assert "away from zero by itself, but not as one of several looks" in several.text
    assert several.difference == once.difference  # the interval that is shown stays that of 95 %


def test_practically_the_same_is_told_by_the_stricter_interval_too() -> None:
    plain = draw(5, 0.0, 3)
    [once] = compare(plain, RMSE)
    widest = max(abs(once.difference.low), abs(once.difference.high))
    tight = replace(plain, spec=plain.spec.model_copy(update={"margin": widest * 1.001}))
    assert compare(tight, RMSE)[0].decision.kind == "tie"
    assert compare(with_looks(tight), RMSE)[0].decision.kind == "undecided"


def test_the_verdict_names_how_many_looks_there_were() -> None:
    [verdict] = compare(with_looks(draw(5, 0.0)), MAE)
    assert "Look 2 of at most 3, after 3, 5 seeds as planned" in verdict.text
    assert "0.017 instead of 0.05 (Bonferroni)" in verdict.text
    assert "Look" not in compare(draw(5, 0.0), MAE)[0].text
