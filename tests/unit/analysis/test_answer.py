"""One answer over all contenders of a comparison."""

from dataclasses import replace

import numpy as np
from unit.analysis.make_histories import numbers, with_errors, with_status, with_timings

from studio.analysis.summaries.answer import Answer, answer
from studio.core.results.history import ComparisonHistory

RNG = np.random.default_rng(4)
NOISE = RNG.normal(size=200)


def errors(scale: float, seeds: int = 5, spread: float = 0.02) -> np.ndarray:
    each = 1 + spread * np.random.default_rng(int(scale * 1000)).normal(size=(seeds, 1))
    return scale * each * NOISE


def answered(history: ComparisonHistory) -> Answer:
    found = answer(history)
    assert found is not None
    return found


def test_a_contender_that_beats_all_others_is_the_answer() -> None:
    found = answered(with_errors({"gru": errors(1.0), "lstm": errors(1.3), "rnn": errors(1.5)}))
    assert found.best == ("GRU",)
    assert found.text == "GRU. GRU scores better than all others."


def test_a_contender_that_is_not_shown_to_be_worse_stays_in_the_answer() -> None:
    rng = np.random.default_rng(1)
    noisy = 1.02 * NOISE * (1 + 0.3 * rng.normal(size=(5, 200)))
    found = answered(
        with_errors({"gru": errors(1.0), "lstm": noisy, "rnn": errors(1.5)}, margin=1e-6)
    )
    assert found.best == ("GRU", "LSTM")
    assert "GRU has the best mean score; LSTM is not shown to be worse." in found.text
    assert found.narrow


def test_practically_the_same_is_said_and_nothing_would_narrow_it() -> None:
    found = answered(with_errors({"gru": errors(1.0), "lstm": errors(1.001)}, margin=0.5))
    assert set(found.best) == {"GRU", "LSTM"}
    assert "are practically the same." in found.text
    assert not found.narrow


def test_the_cheapest_of_those_to_choose_from_is_named_by_cost() -> None:
    history = with_errors({"gru": errors(1.0), "lstm": errors(1.001)}, margin=0.5)
    history = with_timings(history, {"GRU": [4.0] * 9, "LSTM": [3.0] * 9})
    found = answered(history)
    assert found.cheapest_in == {"time": "LSTM", "memory": "GRU", "parameters": "GRU"}
    assert found.cheapest == "GRU"
    assert "The cheapest of them: LSTM in time and GRU in memory and parameters." in found.text


def test_a_contender_that_is_worse_is_never_named_as_the_cheapest() -> None:
    history = with_errors({"gru": errors(1.5), "lstm": errors(1.0)})
    found = answered(with_timings(history, {"GRU": [1.0] * 9, "LSTM": [3.0] * 9}))
    assert found.best == ("LSTM",)
    assert found.cheapest == "LSTM"


def test_no_contender_is_the_answer_where_a_baseline_beats_them_all() -> None:
    history = with_errors(
        {"gru": errors(1.0), "lstm": errors(1.1), "rnn": errors(1.2)},
        baselines={"persistence": 0.5 * NOISE},
        preprocessing=numbers(window=7),
    )
    found = answered(history)
    assert found.best == ()
    assert found.headline == "None: persistence is better"


def test_one_seed_leaves_all_in_and_more_seeds_would_narrow_it() -> None:
    found = answered(with_errors({"gru": errors(1.0, 1), "lstm": errors(1.5, 1)}))
    assert set(found.best) == {"GRU", "LSTM"}
    assert "Train more seeds: 1 seed cannot tell much." in found.text


def test_there_is_no_answer_before_two_contenders_finished_a_seed_nor_for_one_alone() -> None:
    history = with_errors({"gru": errors(1.0), "lstm": errors(1.3)})
    waiting = history
    for seed in range(1, 6):
        waiting = with_status(waiting, "LSTM", seed, "running")
    assert answered(waiting).headline == "Not available yet"
    assert answer(replace(history, contenders=history.contenders[:1])) is None


def test_every_figure_of_the_answer_is_in_the_json() -> None:
    found = answered(with_errors({"gru": errors(1.0), "lstm": errors(1.3)})).as_json()
    assert found["best"] == ["GRU"]
    assert found["cheapest"] == "GRU"
    assert found["text"] == "GRU. GRU scores better than the other."
