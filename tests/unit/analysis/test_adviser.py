"""The adviser: a cell by size, length, task, device and goal, and the measured outcome."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.adviser import (
    Goal,
    Measured,
    Pick,
    advice_agreement,
    advice_and_outcome,
    advise,
)
from studio.analysis.scores.comparing import compare
from studio.core.results.metrics import METRICS


@pytest.mark.parametrize(
    ("sequences", "steps", "goal", "pick", "claims"),
    [
        (2_000, 14, "score", "GRU", ("C8", "C6")),
        (2_000, 400, "score", "LSTM", ("C8",)),
        (1_000_000, 14, "score", "LSTM", ("C7",)),
        (1_000_000, 400, "score", "LSTM", ("C8", "C7")),
        (1_000_000, 400, "speed", "GRU", ("C2",)),
        (1_000_000, 400, "small device", "GRU", ("C11",)),
    ],
)
def test_advice_follows_cost_where_that_is_the_goal_and_the_data_otherwise(
    sequences: int, steps: int, goal: Goal, pick: Pick, claims: tuple[str, ...]
) -> None:
    advice = advise(sequences, steps, goal=goal)
    assert advice.pick == pick
    for reason, claim in zip(advice.reasons, claims, strict=True):
        assert f"({claim})" in reason.sentence
    assert all(reason.cell != pick for reason in advice.against)


def test_claims_against_the_advice_are_reported_too() -> None:
    advice = advise(2_000, 400, goal="small device")
    assert advice.pick == "GRU"
    assert [reason.cell for reason in advice.against] == ["LSTM"]
    assert any(sentence.startswith("Against it: Beyond about 500") for sentence in advice.sentences)


def test_a_long_text_favours_the_lstm_and_a_short_one_does_not() -> None:
    assert any("(C19)" in each for each in advise(2_000, 400, is_text=True).sentences)
    assert not any("(C19)" in each for each in advise(2_000, 40, is_text=True).sentences)


def test_advice_ends_with_the_suggestion_to_measure_and_on_a_cpu_mentions_the_engine() -> None:
    assert advise(10, 10).sentences[-1] == "Measure it."
    assert "the engine matters" in advise(10, 10, goal="speed", device="cpu").sentences[-1]
    assert advise(10, 10, goal="speed", device="cuda").sentences[-1] == "Measure it."


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("GRU", "supports the choice of the GRU"),
        ("LSTM", "contradicts the choice of the GRU: the LSTM is better"),
        ("same", "contradicts the choice of the GRU: both are practically the same"),
        ("undecided", "neither supports nor contradicts the choice of the GRU"),
    ],
)
def test_a_measurement_supports_or_contradicts_the_advice(result: Measured, words: str) -> None:
    assert words in advice_agreement(advise(10, 10), result)


NOISE = 1 + 0.05 * np.random.default_rng(4).normal(size=(4, 40))


@pytest.mark.parametrize(("better", "words"), [("gru", "supports"), ("lstm", "contradicts")])
def test_a_comparison_of_both_cells_reports_advice_and_outcome(better: str, words: str) -> None:
    errors = {cell: NOISE if cell == better else NOISE + 1 for cell in ("rnn", "gru", "lstm")}
    history = with_errors(errors)
    text = advice_and_outcome(history, compare(history, METRICS["mae"]))
    assert text.startswith(
        "A common rule of thumb picks the GRU for short sequences, few sequences "
        "(source: page Claims). "
    )
    assert f"{words} the choice of the GRU: the {better.upper()} is better here." in text


def test_no_cell_is_favoured_where_the_naive_baseline_wins() -> None:
    history = with_errors(
        {"gru": NOISE, "lstm": NOISE + 1}, baselines={"persistence": NOISE[0] / 10}
    )
    text = advice_and_outcome(history, compare(history, METRICS["mae"]))
    assert text.endswith("The measurement favours neither: a baseline is better than both.")


def test_a_comparison_without_both_cells_gets_no_advice() -> None:
    history = with_errors({"rnn": NOISE, "gru": NOISE + 1})
    assert not advice_and_outcome(history, compare(history, METRICS["mae"]))
