"""Initial biases of the output layer, from the training set."""

import numpy as np
import torch

from studio.core.arrays import Doubles, Floats
from studio.core.prepared.chosen_loss import NUMBER_LOSSES, ChosenLoss
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.target_rates import key_rates, outcome_shares
from studio.core.results.metrics import has_target
from studio.nn.networks.network import Network

_MOST_ROUNDS = 200
_CLOSE = 1e-9
_TINY = 1e-9


def output_bias(task: PreparedTask) -> Doubles:
    """The best constant output for the training loss, (outputs,).

    Log odds of 0/1 columns, log shares of classes and symbols (weighted and smoothed like the loss;
    the same for the focal loss, which has no such constant in closed form), and of numbers in
    scaled units the mean, the median, the Huber location or the quantiles. A network that begins
    there need not learn it first; with imbalanced targets that takes many epochs (Karpathy, A
    recipe for training neural networks, 2019; Lin et al., Focal loss, 2017, section 4.1).
    """
    preprocessing = task.preprocessing
    if preprocessing.loss == "binary-cross-entropy":
        rates = key_rates(task)
        return np.asarray(np.log(rates / (1 - rates)))
    if preprocessing.loss not in NUMBER_LOSSES:
        shares = smoothed(outcome_shares(task), preprocessing.chosen_loss)
        weighted = shares * np.array(preprocessing.class_weights or np.ones(len(shares)))
        return np.asarray(np.log(weighted / weighted.sum()))
    targets = task.training.targets
    if preprocessing.per_step:
        targets = targets[has_target(targets)]
    return best_constant(targets, preprocessing.chosen_loss)


def smoothed(shares: Doubles, chosen: ChosenLoss | None) -> Doubles:
    """Class shares as label smoothing sees them, (classes,)."""
    smoothing = 0.0 if chosen is None else chosen.smoothing or 0.0
    return (1 - smoothing) * shares + smoothing / len(shares)


def best_constant(values: Floats, chosen: ChosenLoss | None) -> Doubles:
    """The constants that minimise a loss of numbers, (outputs,).

    Args:
        values: Scaled targets, (rows, targets).
        chosen: The loss; None for the squared error.
    """
    if chosen is None or chosen.name == "mse":
        return np.asarray(values.mean(axis=0, dtype=np.float64))
    rows = np.asarray(values, dtype=np.float64)
    if chosen.quantiles is not None:
        return np.quantile(rows, chosen.quantiles, axis=0).T.flatten()
    if chosen.delta is None:
        return np.asarray(np.median(rows, axis=0))
    return _huber_location(rows, chosen.delta)


def _huber_location(rows: Doubles, delta: float) -> Doubles:
    """By iteratively reweighted means (Huber, Robust Statistics, 1981, section 7.8)."""
    center = np.asarray(np.median(rows, axis=0))
    for _ in range(_MOST_ROUNDS):
        weights = np.minimum(1.0, delta / np.maximum(np.abs(rows - center), delta * _TINY))
        after = (weights * rows).sum(axis=0) / weights.sum(axis=0)
        if np.allclose(after, center, rtol=0, atol=_CLOSE):
            return np.asarray(after)
        center = after
    return center


def start_at(network: Network, bias: Doubles) -> None:
    """Sets the biases of the output layer, (outputs,)."""
    with torch.no_grad():
        network.head.bias.copy_(torch.from_numpy(bias))
