"""A trained network from its settings and weights, on the CPU."""

from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.nn.engine import TorchEngine
from studio.nn.network import Network, build_network
from studio.nn.snapshots import load_weights


def rebuild(spec: ContenderSpec, preparation: Preparation, weights: bytes) -> Network:
    """The network in evaluation mode; torch.nn computes it, whatever trained it."""
    network = build_network(spec, preparation, TorchEngine())
    load_weights(network, weights)
    return network.eval()
