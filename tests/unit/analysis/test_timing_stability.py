"""Drift and outliers of timings are reported."""

import numpy as np
from unit.analysis.make_histories import with_errors, with_timings

from studio.analysis.costs.time_ratios import compare_times
from studio.analysis.costs.timing_stability import timing_stability
from studio.analysis.wording import basis_sentence

ERRORS = {"gru": np.ones((2, 4)), "lstm": np.ones((2, 4))}
NAMES = ("GRU", "LSTM")


def test_a_drift_is_reported_with_its_size() -> None:
    slowing = list(2.0 * np.linspace(1, 2, 30))
    history = with_timings(with_errors(ERRORS), {"GRU": slowing, "LSTM": slowing})
    assert 0.5 < timing_stability(history, NAMES).drift < 0.8
    assert "slower)" in compare_times(history)[0].text


def test_a_steady_machine_is_not_mentioned() -> None:
    history = with_timings(with_errors(ERRORS), {"GRU": [2.0] * 12, "LSTM": [3.0] * 12})
    assert basis_sentence(timing_stability(history, NAMES)) == ""


def test_few_rounds_give_no_drift() -> None:
    history = with_timings(with_errors(ERRORS), {"GRU": [2.0, 4.0], "LSTM": [3.0, 9.0]})
    assert np.isnan(timing_stability(history, NAMES).drift)
    assert basis_sentence(timing_stability(history, NAMES)) == ""
