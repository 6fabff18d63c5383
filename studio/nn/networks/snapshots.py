"""Weights and training state as safetensors bytes, without pickle."""

import json
from collections.abc import Mapping
from typing import Any

from safetensors.torch import load, save
from torch import Tensor
from torch.optim import Optimizer

from studio.core.results.events import Snapshot
from studio.nn.networks.network import Network

_HEADER_LENGTH = 8
_STATE = "training"


def weights_bytes(network: Network) -> bytes:
    """The current weights, by the names of the network's modules."""
    return save({name: tensor.cpu().contiguous() for name, tensor in network.state_dict().items()})


def load_weights(network: Network, weights: bytes) -> None:
    """Loads weights into a network with the same settings."""
    network.load_state_dict(load(weights))


def take_snapshot(network: Network, optimizer: Optimizer, counters: Mapping[str, Any]) -> Snapshot:
    """Weights, the optimiser's tensors, and its settings and the counters as JSON."""
    state = optimizer.state_dict()
    tensors = {
        f"{number}.{name}": value.cpu()
        for number, values in state["state"].items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }
    metadata = {"groups": state["param_groups"], "counters": counters}
    header = {_STATE: json.dumps(metadata, default=float)}  # a learning rate may be a tensor
    return Snapshot(weights_bytes(network), save(tensors, metadata=header))


def restore_optimizer(optimizer: Optimizer, state: bytes) -> dict[str, Any]:
    """Loads a snapshot's state into a new optimiser and returns the counters."""
    metadata = json.loads(_metadata(state)[_STATE])
    values: dict[int, dict[str, Tensor]] = {}
    for name, tensor in load(state).items():
        number, _, field = name.partition(".")
        values.setdefault(int(number), {})[field] = tensor
    for group, current in zip(metadata["groups"], optimizer.param_groups, strict=True):
        if "capturable" in group:  # not a setting: it depends on how steps are launched
            group["capturable"] = current["capturable"]
    optimizer.load_state_dict({"state": values, "param_groups": metadata["groups"]})
    counters: dict[str, Any] = metadata["counters"]
    return counters


def _metadata(data: bytes) -> dict[str, str]:
    """The text header of safetensors bytes; the library reads it only from files."""
    length = int.from_bytes(data[:_HEADER_LENGTH], "little")
    header = json.loads(data[_HEADER_LENGTH : _HEADER_LENGTH + length])
    metadata: dict[str, str] = header["__metadata__"]
    return metadata
