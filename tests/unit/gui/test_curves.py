"""Curves of several runs taken together."""

import numpy as np
import pytest
from scipy import stats

from studio.core.results.events import EpochRecord, RunId
from studio.gui.view.loss_curves import CurveChoices, Spread, loss_curves, run_lines

LOSSES = {1: (4.0, 1.0), 2: (2.0, 3.0), 3: (9.0,)}


def epochs() -> dict[RunId, list[EpochRecord]]:
    return {
        RunId("GRU", seed): [
            EpochRecord(at, at * 10, loss, None, {}, at * 0.5, 0.1, 1.0, 0.0)
            for at, loss in enumerate(losses, start=1)
        ]
        for seed, losses in LOSSES.items()
    }


def test_the_middle_is_that_of_the_runs_that_reached_the_epoch() -> None:
    mean = loss_curves(epochs(), CurveChoices("training", "epoch"))["GRU"]
    median = loss_curves(epochs(), CurveChoices("training", "epoch", center="median"))["GRU"]
    assert mean.center.tolist() == [5.0, 2.0]
    assert median.center.tolist() == [4.0, 2.0]


@pytest.mark.parametrize(
    ("spread", "half"),
    [
        ("deviation", np.std([4, 2, 9], ddof=1)),
        ("error", stats.sem([4, 2, 9])),
        ("interval", stats.t.ppf(0.975, 2) * stats.sem([4, 2, 9])),
        ("none", 0.0),
    ],
)
def test_the_spread_is_what_its_name_says(spread: Spread, half: float) -> None:
    curve = loss_curves(epochs(), CurveChoices("training", "epoch", spread=spread))["GRU"]
    assert curve.high[0] - curve.center[0] == pytest.approx(half)
    assert curve.center[0] - curve.low[0] == pytest.approx(half)


def test_the_range_goes_from_the_lowest_to_the_highest_run() -> None:
    curve = loss_curves(epochs(), CurveChoices("training", "epoch"))["GRU"]
    assert (curve.low.tolist(), curve.high.tolist()) == ([2.0, 1.0], [9.0, 3.0])


def test_one_run_has_no_spread() -> None:
    alone = {run: records for run, records in epochs().items() if run.seed == 1}
    curve = loss_curves(alone, CurveChoices("training", "epoch", spread="interval"))["GRU"]
    assert curve.low.tolist() == curve.center.tolist() == curve.high.tolist()


def test_examples_are_counted_over_all_epochs() -> None:
    lines = run_lines(epochs(), CurveChoices("training", "examples", examples={"GRU": 120}))["GRU"]
    assert lines[0][0].tolist() == [120.0, 240.0]
