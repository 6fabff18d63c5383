"""Initial biases of the output layer, from the training set."""

import numpy as np
import torch

from studio.core.arrays import Doubles
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.target_rates import key_rates, outcome_shares
from studio.nn.networks.network import Network


def output_bias(task: PreparedTask) -> Doubles:
    """The best constant output for the training loss, (outputs,).

    Log odds of 0/1 columns, log shares of classes and symbols (weighted like the loss), means of
    numbers in scaled units. A network that begins there need not learn it first; with
    imbalanced targets that takes many epochs (Karpathy, A recipe for training neural networks,
    2019; Lin et al., Focal loss, 2017, section 4.1).
    """
    preprocessing = task.preprocessing
    if preprocessing.loss == "binary-cross-entropy":
        rates = key_rates(task)
        return np.asarray(np.log(rates / (1 - rates)))
    if preprocessing.loss == "cross-entropy":
        shares = outcome_shares(task)
        weighted = shares * np.array(preprocessing.class_weights or np.ones(len(shares)))
        return np.asarray(np.log(weighted / weighted.sum()))
    return np.asarray(task.training.targets.mean(axis=0, dtype=np.float64))


def start_at(network: Network, bias: Doubles) -> None:
    """Sets the biases of the output layer, (outputs,)."""
    with torch.no_grad():
        network.head.bias.copy_(torch.from_numpy(bias))
