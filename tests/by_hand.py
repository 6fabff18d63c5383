"""Recurrent cells written out unit by unit in plain Python, to check others against."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import torch

from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.networks.network import Network

Rows = list[dict[str, list[float]]]
"""For each step the gates and states by name, each a number per unit."""
Change = Callable[[str, str, int, int, float], float]
"""From layer, gate or state, step, unit and the value computed to the value that counts."""


def sigmoid(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-value))


def weights_of(network: Network, prefix: str) -> tuple[np.ndarray, ...]:
    stock = network.recurrent_layers.stock
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return tuple(getattr(stock, f"{kind}_{prefix}").detach().double().numpy() for kind in kinds)


def sums(weights: tuple[np.ndarray, ...], row: int, x: np.ndarray, h: list[float]) -> list[float]:
    """W x + b_i and W h + b_h of one row."""
    w_ih, w_hh, b_ih, b_hh = weights
    read = sum(float(w) * float(value) for w, value in zip(w_ih[row], x, strict=True))
    heard = sum(float(w) * value for w, value in zip(w_hh[row], h, strict=True))
    return [read + float(b_ih[row]), heard + float(b_hh[row])]


def unchanged(layer: str, name: str, step: int, unit: int, value: float) -> float:
    del layer, name, step, unit
    return value


def step_by_hand(
    config: RecurrentConfig,
    weights: tuple[np.ndarray, ...],
    x: np.ndarray,
    before: Mapping[str, list[float]],
    change: Callable[[str, int, float], float],
) -> dict[str, list[float]]:
    cell, units = config.cell, len(before["h"])
    activation = {"relu": lambda v: max(v, 0.0)}.get(config.nonlinearity, math.tanh)
    blocks = {
        "gru": ("reset", "update", "new"),
        "lstm": ("input", "forget", "cell", "output"),
        "coupled-lstm": ("forget", "cell", "output"),
        "rnn": ("h",),
    }[cell]
    after: dict[str, list[float]] = {name: [] for name in (*blocks, *before)}
    for unit in range(units):
        gate: dict[str, float] = {}
        for block, name in enumerate(blocks):
            read, heard = sums(weights, block * units + unit, x, before["h"])
            if name == "new":
                value = math.tanh(read + gate["reset"] * heard)
            elif name == "cell":
                value = math.tanh(read + heard)
            elif name == "h":
                value = activation(read + heard)
            else:
                value = sigmoid(read + heard)
            gate[name] = change(name, unit, value)
            if name != "h":
                after[name].append(gate[name])
        if cell == "gru":
            h = (1 - gate["update"]) * gate["new"] + gate["update"] * before["h"][unit]
        elif cell == "rnn":
            h = gate["h"]
        else:
            entering = gate["input"] if cell == "lstm" else 1 - gate["forget"]
            c = gate["forget"] * before["c"][unit] + entering * gate["cell"]
            after["c"].append(c)
            h = gate["output"] * math.tanh(c)
        after["h"].append(change("silence", unit, h))
    return after


def layers_by_hand(
    network: Network, sequence: np.ndarray, change: Change = unchanged
) -> dict[str, Rows]:
    """Every layer and direction, in the time order of the sequence."""
    config = network.recurrent_layers.config
    inputs = np.asarray(sequence, dtype=np.float64)
    found: dict[str, Rows] = {}
    for layer in range(config.num_layers):
        outputs = []
        for prefix in [f"l{layer}", f"l{layer}_reverse"][: 1 + config.bidirectional]:
            weights = weights_of(network, prefix)
            zeros = [0.0] * config.hidden_size
            now = {"h": zeros, "c": zeros} if "lstm" in config.cell else {"h": zeros}
            states = tuple(now)
            rows: Rows = [{} for _ in inputs]
            steps = range(len(inputs))
            for step in reversed(steps) if prefix.endswith("reverse") else steps:
                rows[step] = step_by_hand(
                    config,
                    weights,
                    inputs[step],
                    now,
                    lambda name, unit, value, at=step, where=prefix: change(
                        where, name, at, unit, value
                    ),
                )
                now = {state: rows[step][state] for state in states}
            found[prefix] = rows
            outputs.append(np.array([row["h"] for row in rows]))
        inputs = np.concatenate(outputs, axis=1)
    return found


def raw_outputs(network: Network, layers: Mapping[str, Rows]) -> np.ndarray:
    """The head's outputs with pooling "mean" or at every step."""
    config = network.recurrent_layers.config
    last = config.num_layers - 1
    names = [f"l{last}", f"l{last}_reverse"][: 1 + config.bidirectional]
    outputs = np.concatenate([[row["h"] for row in layers[name]] for name in names], axis=1)
    pooled = outputs if network.pool is None else outputs.mean(axis=0)
    weight = network.head.weight.detach().double().numpy()
    return np.asarray(pooled @ weight.T + network.head.bias.detach().double().numpy())


def cross_entropy(raw: np.ndarray, label: int) -> float:
    return float(torch.tensor(raw).logsumexp(0) - raw[label])
