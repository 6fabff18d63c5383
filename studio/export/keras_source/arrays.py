"""The weights of a network in the layout of Keras's layers."""

from collections.abc import Mapping

import numpy as np

from studio.core.arrays import Floats
from studio.core.specs.comparison_spec import ContenderSpec

_ORDER = {"gru": (1, 0, 2), "lstm": (0, 1, 2, 3), "rnn": (0,)}
"""PyTorch's blocks r, z, n and i, f, g, o in Keras's order z, r, h and i, f, c, o."""


def keras_arrays(spec: ContenderSpec, weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """The arrays of each layer in the order of its set_weights, named layer/number.

    Args:
        spec: The contender.
        weights: By the names of plain_weight_names.

    Returns:
        Kernels (inputs, gates x units), recurrent kernels (units, gates x units) and biases: of a
        GRU (2, 3 x units), of others the sum of both of PyTorch; of two directions those of the
        forward one first. Dense kernels are (inputs, outputs).
    """
    made: dict[str, Floats] = {}
    if "embedding.weight" in weights:
        made["embedding/0"] = weights["embedding.weight"]
    directions = ("", "_reverse") if spec.bidirectional else ("",)
    for layer in range(spec.num_layers):
        arrays = [
            array
            for direction in directions
            for array in _direction(spec.cell, weights, f"l{layer}{direction}")
        ]
        made |= {f"recurrent_{layer}/{number}": array for number, array in enumerate(arrays)}
    for dense in ("score", "head"):
        if f"{dense}.weight" in weights:
            made[f"{dense}/0"] = weights[f"{dense}.weight"].T
            made[f"{dense}/1"] = weights[f"{dense}.bias"]
    return {name: np.ascontiguousarray(array) for name, array in made.items()}


def _direction(cell: str, weights: Mapping[str, Floats], suffix: str) -> list[Floats]:
    kernel, recurrent, b_ih, b_hh = (
        _reordered(cell, weights[f"recurrent.{kind}_{suffix}"])
        for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    bias = np.stack([b_ih, b_hh]) if cell == "gru" else b_ih + b_hh
    return [kernel.T, recurrent.T, bias]


def _reordered(cell: str, rows: Floats) -> Floats:
    blocks = np.split(rows, len(_ORDER[cell]))
    return np.concatenate([blocks[place] for place in _ORDER[cell]])
