"""Networks from settings and weights, on the CPU."""

import torch

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.engines.engine_selection import TorchEngine, choose_engine
from studio.nn.engines.fused.kernel_cache import KERNELS
from studio.nn.networks.network import Network, build_network, recurrent_config
from studio.nn.networks.snapshots import load_weights, weights_bytes
from studio.nn.seeding import key


def load_network(spec: ContenderSpec, preprocessing: Preprocessing, weights: bytes) -> Network:
    """The network in evaluation mode, with torch.nn, whatever engine trained it."""
    network = build_network(spec, preprocessing, TorchEngine())
    load_weights(network, weights)
    return network.eval()


def load_network_for_inspection(
    spec: ContenderSpec, preprocessing: Preprocessing, weights: bytes
) -> Network:
    """The same for traces and gradients, with the fused engine if its kernels are ready."""
    config = recurrent_config(spec, preprocessing.input_size)
    engine = "auto" if KERNELS.wait(0, [spec.cell]) else "torch"
    network = build_network(spec, preprocessing, choose_engine(engine, config, torch.device("cpu")))
    load_weights(network, weights)
    return network.eval()


def untrained_weights(spec: ContenderSpec, preprocessing: Preprocessing, seed: int) -> bytes:
    """The initial weights of a run with this seed, safetensors bytes."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key("weights", seed))
        return weights_bytes(build_network(spec, preprocessing, TorchEngine()))
