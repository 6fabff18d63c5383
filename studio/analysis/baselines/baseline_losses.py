"""The chosen loss of a baseline's predictions, and quantiles around its point predictions."""

from collections.abc import Callable

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.prepared.chosen_loss import ChosenLoss
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.training_spec import MEDIAN

Rule = Callable[[Examples], Floats]


def with_quantiles(rule: Rule, task: PreparedTask) -> Rule:
    """The rule with quantiles around its predictions, where the networks predict quantiles.

    Each is the prediction plus that quantile of the rule's errors on the training set; the median
    stays the prediction itself.
    """
    levels = task.preprocessing.quantiles
    if levels is None or task.preprocessing.per_step:
        return rule  # those of the task track have their own
    errors = task.training.targets_in_units - rule(task.training)
    offsets = np.quantile(errors, levels, axis=0)  # (quantiles, targets)
    offsets[levels.index(MEDIAN)] = 0.0

    def with_levels(examples: Examples) -> Floats:
        points = np.asarray(rule(examples), dtype=np.float64)
        return np.asarray((points[:, :, np.newaxis] + offsets.T).reshape(len(points), -1))

    return with_levels


def loss_of_numbers(predictions: Doubles, targets: Floats, chosen: ChosenLoss | None) -> float:
    """The mean loss of scaled predictions, as in training.

    Args:
        predictions: (examples, targets x quantiles).
        targets: (examples, targets).
        chosen: The loss; None for the squared error.
    """
    if chosen is not None and chosen.quantiles is not None:
        levels = np.array(chosen.quantiles)
        errors = targets[..., np.newaxis] - predictions.reshape(*targets.shape, len(levels))
        return float(np.maximum(levels * errors, (levels - 1) * errors).mean())
    sizes = np.abs(predictions - targets)
    if chosen is None or chosen.name == "mse":
        return float(np.mean(sizes**2))
    if chosen.delta is None:
        return float(sizes.mean())
    delta = chosen.delta
    return float(np.where(sizes < delta, sizes**2 / 2, delta * (sizes - delta / 2)).mean())


def loss_of_steps(nats: Doubles, chosen: ChosenLoss | None) -> Doubles | None:
    """The loss of each step from the likelihood of its truth; None where that does not suffice."""
    if chosen is None:
        return nats
    if chosen.gamma is None:
        return None
    return np.asarray((1 - np.exp(-nats)) ** chosen.gamma * nats)


def loss_of_classes(
    probabilities: Doubles, classes: Doubles, preprocessing: Preprocessing
) -> float:
    """The mean loss of class probabilities (examples, classes), as in training."""
    logs = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    of_truth = logs[np.arange(len(logs)), classes]
    chosen = preprocessing.chosen_loss
    if chosen is not None and chosen.smoothing is not None:
        return float(
            -((1 - chosen.smoothing) * of_truth + chosen.smoothing * logs.mean(axis=1)).mean()
        )
    if chosen is not None and chosen.gamma is not None:
        return float(-((1 - np.exp(of_truth)) ** chosen.gamma * of_truth).mean())
    return float(-of_truth.mean())
