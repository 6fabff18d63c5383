"""Verdicts on two contenders, and when there is none."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.analysis.make_histories import (
    classes,
    history_of,
    numbers,
    with_errors,
    with_status,
)

from studio.analysis import best_baseline, compare, score_interval
from studio.analysis.scores.influence_values import influence_values, minimum_block_length
from studio.analysis.scores.verdicts import ScoreVerdict
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import METRICS

RMSE, MAE, ACCURACY, F1 = (METRICS[name] for name in ("rmse", "mae", "accuracy", "macro_f1"))
RNG = np.random.default_rng(5)
NOISE = RNG.normal(size=200)


def errors(scale: float, seeds: int = 5, spread: float = 0.02) -> np.ndarray:
    """Errors that vary mostly with the examples, a little with the seeds."""
    each = 1 + spread * np.random.default_rng(int(scale * 1000)).normal(size=(seeds, 1))
    return scale * each * NOISE


def verdict(history: ComparisonHistory, metric: object = RMSE) -> ScoreVerdict:
    (found,) = compare(history, metric)
    return found


def test_a_clear_difference_has_a_winner() -> None:
    found = verdict(with_errors({"gru": errors(1.0), "lstm": errors(1.3)}))
    assert (found.decision.kind, found.decision.name) == ("better", "GRU")
    assert found.difference.high < 0
    assert "GRU − LSTM = −0.2" in found.text
    assert "GRU is better" in found.text


def test_a_higher_score_wins_where_higher_is_better() -> None:
    truth = np.arange(300) % 2
    right, coin = np.eye(2)[truth], np.eye(2)[(truth + (np.arange(300) % 3 == 0)) % 2]
    history = history_of(
        {"gru": np.stack([coin] * 3), "lstm": np.stack([right] * 3)}, truth, classes()
    )
    for metric in (ACCURACY, F1):
        found = verdict(history, metric)
        assert (found.decision.kind, found.decision.name) == ("better", "LSTM")
        assert found.difference.value == pytest.approx(-1 / 3)


def test_a_difference_within_the_margin_is_a_tie() -> None:
    found = verdict(with_errors({"gru": errors(1.0), "lstm": errors(1.001)}, margin=0.2))
    assert found.decision.kind == "tie"
    assert "within the margin of 0.20: practically the same" in found.text


def test_a_small_but_significant_difference_within_the_margin_is_a_tie() -> None:
    exact = {"gru": errors(1.0, spread=0), "lstm": errors(1.001, spread=0)}
    found = verdict(with_errors(exact, margin=0.2))
    assert found.difference.excludes_zero
    assert found.decision.kind == "tie"


def test_a_difference_that_may_be_large_or_zero_is_inconclusive() -> None:
    found = verdict(with_errors({"gru": errors(1.0, 3, 0.3), "lstm": errors(1.1, 3, 0.3)}))
    assert (found.decision.kind, found.decision.name) == ("undecided", "")
    assert "the interval includes 0 and reaches beyond the margin" in found.text


def test_identical_predictions_are_a_tie_of_their_own_kind() -> None:
    found = verdict(with_errors({"gru": errors(1.0), "lstm": errors(1.0)}))
    assert found.decision.kind == "identical"
    assert (found.difference.low, found.difference.high) == (0, 0)
    assert "the same on every example" in found.text


def test_one_seed_never_makes_a_winner() -> None:
    found = verdict(with_errors({"gru": errors(1.0, 1), "lstm": errors(3.0, 1)}))
    assert found.decision.kind == "undecided"
    assert found.difference.covers == "test examples"
    assert "one seed cannot tell" in found.text
    assert "Based on 1 seed and 200 test examples." in found.text


def test_with_one_seed_the_baseline_does_not_win_either() -> None:
    history = with_errors(
        {"gru": errors(1.0, 1), "lstm": errors(1.3, 1)}, baselines={"persistence": 0.2 * NOISE}
    )
    found = verdict(history)
    assert found.decision.kind == "undecided"
    assert "one seed, or too few test examples, cannot tell" in found.text
    assert "better" not in found.text.replace("is better 0", "")


def test_networks_of_unequal_size_are_named_in_the_verdict() -> None:
    history = with_errors({"gru": errors(1.0), "lstm": errors(1.3), "rnn": errors(1.4)})
    gru, *others = history.spec.contenders
    wider = gru.model_copy(update={"hidden_size": 48})
    spec = history.spec.model_copy(update={"contenders": (wider, *others)})
    found = {
        (each.first, each.second): each.text for each in compare(replace(history, spec=spec), RMSE)
    }
    assert "Not the same hidden size: GRU 48, LSTM 32." in found["GRU", "LSTM"]
    assert "Not the same" not in found["LSTM", "RNN"]


def test_nan_scores_decide_nothing() -> None:
    predictions = {cell: np.full((3, 40, 2), 0.5) for cell in ("gru", "lstm")}
    history = history_of(predictions, np.zeros(40, dtype=np.int64), classes())
    found = verdict(history, METRICS["roc_auc"])
    assert found.p == 1
    assert found.posterior is None
    assert found.decision.kind != "better"


def test_one_test_example_never_makes_a_winner() -> None:
    history = with_errors({"gru": errors(1.0)[:, :1], "lstm": errors(2.0)[:, :1]})
    found = verdict(history)
    assert found.decision.kind == "undecided"
    assert "too few test examples" in found.text


def test_the_naive_baseline_wins_where_it_beats_both() -> None:
    history = with_errors(
        {"gru": errors(1.0), "lstm": errors(1.3)},
        baselines={"persistence": 0.5 * NOISE, "linear autoregression": 0.4 * NOISE},
    )
    found = verdict(history)
    assert (found.decision.kind, found.decision.name) == ("baseline", "linear autoregression")
    assert "a baseline wins" in found.text
    assert best_baseline(history, RMSE).name == "linear autoregression"


def test_a_baseline_that_beats_only_one_does_not_win() -> None:
    history = with_errors(
        {"gru": errors(1.0), "lstm": errors(1.5)}, baselines={"persistence": 1.2 * NOISE}
    )
    found = verdict(history)
    assert found.decision.name == "GRU"
    assert "beats the baseline" in found.text
    assert "the baseline is better" in found.text


def test_a_baseline_that_both_beat_is_named_with_the_gaps() -> None:
    history = with_errors(
        {"gru": errors(1.0), "lstm": errors(1.3)}, baselines={"persistence": 3 * NOISE}
    )
    assert "Both beat persistence, by " in verdict(history).text


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("failed", "the loss is not a number", "LSTM, seed 2 failed (the loss is not a number)"),
        ("stopped", "", "LSTM, seed 2 was stopped"),
        ("running", "", "LSTM, seed 2 has not ended"),
        ("waiting", "", "LSTM, seed 2 has not started"),
    ],
)
def test_unfinished_runs_are_left_out_and_named(status: str, reason: str, words: str) -> None:
    whole = with_errors({"gru": errors(1.0), "lstm": errors(1.3)})
    found = verdict(with_status(whole, "LSTM", 2, status, reason))
    assert found.seeds == (1, 3, 4, 5)
    assert f"Left out 2 runs: GRU, seed 2 has no partner; {words}." in found.text


def test_no_common_seed_is_inconclusive_with_that_reason() -> None:
    history = with_errors({"gru": errors(1.0, 2), "lstm": errors(1.3, 2)})
    history = with_status(with_status(history, "GRU", 1, "failed"), "LSTM", 2, "failed")
    found = verdict(history)
    assert found.decision.kind == "undecided"
    assert "have not both finished any seed" in found.text


def test_every_verdict_says_how_learning_rates_were_chosen() -> None:
    history = with_errors({"gru": errors(1.0), "lstm": errors(1.3)})
    assert verdict(history).text.endswith("One learning rate, 0.003, not tuned.")


def test_every_pair_gets_a_verdict() -> None:
    history = with_errors({cell: errors(1.0) for cell in ("gru", "lstm", "rnn")})
    pairs = [(each.first, each.second) for each in compare(history, RMSE)]
    assert pairs == [("GRU", "LSTM"), ("GRU", "RNN"), ("LSTM", "RNN")]


def test_several_pairs_say_that_they_are_holm_corrected() -> None:
    history = with_errors({cell: errors(1.0) for cell in ("gru", "lstm", "rnn")})
    assert "3 pairs are judged together (Holm-corrected)." in compare(history, RMSE)[0].text
    assert "pairs" not in verdict(with_errors({"gru": errors(1.0), "lstm": errors(1.3)})).text


def test_the_baseline_does_not_win_by_one_test_example() -> None:
    history = with_errors(
        {"gru": errors(1.0)[:, :1], "lstm": errors(2.0)[:, :1]}, baselines={"mean": 0 * NOISE[:1]}
    )
    assert verdict(history).decision.kind == "undecided"


def test_a_baseline_that_may_only_seem_better_does_not_win() -> None:
    history = with_errors(
        {"gru": errors(1.0), "lstm": errors(1.3)},
        baselines={"persistence": np.random.default_rng(9).permutation(0.98 * NOISE)},
    )
    found = verdict(history)
    assert found.decision.name == "GRU"
    assert "no difference from the baseline was found" in found.text


def test_the_users_margin_holds_for_the_main_metric_alone() -> None:
    history = with_errors({"gru": errors(1.0), "lstm": errors(1.3)}, margin=0.5)
    assert verdict(history, RMSE).margin == 0.5
    assert verdict(history, MAE).margin == pytest.approx(
        0.01 * score_interval(history, history.contenders[0], MAE).value
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.8, 1.2))
def test_swapping_the_contenders_mirrors_the_verdict(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 3, 30)) + rng.normal(size=30)
    there = verdict(with_errors({"gru": one, "lstm": scale * other}))
    back = verdict(with_errors({"gru": scale * other, "lstm": one}))
    assert there.difference.value == pytest.approx(-back.difference.value)
    assert there.difference.low == pytest.approx(-back.difference.high)
    assert there.decision.kind == back.decision.kind
    if there.decision.kind == "better":
        assert there.decision.name != back.decision.name


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, 7]))
def test_the_mean_of_linearized_values_is_the_score_itself(seed: int, window: int | None) -> None:
    rng = np.random.default_rng(seed)
    history = with_errors({"gru": rng.normal(size=(3, 47))}, preprocessing=numbers(window))
    for metric in (RMSE, MAE):
        results = [run.result for run in history.contenders[0].runs]
        values = influence_values(history, [result.predictions for result in results], metric)
        expected = [result.scores[metric.name] for result in results]
        np.testing.assert_allclose(values.mean(axis=1), expected, rtol=1e-6)


def test_macro_f1_is_the_mean_of_its_pseudo_values() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=120)
    predictions = rng.dirichlet(np.ones(3), size=(3, 120)) + 0.5 * np.eye(3)[truth]
    history = history_of({"gru": predictions}, truth, classes(3))
    found = score_interval(history, history.contenders[0], F1)
    scores = [run.result.scores["macro_f1"] for run in history.contenders[0].runs]
    assert found.value == pytest.approx(np.mean(scores))
    assert 0.02 < found.high - found.low < 0.4


def test_neighbouring_forecasts_form_blocks() -> None:
    plain = with_errors({"gru": errors(1.0)})
    assert minimum_block_length(plain, MAE) is None
    assert minimum_block_length(replace(plain, preprocessing=numbers(window=14)), MAE) == 6
    assert (
        minimum_block_length(replace(plain, preprocessing=numbers(window=14, horizon=24)), MAE)
        == 24
    )


def test_windows_with_a_class_that_overlap_count_as_one_block() -> None:
    plain = with_errors({"gru": errors(1.0)})
    cut = numbers().model_copy(update={"is_cut": True, "max_length": 50, "stride": 5})
    assert minimum_block_length(replace(plain, preprocessing=cut), MAE) == 10
    apart = cut.model_copy(update={"stride": 50})
    assert minimum_block_length(replace(plain, preprocessing=apart), MAE) == 6


def test_forecasts_are_judged_in_time_order() -> None:
    history = with_errors({"gru": errors(1.0)}, preprocessing=numbers(window=14))
    turned = replace(history, test_positions=history.test_positions[::-1].copy())
    runs = [run.result.predictions for run in history.contenders[0].runs]
    there, back = (influence_values(each, runs, MAE) for each in (history, turned))
    np.testing.assert_array_equal(there, back[:, ::-1])


def test_correlated_errors_of_a_series_widen_the_interval() -> None:
    smooth = np.convolve(np.random.default_rng(3).normal(size=419), np.ones(20), "valid")
    history = with_errors({"gru": np.stack([smooth, 1.01 * smooth])})
    plain = score_interval(history, history.contenders[0], MAE)
    series = replace(history, preprocessing=numbers(window=14, horizon=20))
    blocked = score_interval(series, series.contenders[0], MAE)
    assert blocked.value == pytest.approx(plain.value)
    assert blocked.high - blocked.low > 1.8 * (plain.high - plain.low)


def f1_interval(rng: np.random.Generator, right: float) -> tuple[float, float]:
    """The interval of macro F1 where each seed has its own accuracy."""
    truth = rng.integers(3, size=150)
    chance = right + 0.03 * rng.normal(size=(3, 1))
    wrong = (truth + rng.integers(1, 3, size=(3, 150))) % 3
    guesses = np.where(rng.random((3, 150)) < chance, truth, wrong)
    history = history_of({"gru": np.eye(3)[guesses]}, truth, classes(3))
    found = score_interval(history, history.contenders[0], F1)
    return found.low, found.high


def test_the_interval_of_macro_f1_covers_the_truth() -> None:
    rng = np.random.default_rng(8)
    held = [low <= 0.7 <= high for low, high in (f1_interval(rng, 0.7) for _ in range(60))]
    assert np.mean(held) >= 0.88


@pytest.mark.verify
def test_the_interval_of_correlated_forecast_errors_covers_the_truth() -> None:
    rng = np.random.default_rng(6)
    held = []
    for _ in range(1000):
        noise = rng.normal(size=(1, 800)) + 0.3 * rng.normal(size=(3, 800))
        smooth = np.array([np.convolve(row, 0.6 ** np.arange(12), "valid")[:730] for row in noise])
        history = with_errors({"gru": 5 + smooth}, preprocessing=numbers(window=14))
        found = score_interval(history, history.contenders[0], MAE)
        held.append(found.low <= 5 <= found.high)
    assert np.mean(held) >= 0.92


def false_winners(seeds: int, draws: int) -> float:
    rng = np.random.default_rng(11)
    wins = 0
    for _ in range(draws):
        shared = rng.normal(size=100)
        scale = 1 + 0.1 * rng.normal(size=(2, seeds, 1))
        one, other = scale * (shared + 0.5 * rng.normal(size=(2, seeds, 100)))
        found = verdict(with_errors({"gru": one, "lstm": other}, margin=1e-9))
        wins += found.decision.kind == "better"
    return wins / draws


def test_false_positives_are_rare_where_there_is_no_difference() -> None:
    assert false_winners(3, 300) <= 0.07


@pytest.mark.verify
@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
def test_the_false_positive_rate_is_at_most_five_per_cent(seeds: int) -> None:
    assert false_winners(seeds, 5000) <= 0.055
