"""A network from its settings and weights, on the CPU."""

import torch

from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.nn.engine import TorchEngine
from studio.nn.network import Network, build_network
from studio.nn.seeding import key
from studio.nn.snapshots import load_weights, weights_bytes


def rebuild(spec: ContenderSpec, preparation: Preparation, weights: bytes) -> Network:
    """The network in evaluation mode; torch.nn computes it, whatever trained it."""
    network = build_network(spec, preparation, TorchEngine())
    load_weights(network, weights)
    return network.eval()


def untrained_weights(spec: ContenderSpec, preparation: Preparation, seed: int) -> bytes:
    """The weights that a run of this seed begins with, safetensors bytes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key("weights", seed))
        return weights_bytes(build_network(spec, preparation, TorchEngine()))
