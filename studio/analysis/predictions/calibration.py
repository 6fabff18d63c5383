"""Whether probabilities mean what they say, and one number that mends them."""

from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Integers

_BINS = 10
_TWO_SIDED = 1.959964
_COLDEST, _HOTTEST = 0.05, 20.0
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often predictions of a confidence are right.

    Attributes:
        confidence: Mean probability of the predicted class in each bin that holds examples.
        accuracy: Share of right predictions in it.
        counts: Examples in it.
        expected_error: Expected calibration error: the mean distance of the two, weighted by the
            counts (Guo and others 2017).
    """

    confidence: Doubles
    accuracy: Doubles
    counts: Integers
    expected_error: float

    @property
    def accuracy_range(self) -> tuple[Doubles, Doubles]:
        """The ends of the 95 % interval of each accuracy (Wilson 1927), (bins,) both."""
        squared = _TWO_SIDED**2 / self.counts
        center = (self.accuracy + squared / 2) / (1 + squared)
        spread = self.accuracy * (1 - self.accuracy) + squared / 4
        half = np.sqrt(squared * spread) / (1 + squared)
        return np.maximum(center - half, 0.0), np.minimum(center + half, 1.0)


def reliability(probabilities: Doubles, truth: Integers) -> Reliability:
    """Over ten bins of equal width; examples without a known class do not count.

    Args:
        probabilities: (examples, classes).
        truth: Classes, -1 where unknown, (examples,).
    """
    known = truth >= 0
    guess = probabilities[known].argmax(axis=1)
    confidence = probabilities[known].max(axis=1)
    is_right = (guess == truth[known]).astype(np.float64)
    places = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount(places, minlength=_BINS)
    used = counts > 0
    confidences = np.bincount(places, confidence, _BINS)[used] / counts[used]
    accuracies = np.bincount(places, is_right, _BINS)[used] / counts[used]
    distance = float(np.average(np.abs(confidences - accuracies), weights=counts[used])) if (
        used.any()
    ) else float("nan")  # fmt: skip
    return Reliability(confidences, accuracies, counts[used].astype(np.int64), distance)


def fit_temperature(probabilities: Doubles, truth: Integers) -> float:
    """The temperature that gives the truth the highest likelihood (Guo and others 2017).

    Golden-section search over its logarithm; the likelihood has a single maximum.

    Args:
        probabilities: Of the validation examples, (examples, classes).
        truth: Their classes, -1 where unknown, (examples,).
    """
    known = truth >= 0
    logs = np.log(np.maximum(probabilities[known], np.finfo(np.float32).tiny))
    classes = truth[known]
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    golden = (np.sqrt(5) - 1) / 2
    for _ in range(_ROUNDS):
        first, second = high - golden * (high - low), low + golden * (high - low)
        if _nats(logs, classes, float(np.exp(first))) < _nats(logs, classes, float(np.exp(second))):
            high = second
        else:
            low = first
    return float(np.exp((low + high) / 2))


def with_temperature(probabilities: Doubles, temperature: float) -> Doubles:
    """Probabilities (examples, classes) at another temperature; 1 changes nothing."""
    logs = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)) / temperature
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _nats(logs: Doubles, classes: Integers, temperature: float) -> float:
    scaled = logs / temperature
    peak = scaled.max(axis=1)
    total = peak + np.log(np.exp(scaled - peak[:, np.newaxis]).sum(axis=1))
    return float(np.mean(total - scaled[np.arange(len(classes)), classes]))
