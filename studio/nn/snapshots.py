"""Weights and training state as safetensors bytes, without any pickle."""

import json
from collections.abc import Mapping
from typing import Any

from safetensors.torch import load, save
from torch import Tensor
from torch.optim import Optimizer

from studio.core.events import Snapshot
from studio.nn.network import Network

_HEADER_LENGTH = 8
_STATE = "training"


def weights_bytes(network: Network) -> bytes:
    """All weights, under the names of the network's modules, as they are now."""
    return save({name: tensor.cpu().contiguous() for name, tensor in network.state_dict().items()})


def load_weights(network: Network, weights: bytes) -> None:
    """Puts weights into a network of the same settings."""
    network.load_state_dict(load(weights))


def take_snapshot(network: Network, optimizer: Optimizer, counters: Mapping[str, Any]) -> Snapshot:
    """Weights, the optimiser's tensors, and its settings with the counters as JSON."""
    state = optimizer.state_dict()
    tensors = {
        f"{number}.{name}": value.cpu()
        for number, values in state["state"].items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }
    described = {"groups": state["param_groups"], "counters": counters}
    header = {_STATE: json.dumps(described, default=float)}  # a rate may be a tensor
    return Snapshot(weights_bytes(network), save(tensors, metadata=header))


def restore_optimizer(optimizer: Optimizer, state: bytes) -> dict[str, Any]:
    """Puts a snapshot's state into a fresh optimiser and returns the counters."""
    described = json.loads(_metadata(state)[_STATE])
    values: dict[int, dict[str, Tensor]] = {}
    for name, tensor in load(state).items():
        number, _, field = name.partition(".")
        values.setdefault(int(number), {})[field] = tensor
    for group, own in zip(described["groups"], optimizer.param_groups, strict=True):
        if "capturable" in group:  # how the steps before were launched is theirs
            group["capturable"] = own["capturable"]
    optimizer.load_state_dict({"state": values, "param_groups": described["groups"]})
    counters: dict[str, Any] = described["counters"]
    return counters


def _metadata(data: bytes) -> dict[str, str]:
    """The text header of safetensors bytes; the library reads it from files only."""
    length = int.from_bytes(data[:_HEADER_LENGTH], "little")
    header = json.loads(data[_HEADER_LENGTH : _HEADER_LENGTH + length])
    described: dict[str, str] = header["__metadata__"]
    return described
