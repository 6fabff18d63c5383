"""MiniRocket with a ridge classifier, where the package aeon is installed.

Dempster, Schmidt and Webb, MiniRocket: A Very Fast (Almost) Deterministic Transform for Time Series
Classification, KDD 2021.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing

_SEED = 0
_FEATURES = 10_000
_ALPHAS = np.logspace(-3, 3, 10)
_SHORTEST = 9
"""Steps of a kernel."""
_MOST_EXAMPLES = 2000
"""A fit to as many takes seconds; its time grows with the cube of their number."""
_AT_ONCE = 1000


@dataclass(frozen=True)
class MiniRocket:
    """The fitted classifier.

    Attributes:
        name: Says that sequences of unequal length were padded.
        parameters: Weights of the ridge classifier.
        rule: From examples to class probabilities, (examples, classes).
    """

    name: str
    parameters: int
    rule: Callable[[Examples], Floats]


def suits(task: PreparedTask) -> bool:
    """Whether aeon is installed and the task can be solved with it within seconds.

    It classifies sequences of numbers of at least 9 steps.
    """
    preprocessing = task.preprocessing
    return (
        preprocessing.kind == "classify"
        and not preprocessing.embeds
        and preprocessing.max_length >= _SHORTEST
        and len(task.training) <= _MOST_EXAMPLES
        and len(np.unique(task.training.targets)) > 1
        and find_spec("aeon") is not None
    )


def minirocket(task: PreparedTask) -> MiniRocket:
    """Fitted to the training set alone; the penalty is chosen by leave-one-out errors on it.

    The probabilities are the softmax of the decision values, which are not calibrated.
    """
    preprocessing, training = task.preprocessing, task.training
    pipeline = _pipeline(_FEATURES)
    pipeline.fit(_series(training, preprocessing), training.targets)
    ridge = pipeline[-1]
    parts = [part for part in task.parts.values() if len(part)]
    is_padded = any(part.lengths is not None for part in parts)
    return MiniRocket(
        "MiniRocket (padded)" if is_padded else "MiniRocket",
        ridge.coef_.size + ridge.intercept_.size,
        partial(_probabilities, pipeline, preprocessing),
    )


def compile_minirocket(task: PreparedTask) -> None:
    """Lets aeon compile its kernels, so that the time of a fit is that of a fit."""
    channels = task.preprocessing.input_size
    noise = np.random.default_rng(_SEED).normal(size=(4, channels, _SHORTEST))
    pipeline = _pipeline(features=84).fit(noise.astype(np.float32), np.array([0, 1, 0, 1]))
    pipeline.decision_function(noise.astype(np.float32))


def _pipeline(features: int) -> Any:  # noqa: ANN401 - scikit-learn has no types
    from aeon.transformations.collection.convolution_based import MiniRocket as Transform
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    transform = Transform(n_kernels=features, random_state=_SEED)
    ridge = RidgeClassifierCV(alphas=_ALPHAS)
    return make_pipeline(transform, StandardScaler(with_mean=False), ridge)


def _series(examples: Examples, preprocessing: Preprocessing) -> Floats:
    """Inputs as (examples, channels, time), padded with zeros to the longest of all sets."""
    length = preprocessing.max_length
    padded = np.zeros((len(examples), preprocessing.input_size, length), dtype=np.float32)
    for index in range(len(examples)):
        sequence = examples.sequence(index)
        padded[index, :, : len(sequence)] = sequence.T
    return padded


def _probabilities(
    pipeline: Any,  # noqa: ANN401 - scikit-learn has no types
    preprocessing: Preprocessing,
    examples: Examples,
) -> Floats:
    series = _series(examples, preprocessing)
    blocks = [
        _decisions(pipeline, series[first : first + _AT_ONCE])
        for first in range(0, len(series), _AT_ONCE)
    ]
    found = np.concatenate(blocks)
    shares = np.exp(found - found.max(axis=1, keepdims=True))
    probabilities = np.zeros((len(series), preprocessing.output_size))
    probabilities[:, pipeline.classes_] = shares / shares.sum(axis=1, keepdims=True)
    return probabilities.astype(np.float32)


def _decisions(pipeline: Any, series: Floats) -> Doubles:  # noqa: ANN401 - see above
    """Decision values, (examples, classes that were trained on)."""
    values = np.asarray(pipeline.decision_function(series), dtype=np.float64)
    return np.stack([-values, values], axis=1) if values.ndim == 1 else values
