"""Verdicts over folds that share training examples, and over expanding-window folds."""

from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_folds import folded
from unit.analysis.make_histories import numbers, with_errors

from studio.analysis.scores.comparing import compare
from studio.analysis.scores.corrected_t_test import corrected_resampled_test
from studio.analysis.scores.score_samples import score_interval
from studio.core.results.metrics import METRICS

MAE = METRICS["mae"]


def draw(shape: tuple[int, ...], shift: float = 0.0, seed: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    common = 3 + 0.3 * rng.normal(size=shape)
    return {
        "gru": common + 0.2 * rng.normal(size=shape),
        "lstm": common + shift + 0.2 * rng.normal(size=shape),
    }


def test_folds_are_judged_by_the_corrected_resampled_test_of_the_mean_over_seeds() -> None:
    errors = draw((2, 10, 12))
    [verdict] = compare(folded(errors, 5, 2), MAE)
    by_fold = (np.abs(errors["gru"]) - np.abs(errors["lstm"])).mean(axis=(0, 2))
    expected = corrected_resampled_test(by_fold, 1 / 5)
    assert verdict.p == pytest.approx(expected.p, rel=1e-4)
    assert verdict.difference.low == pytest.approx(expected.difference.low, rel=1e-4)
    assert "10 of 10 folds from 2 repeats" in verdict.text
    assert "corrected resampled t-test (Nadeau and Bengio)" in verdict.text


def test_one_seed_decides_where_folds_are_many() -> None:
    [verdict] = compare(folded(draw((1, 10, 12), shift=1.0), 10), MAE)
    assert (verdict.decision.kind, verdict.decision.name) == ("better", "GRU")


def test_overlap_widens_the_interval_beyond_that_of_independent_folds() -> None:
    errors = draw((1, 10, 12))
    [verdict] = compare(folded(errors, 10), MAE)
    by_fold = (np.abs(errors["gru"]) - np.abs(errors["lstm"])).mean(axis=(0, 2))
    alone = corrected_resampled_test(by_fold, 1e-12).difference
    assert verdict.difference.high - verdict.difference.low > 1.4 * (alone.high - alone.low)


def test_only_folds_that_both_have_finished_enter() -> None:
    history = folded(draw((1, 5, 12)), 5)
    last = history.contenders[1].runs[-1]
    stopped = replace(last, status="stopped", result=None)
    second = replace(history.contenders[1], runs=(*history.contenders[1].runs[:-1], stopped))
    [verdict] = compare(replace(history, contenders=(history.contenders[0], second)), MAE)
    assert "4 of 5 folds" in verdict.text
    assert (
        "Left out 2 runs: GRU, seed 1, fold 5 has no partner; LSTM, seed 1, fold 5 was stopped."
    ) in verdict.text


def test_only_a_few_of_many_left_out_runs_are_named() -> None:
    history = folded(draw((1, 10, 12)), 10)
    waiting = tuple(
        replace(run, status="waiting", result=None) for run in history.contenders[1].runs[4:]
    )
    second = replace(history.contenders[1], runs=(*history.contenders[1].runs[:4], *waiting))
    [verdict] = compare(replace(history, contenders=(history.contenders[0], second)), MAE)
    assert "Left out 12 runs: " in verdict.text
    assert "; and 6 more." in verdict.text


def test_expanding_window_folds_are_judged_as_one_test_set_by_seeds_and_blocks() -> None:
    errors = draw((3, 4, 60))
    [verdict] = compare(folded(errors, 4, window=8), MAE)
    whole = {cell: each.reshape(3, 240) for cell, each in errors.items()}
    [single] = compare(with_errors(whole, preprocessing=numbers(8)), MAE)
    assert verdict.difference == single.difference
    assert verdict.examples == 240
    assert "4 of 4 expanding-window folds" in verdict.text


def test_one_seed_decides_nothing_on_expanding_window_folds() -> None:
    [verdict] = compare(folded(draw((1, 4, 60), shift=1.0), 4, window=8), MAE)
    assert verdict.decision.kind == "undecided"
    assert "one seed cannot tell" in verdict.text


def test_a_score_over_folds_is_the_mean_of_the_fold_scores() -> None:
    errors = draw((2, 5, 12))
    history = folded(errors, 5)
    found = score_interval(history, history.contenders[0], MAE)
    assert found.value == pytest.approx(np.abs(errors["gru"]).mean(), rel=1e-4)
    assert found.covers == "folds"
