"""Scores taken apart into one value for each seed and test example, whose mean is the score."""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.history import ContenderHistory, RunHistory
from studio.core.metrics import Metric
from studio.core.preparation import Preparation

_GROUPS = 50


def ended_runs(contender: ContenderHistory) -> tuple[RunHistory, ...]:
    """The runs that enter scores: ended by themselves, with a test result."""
    return tuple(run for run in contender.runs if run.has_ended and run.result is not None)


class Tested(Protocol):
    """A test part: what was to be answered, where it comes from, what its numbers mean."""

    @property
    def preparation(self) -> Preparation:
        """See DivisionRecord."""
        ...

    @property
    def test_truth(self) -> Truth:
        """See DivisionRecord."""
        ...

    @property
    def test_positions(self) -> Integers:
        """See DivisionRecord."""
        ...


def score_values(part: Tested, answers: Sequence[Floats], metric: Metric) -> Doubles:
    """One row for each set of answers (examples, outputs), one column for each example.

    The columns stand in the order of time where the task is a forecast. The mean of a row is
    exactly the score of its answers. A root of a mean is replaced by its tangent,
    v = e / (2 r) + r / 2 for squared errors e with the root mean r. A score that cannot be split
    into examples gives pseudo-values of the delete-a-group jackknife (Shao and Tu, The Jackknife
    and Bootstrap, 1995, section 2.3), shifted to the score as their mean.
    """
    if not len(part.test_truth):
        return np.empty((len(answers), 0))
    if metric.per_example is None:
        return np.array([_pseudo_values(part, given, metric) for given in answers])
    values = np.array([_linear(part, given, metric) for given in answers])
    if shortest_stretch(part, metric) is None:
        return values
    return values[:, np.argsort(part.test_positions, kind="stable")]


def shortest_stretch(part: Tested, metric: Metric) -> int | None:
    """How many neighbours count as one at least; None where examples are independent.

    The errors of a forecast h steps ahead are correlated over h steps even where the forecast is
    the best there is; what is left of dependence calls for stretches of at least about the cube
    root of the number of examples (Künsch, Annals of Statistics 17, 1989). That windows share
    inputs does not by itself make their errors alike, so the window does not enter.
    """
    preparation = part.preparation
    if preparation.window is None or metric.per_example is None:
        return None
    least: int = math.ceil(len(part.test_truth) ** (1 / 3) - 1e-9)
    return max(math.ceil(preparation.horizon / preparation.stride), least)


def _linear(part: Tested, answers: Floats, metric: Metric) -> Doubles:
    assert metric.per_example is not None  # noqa: S101 - asked by the caller
    given = np.asarray(answers, dtype=np.float64)
    values = metric.per_example(given, part.test_truth, part.preparation)
    if not metric.is_root:
        return values
    root = metric.from_values(values)
    return values / (2 * root) + root / 2 if root > 0 else values


def _pseudo_values(part: Tested, answers: Floats, metric: Metric) -> Doubles:
    truth, preparation = part.test_truth, part.preparation
    whole = metric.score(answers, truth, preparation)
    count = len(truth)
    groups = min(_GROUPS, count)
    if groups == 1:
        return np.array([whole])
    group = np.arange(count) % groups
    without = np.array(
        [
            metric.score(answers[group != left], truth[group != left], preparation)
            for left in range(groups)
        ]
    )
    return np.asarray(whole + (groups - 1) * (without.mean() - without))
