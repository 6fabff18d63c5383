"""Scores decomposed into one value per seed and test example, whose mean is the score."""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers, Truth
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.history import ContenderHistory, RunHistory
from studio.core.results.metrics import Metric

_GROUPS = 50


def ended_runs(contender: ContenderHistory) -> tuple[RunHistory, ...]:
    """The runs that enter scores: finished, with a test result."""
    return tuple(run for run in contender.runs if run.has_ended and run.result is not None)


class TestSet(Protocol):
    """The targets of a test set, their positions and their preprocessing; see FoldRecord."""

    @property
    def preprocessing(self) -> Preprocessing: ...

    @property
    def test_truth(self) -> Truth: ...

    @property
    def test_positions(self) -> Integers: ...


def influence_values(part: TestSet, predictions: Sequence[Floats], metric: Metric) -> Doubles:
    """One row for each set of predictions (examples, outputs), one column for each example.

    Columns are in time order for a forecast. The mean of a row is exactly the score of its
    predictions. A root of a mean is replaced by its tangent,
    v = e / (2 r) + r / 2 for squared errors e with the root mean r. A score that is no mean over
    examples gives pseudo-values of the delete-a-group jackknife (Shao and Tu, The Jackknife
    and Bootstrap, 1995, section 2.3), shifted to the score as their mean.
    """
    if not len(part.test_truth):
        return np.empty((len(predictions), 0))
    if metric.per_example is None:
        return np.array(
            [_pseudo_values(part, row_predictions, metric) for row_predictions in predictions]
        )
    values = np.array(
        [_linearized(part, row_predictions, metric) for row_predictions in predictions]
    )
    if minimum_block_length(part, metric) is None:
        return values
    return values[:, np.argsort(part.test_positions, kind="stable")]


def minimum_block_length(part: TestSet, metric: Metric) -> int | None:
    """The minimum length of a block of examples; None where examples are independent.

    The errors of a forecast h steps ahead are correlated over h steps even for an optimal
    forecast; any other dependence calls for blocks of at least about the cube root of the number
    of examples (Künsch, Annals of Statistics 17, 1989). Shared inputs do not by themselves make
    errors correlated, so the window length of a forecast does not matter. The class of a window is
    that of its steps, so windows with a class that overlap share what is predicted.
    """
    preprocessing = part.preprocessing
    if metric.per_example is None or not (preprocessing.is_cut or preprocessing.window):
        return None
    cube_root: int = math.ceil(len(part.test_truth) ** (1 / 3) - 1e-9)
    predicted = preprocessing.max_length if preprocessing.is_cut else preprocessing.horizon
    return max(math.ceil(predicted / preprocessing.stride), cube_root)


def _linearized(part: TestSet, predictions: Floats, metric: Metric) -> Doubles:
    exact = np.asarray(predictions, dtype=np.float64)
    values = metric.values(exact, part.test_truth, part.preprocessing, part.test_positions)
    if not metric.is_root:
        return values
    root = metric.from_values(values)
    return values / (2 * root) + root / 2 if root > 0 else values


def _pseudo_values(part: TestSet, predictions: Floats, metric: Metric) -> Doubles:
    truth, preprocessing = part.test_truth, part.preprocessing
    score = metric.score(predictions, truth, preprocessing)
    count = len(truth)
    groups = min(_GROUPS, count)
    if groups == 1:
        return np.array([score])
    group_of = np.arange(count) % groups
    without = np.array(
        [
            metric.score(predictions[group_of != group], truth[group_of != group], preprocessing)
            for group in range(groups)
        ]
    )
    return np.asarray(score + (groups - 1) * (without.mean() - without))
