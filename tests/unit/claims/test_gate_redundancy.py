"""Redundancy of gates: when gates are similar, and what coupling must show."""

import math

import numpy as np
import pytest

from studio.analysis.intervals import Interval, no_interval
from studio.claims.analysis.gate_redundancy import (
    correlation_within_units,
    gate_correlation,
    judge_correlation,
    judge_merging,
)

RNG = np.random.default_rng(0)
FORGET = RNG.random((200, 6))


def test_coupled_gates_have_a_correlation_of_one_and_independent_ones_none() -> None:
    assert gate_correlation(1 - FORGET, FORGET) == pytest.approx(1.0)
    assert gate_correlation(FORGET, FORGET) == pytest.approx(-1.0)
    assert abs(gate_correlation(RNG.random((200, 6)), FORGET)) < 0.1


def test_units_that_only_differ_in_level_correlate_over_units_but_not_within() -> None:
    level = np.linspace(0.2, 0.8, 6)
    entered = level + RNG.normal(0, 0.01, (200, 6))
    kept = 1 - level + RNG.normal(0, 0.01, (200, 6))
    assert gate_correlation(entered, kept) > 0.9
    assert abs(correlation_within_units(entered, kept)) < 0.1


def test_a_constant_gate_has_no_correlation() -> None:
    assert math.isnan(gate_correlation(np.full((200, 6), 0.5), FORGET))
    assert math.isnan(correlation_within_units(np.full((200, 6), 0.5), FORGET))


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.6, 0.9, "supported"),
        (0.2, 0.9, "partly supported"),
        (-0.3, 0.2, "refuted"),
        (-0.3, 0.7, "undecided"),
    ],
)
def test_gates_are_redundant_where_the_whole_interval_is_above_one_half(
    low: float, high: float, outcome: str
) -> None:
    assert judge_correlation(Interval((low + high) / 2, low, high)) == outcome
    assert judge_correlation(no_interval(0.9)) == "undecided"


@pytest.mark.parametrize(
    ("outcomes", "finding"),
    [
        (("first", "same", "undecided"), "supported"),
        (("first", "second"), "partly supported"),
        (("same", "same"), "partly supported"),
        (("second", "same"), "refuted"),
        (("same", "undecided"), "undecided"),
        ((), "undecided"),
    ],
)
def test_coupling_must_improve_some_task_and_worsen_none(
    outcomes: tuple[str, ...], finding: str
) -> None:
    assert judge_merging(outcomes) == finding
