"""Layers of an ONNX file: its nodes GRU and LSTM."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.arrays import Doubles
from studio.core.errors import ModelFileError
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.nn.foreign.joined_layers import BLOCKS, FoundLayer, joined, ordered

_ORDERS = {"gru": (1, 0, 2), "lstm": (0, 2, 3, 1)}
"""ONNX has z, r, h and i, o, f, c; PyTorch r, z, n and i, f, g, o."""
_NAMES = {"gru": "z, r, h", "lstm": "i, o, f, c"}
_ACTIVATIONS = {"gru": ["sigmoid", "tanh"], "lstm": ["sigmoid", "tanh", "tanh"]}
_W, _R, _B, _INITIAL_H, _INITIAL_C, _PEEPHOLES = 1, 2, 3, 5, 6, 7


def read_onnx(path: Path, wanted: str | None) -> RecurrentStack:
    """The GRU or LSTM nodes of a graph.

    Raises:
        ModelFileError: It is no such file, onnx is not installed, or a node is not understood.
    """
    if find_spec("onnx") is None:
        raise ModelFileError(
            "needs the package onnx, which is not installed",
            where=path.name,
            remedy="Install gate-studio[onnx]",
        )
    graph = _graph(path)
    weights = _Weights(graph)
    nodes = [node for node in graph.node if node.op_type in {"GRU", "LSTM"}]
    if not nodes:
        raise ModelFileError("holds no node GRU or LSTM", where=path.name)
    stack = joined([_layer(node, weights) for node in nodes], wanted, path.name)
    names = {layer.name for layer in stack}
    cell = stack[0].cell
    notes = [
        f"The initial state of {_name(node)} is not read; gates are those from a zero state."
        for node in nodes
        if _name(node) in names and weights.has_other_start(node)
    ]
    kinds = sorted({node.op_type for node in graph.node} - {"GRU", "LSTM"})
    if kinds:
        notes.append(f"Not read: nodes {', '.join(kinds)}.")
    layers = tuple(layer.directions for layer in stack)
    return RecurrentStack(cell, layers, "ONNX", stack[0].name, _NAMES[cell], tuple(notes))


def _graph(path: Path) -> Any:  # noqa: ANN401 - onnx has no types
    import onnx  # an optional library
    from google.protobuf.message import DecodeError

    try:
        return onnx.load(path).graph
    except (DecodeError, OSError, ValueError) as error:
        raise ModelFileError(
            "is not an ONNX file, or its weights lie in another file that is missing",
            where=path.name,
        ) from error


class _Weights:
    """The constants of a graph by name."""

    def __init__(self, graph: Any) -> None:  # noqa: ANN401 - onnx has no types
        self._tensors = {each.name: each for each in graph.initializer}
        for node in graph.node:
            for each in node.attribute:
                if node.op_type == "Constant" and each.name == "value":
                    self._tensors[node.output[0]] = each.t

    def known(self, name: str) -> Doubles | None:
        from onnx import numpy_helper

        if name not in self._tensors:
            return None
        return np.asarray(numpy_helper.to_array(self._tensors[name]), dtype=np.float64)

    def needed(self, node: Any, place: int) -> Doubles:  # noqa: ANN401
        found = self.known(_input(node, place))
        if found is None:
            raise ModelFileError(
                "has weights that the graph computes or reads as an input",
                where=_name(node),
                remedy="Export the model with its weights as constants",
            )
        return found

    def has_other_start(self, node: Any) -> bool:  # noqa: ANN401
        starts = (self.known(_input(node, place)) for place in (_INITIAL_H, _INITIAL_C))
        return any(start is not None and bool(start.any()) for start in starts)


def _layer(node: Any, weights: _Weights) -> FoundLayer:  # noqa: ANN401
    cell = node.op_type.lower()
    settings = _settings(node)
    _refuse_variants(node, cell, settings)
    w, r = weights.needed(node, _W), weights.needed(node, _R)
    has_bias = bool(_input(node, _B))
    b = weights.needed(node, _B) if has_bias else np.zeros((len(w), 2 * w.shape[1]))
    rows = BLOCKS[cell] * r.shape[-1]
    first = cell == "gru" and not settings.get("linear_before_reset", 0)
    directions = tuple(
        ordered(
            (w[at], r[at], b[at][:rows], b[at][rows:]),
            _ORDERS[cell],
            _name(node),
            resets_first=first,
        )
        for at in range(len(w))
    )
    return FoundLayer(_name(node), cell, directions)


def _refuse_variants(node: Any, cell: str, settings: dict[str, Any]) -> None:  # noqa: ANN401
    direction = settings.get("direction", "forward")
    if direction == "reverse":
        raise ModelFileError("reads from the end only, which is not shown", where=_name(node))
    both = 2 if direction == "bidirectional" else 1
    activations = [name.lower() for name in settings.get("activations", [])]
    if activations and activations != _ACTIVATIONS[cell] * both:
        raise ModelFileError(
            f"has the activations {', '.join(activations)}",
            where=_name(node),
            remedy="Only sigmoid gates and tanh candidates are read",
        )
    for name in ("clip", "input_forget"):
        if settings.get(name):
            raise ModelFileError(f"has the setting {name}, which is not read", where=_name(node))
    if _input(node, _PEEPHOLES):
        raise ModelFileError("has peepholes, which are not read", where=_name(node))


def _settings(node: Any) -> dict[str, Any]:  # noqa: ANN401
    from onnx import helper

    found = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    return {
        name: [_text(one) for one in each] if name == "activations" else _text(each)
        for name, each in found.items()
    }


def _text(value: Any) -> Any:  # noqa: ANN401
    return value.decode() if isinstance(value, bytes) else value


def _input(node: Any, place: int) -> str:  # noqa: ANN401
    return str(node.input[place]) if place < len(node.input) else ""


def _name(node: Any) -> str:  # noqa: ANN401
    return str(node.name or node.output[0])
