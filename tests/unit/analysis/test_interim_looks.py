"""Interim looks: each is stricter, and the verdict says how many there were."""

from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors, with_status

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.interim_looks import interim_looks
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import METRICS

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
    assert interim_looks(with_looks(draw(3, 0.0))).level == pytest.approx(0.05 / 3)
    assert interim_looks(draw(3, 0.0)).level == 0.05


@pytest.mark.parametrize(("seeds", "taken"), [(3, 1), (4, 2), (5, 2), (6, 3), (8, 3)])
def test_an_early_look_takes_the_place_of_the_next(seeds: int, taken: int) -> None:
    assert interim_looks(with_looks(draw(seeds, 0.0))).taken == taken


def test_a_failed_seed_counts_as_done_and_a_running_one_does_not() -> None:
    history = with_looks(draw(5, 0.0))
    assert interim_looks(with_status(history, "GRU", 5, "failed")).done == 5
    assert interim_looks(with_status(history, "GRU", 5, "running")).done == 4


def test_a_difference_significant_in_a_single_look_needs_more_with_several() -> None:
    for seed in range(40):
        plain = draw(5, 0.15, seed)
        [once] = compare(plain, MAE)
        if 0.05 / 3 < once.p < 0.05:
            break
    [several] = compare(with_looks(plain), MAE)
    assert (once.decision.kind, several.decision.kind) == ("better", "undecided")
    assert "the interval excludes 0, but not once several looks are accounted for" in several.text
    assert several.difference == once.difference  # the interval that is shown stays that of 95 %


def test_practically_the_same_needs_the_stricter_interval_too() -> None:
    plain = draw(5, 0.0, 3)
    [once] = compare(plain, RMSE)
    widest = max(abs(once.difference.low), abs(once.difference.high))
    tight = replace(plain, spec=plain.spec.model_copy(update={"margin": widest * 1.001}))
    assert compare(tight, RMSE)[0].decision.kind == "tie"
    assert compare(with_looks(tight), RMSE)[0].decision.kind == "undecided"


def test_the_verdict_says_how_many_looks_there_were() -> None:
    [verdict] = compare(with_looks(draw(5, 0.0)), MAE)
    assert "Interim look 2 of at most 3, after 3, 5 seeds as planned" in verdict.text
    assert "0.017 instead of 0.05 (Bonferroni)" in verdict.text
    assert "Look" not in compare(draw(5, 0.0), MAE)[0].text


def test_seeds_added_after_a_seen_verdict_are_told_with_the_rate_that_results() -> None:
    history = with_looks(draw(5, 0.0))
    added = replace(history, spec=history.spec.model_copy(update={"looked": 3}))
    [verdict] = compare(added, MAE)
    assert "added after the verdict of 3 seeds, judged at 0.05, had been seen" in verdict.text
    assert "as planned" not in verdict.text
    assert "false positives at 8 % or below, not at 5 %" in verdict.text  # 5 % and twice 5 % / 3


def test_the_levels_of_all_looks_add_up_to_the_rate_that_is_told() -> None:
    planned = interim_looks(with_looks(draw(3, 0.0)))
    assert planned.level * len(planned.planned) == pytest.approx(planned.most_false_positives)
    seen = replace(planned, before=3)
    assert 0.05 + seen.level * 2 == pytest.approx(seen.most_false_positives)
