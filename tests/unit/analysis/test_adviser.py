"""The adviser: the article's pick by size, length, task, device and goal, and what follows it."""

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors

from studio.analysis.adviser import Goal, Measured, Pick, advise, agreement, said_and_found
from studio.analysis.comparing import compare
from studio.core.metrics import METRICS


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
def test_the_pick_goes_by_cost_where_that_is_the_goal_and_by_the_data_otherwise(
    sequences: int, steps: int, goal: Goal, pick: Pick, claims: tuple[str, ...]
) -> None:
    said = advise(sequences, steps, goal=goal)
    assert said.pick == pick
    for reason, claim in zip(said.reasons, claims, strict=True):
        assert f"({claim})" in reason.sentence
    assert all(each.cell != pick for each in said.against)


def test_what_speaks_against_the_pick_is_told_too() -> None:
    said = advise(2_000, 400, goal="small device")
    assert said.pick == "GRU"
    assert [each.cell for each in said.against] == ["LSTM"]
    assert any(sentence.startswith("Against it: Past about 500") for sentence in said.sentences)


def test_a_long_text_speaks_for_the_lstm_and_a_short_one_does_not() -> None:
    assert any("(C19)" in each for each in advise(2_000, 400, is_text=True).sentences)
    assert not any("(C19)" in each for each in advise(2_000, 40, is_text=True).sentences)


def test_advice_ends_in_the_offer_to_measure_and_on_a_cpu_names_the_engine() -> None:
    assert advise(10, 10).sentences[-1] == "Measure it."
    assert "the engine decides" in advise(10, 10, goal="speed", device="cpu").sentences[-1]
    assert advise(10, 10, goal="speed", device="cuda").sentences[-1] == "Measure it."


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ("GRU", "agrees with the pick of the GRU"),
        ("LSTM", "contradicts the pick of the GRU: the LSTM is better"),
        ("same", "contradicts the pick of the GRU: both are practically the same"),
        ("undecided", "neither agrees with the pick of the GRU nor contradicts it"),
    ],
)
def test_after_measuring_it_says_plainly_whether_the_verdict_agrees(
    found: Measured, words: str
) -> None:
    assert words in agreement(advise(10, 10), found)


NOISE = 1 + 0.05 * np.random.default_rng(4).normal(size=(4, 40))


@pytest.mark.parametrize(("better", "words"), [("gru", "agrees with"), ("lstm", "contradicts")])
def test_a_comparison_of_both_cells_is_told_beside_the_pick_for_its_data(
    better: str, words: str
) -> None:
    errors = {cell: NOISE if cell == better else NOISE + 1 for cell in ("rnn", "gru", "lstm")}
    history = with_errors(errors)
    told = said_and_found(history, compare(history, METRICS["mae"]))
    assert told.startswith(
        "The article whose claims are tested would pick the GRU (short sequences, few sequences). "
    )
    assert f"{words} the pick of the GRU: the {better.upper()} is better here." in told


def test_where_the_naive_baseline_wins_no_cell_is_picked() -> None:
    history = with_errors(
        {"gru": NOISE, "lstm": NOISE + 1}, baselines={"persistence": NOISE[0] / 10}
    )
    told = said_and_found(history, compare(history, METRICS["mae"]))
    assert told.endswith("The measurement picks neither: a naive baseline is better than both.")


def test_a_comparison_without_both_cells_is_given_no_pick() -> None:
    history = with_errors({"rnn": NOISE, "gru": NOISE + 1})
    assert not said_and_found(history, compare(history, METRICS["mae"]))
