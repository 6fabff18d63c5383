"""A network from its settings and weights, on the CPU."""

import torch

from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec
from studio.nn.engine import TorchEngine, choose_engine
from studio.nn.fused.compilation import KERNELS
from studio.nn.network import Network, build_network, layers_request
from studio.nn.seeding import key
from studio.nn.snapshots import load_weights, weights_bytes


def rebuild(spec: ContenderSpec, preparation: Preparation, weights: bytes) -> Network:
    """The network in evaluation mode; torch.nn computes it, whatever trained it."""
    network = build_network(spec, preparation, TorchEngine())
    load_weights(network, weights)
    return network.eval()


def rebuild_to_look(spec: ContenderSpec, preparation: Preparation, weights: bytes) -> Network:
    """The same for traces and gradients: on the fused engine if its kernels are ready now."""
    request = layers_request(spec, preparation.input_size)
    engine = "auto" if KERNELS.wait(0, [spec.cell]) else "torch"
    chosen = choose_engine(engine, request, torch.device("cpu"))
    network = build_network(spec, preparation, chosen)
    load_weights(network, weights)
    return network.eval()


def untrained_weights(spec: ContenderSpec, preparation: Preparation, seed: int) -> bytes:
    """The weights that a run of this seed begins with, safetensors bytes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key("weights", seed))
        return weights_bytes(build_network(spec, preparation, TorchEngine()))
