"""An uneven machine is told of beside the times."""

import numpy as np
from unit.analysis.make_histories import with_errors, with_timings

from studio.analysis.costs import compare_times
from studio.analysis.steadiness import steadiness

ERRORS = {"gru": np.ones((2, 4)), "lstm": np.ones((2, 4))}
NAMES = ("GRU", "LSTM")


def test_a_machine_that_slows_down_is_named_with_how_much() -> None:
    slowing = list(2.0 * np.linspace(1, 2, 30))
    history = with_timings(with_errors(ERRORS), {"GRU": slowing, "LSTM": slowing})
    assert 0.5 < steadiness(history, NAMES).drift < 0.8
    assert "slower on the way" in compare_times(history)[0].text


def test_a_steady_machine_is_not_worth_a_word() -> None:
    history = with_timings(with_errors(ERRORS), {"GRU": [2.0] * 12, "LSTM": [3.0] * 12})
    assert steadiness(history, NAMES).sentence == ""


def test_few_rounds_tell_nothing_of_drift() -> None:
    history = with_timings(with_errors(ERRORS), {"GRU": [2.0, 4.0], "LSTM": [3.0, 9.0]})
    assert np.isnan(steadiness(history, NAMES).drift)
    assert steadiness(history, NAMES).sentence == ""
