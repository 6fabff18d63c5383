"""Exact -1 or 0 apart from all other values: asked about, never taken as missing in silence."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.decisions import ReadingDecision
from studio.data import Dataset

Loader = Callable[..., Dataset]
STEPS = 200


def decision(load_text: Loader, values: np.ndarray) -> ReadingDecision | None:
    lines = [f"{step},{value:.6g}" for step, value in enumerate(values)]
    dataset = load_text("\n".join(["time,load", *lines]))
    return next((each for each in dataset.decisions if each.name == "na_values"), None)


def with_marks(values: np.ndarray, mark: float, count: int) -> np.ndarray:
    marked = values.copy()
    marked[np.linspace(5, len(values) - 5, count).astype(int)] = mark
    return marked


def smooth(low: float, high: float) -> np.ndarray:
    return low + (high - low) * (1 + np.sin(np.arange(STEPS) / 3.7)) / 2


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        (smooth(0, 1), -1),
        (smooth(3, 900), -1),
        (np.arange(STEPS) * 37 % 211 + 15.0, -1),
        (smooth(20, 25), 0),
        (smooth(1000, 1040), 0),
    ],
    ids=["shares", "measurements", "counts far from 0", "temperatures", "pressures"],
)
def test_isolated_mark_is_asked_about_and_read_as_a_number(
    load_text: Loader, values: np.ndarray, mark: float
) -> None:
    found = decision(load_text, with_marks(values, mark, 9))
    assert found is not None
    assert found.is_doubtful
    assert found.value == ""
    assert found.alternatives == (f"{mark:g}",)
    assert f"{mark:g} occurs 9 times" in found.evidence


@pytest.mark.parametrize(
    "values",
    [
        np.round(smooth(-1, 30)),
        with_marks(np.arange(STEPS) * 37 % 30.0, -1, 9),
        smooth(-3, 4),
        with_marks(smooth(-0.9, 1), -1, 9),
        with_marks(smooth(200, 1900), 0, 9),
        with_marks(smooth(20, 25), 0, 90),
        with_marks(smooth(0, 1), -1, 150),
        with_marks(smooth(20, 25), 0, 1),
        np.where(np.arange(STEPS) % 3, 1.0, -1.0),
        np.maximum(smooth(-5, 5), 0),
    ],
    ids=[
        "degrees", "counts from 0", "both signs", "clipped", "an appliance", "mostly off",
        "mostly -1", "once", "two states", "rain",
    ],
)  # fmt: skip
def test_minus_one_and_zero_that_may_be_meant_are_not_asked_about(
    load_text: Loader, values: np.ndarray
) -> None:
    assert decision(load_text, values) is None


def test_mark_that_is_confirmed_is_missing(load_text: Loader) -> None:
    values = with_marks(smooth(0, 1), -1, 9)
    lines = [f"{step},{value:.6g}" for step, value in enumerate(values)]
    dataset = load_text("\n".join(["time,load", *lines]), na_values="-1")
    assert int(np.isnan(dataset.values).sum()) == 9
