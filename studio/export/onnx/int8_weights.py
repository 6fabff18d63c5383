"""Weights of an ONNX graph stored as int8, a scale for each row, and read as float32."""

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, checker, helper, numpy_helper

from studio.core.arrays import Floats

_LARGEST = 127
_REVERSE = "_reverse"


def rounded(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """What the int8 weights stand for: every matrix rounded row by row, all else as it is.

    Both directions of a layer have the larger scale of each row, as ONNX stores them in one tensor.

    Args:
        weights: By torch.nn names; the rows of a matrix are its outputs.
    """
    made = {}
    for name, array in weights.items():
        if array.ndim == 1:
            made[name] = array
            continue
        other = name.removesuffix(_REVERSE) if name.endswith(_REVERSE) else name + _REVERSE
        pair = [array, weights[other]] if other in weights else [array]
        scales = np.max([_scales(each, 0) for each in pair], axis=0)
        made[name] = _whole(array, scales, 0) * _along(scales, array.ndim, 0)
    return made


def with_int8_weights(built: ModelProto, *, per_step: bool) -> ModelProto:
    """The same graph with its weight matrices as int8; DequantizeLinear gives them as float32.

    Args:
        built: By build_onnx.
        per_step: Whether it predicts at each step, so that its head is stored transposed.
    """
    made = ModelProto()
    made.CopyFrom(built)
    graph = made.graph
    first = []
    for stored in list(graph.initializer):
        axis = _axis_of(stored.name, per_step=per_step)
        if axis is None:
            continue
        values = numpy_helper.to_array(stored)
        is_turned = values.ndim == 2 and axis == 1  # noqa: PLR2004
        if is_turned:
            values, axis = values.T, 0
        scales = _scales(values, axis)
        integers = _whole(values, scales, axis).astype(np.int8)
        names = [f"{stored.name}_int8", f"{stored.name}_scale"]
        graph.initializer.remove(stored)
        for array, name in zip((integers, scales), names, strict=True):
            graph.initializer.append(numpy_helper.from_array(array, name))
        # a product with what DequantizeLinear gives is computed in integers by some runtimes
        read = f"{stored.name}_rows" if is_turned else stored.name
        first.append(helper.make_node("DequantizeLinear", names, [read], axis=axis))
        if is_turned:
            first.append(helper.make_node("Transpose", [read], [stored.name], perm=[1, 0]))
    nodes = [*first, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    checker.check_model(made, full_check=True)
    return made


def _axis_of(name: str, *, per_step: bool) -> int | None:
    """The axis of the rows of a stored weight matrix, or None for anything else."""
    if name.startswith(("W_", "R_")) or name == "score.weight":
        return 1
    if name == "head.weight":
        return int(per_step)
    return 0 if name.endswith(".weight") else None


def _scales(values: Floats, axis: int) -> Floats:
    """What one unit of each row stands for; 1 in a row of zeros."""
    others = tuple(each for each in range(values.ndim) if each != axis)
    largest = np.abs(values).max(axis=others)
    return np.where(largest > 0, largest / _LARGEST, 1).astype(np.float32)


def _whole(values: Floats, scales: Floats, axis: int) -> Floats:
    return np.clip(np.rint(values / _along(scales, values.ndim, axis)), -_LARGEST, _LARGEST)


def _along(scales: Floats, dimensions: int, axis: int) -> Floats:
    return scales.reshape([-1 if each == axis else 1 for each in range(dimensions)])
