"""What the graphs of whole sequences and of one step share: scaling, weights, units."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper

from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.results.trained_model import TrainedModel
from studio.export.onnx.graph_nodes import GraphNodes

_OPSET = 17
_IR_VERSION = 8
_ORDER = {"gru": ("update", "reset", "new"), "lstm": ("input", "output", "forget", "cell")}
OPERATOR = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}
"""ONNX's operator of each cell."""


def scaled(graph: GraphNodes, model: TrainedModel, given: str) -> str:
    """Scaled sequences, time first; in double precision, as large centres cancel in single."""
    own = model.preprocessing.series_scaling
    scaler = model.preprocessing.input_scaler if own is None else own.inputs
    center = graph.constant("input_center", np.array(scaler.center, dtype=np.float64))
    scale = graph.constant("input_scale", np.array(scaler.scale, dtype=np.float64))
    if own is not None:  # (series + 1, channels) to (batch, 1, channels)
        axis = graph.constant("series_axis", np.array([1], dtype=np.int64))
        center = graph.add("Unsqueeze", graph.add("Gather", center, "series"), axis)
        scale = graph.add("Unsqueeze", graph.add("Gather", scale, "series"), axis)
    wide = graph.add("Cast", given, to=TensorProto.DOUBLE)
    exact = graph.add("Div", graph.add("Sub", wide, center), scale)
    narrow = graph.add("Cast", exact, to=TensorProto.FLOAT)
    return graph.add("Transpose", narrow, perm=[1, 0, 2])


def embedded(graph: GraphNodes, weights: Mapping[str, Floats], given: str) -> str:
    """Embedding vectors of the codes, time first."""
    vectors = graph.constant("embedding.weight", weights["embedding.weight"])
    axis = graph.constant("code_axis", np.array([2], dtype=np.int64))
    codes = graph.add("Cast", graph.add("Squeeze", given, axis), to=TensorProto.INT64)
    return graph.add("Transpose", graph.add("Gather", vectors, codes), perm=[1, 0, 2])


def cell_attributes(model: TrainedModel) -> dict[str, Any]:
    """What the operator needs to know beside its sizes."""
    spec = model.contender
    if spec.cell == "gru":
        return {"linear_before_reset": 1}
    if spec.cell == "rnn":
        activation = (spec.nonlinearity or "tanh").capitalize()
        return {"activations": [activation] * (2 if spec.bidirectional else 1)}
    return {}


def layer_constants(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], layer: int
) -> list[str]:
    """The names of the input weights, recurrent weights and biases of a layer."""
    suffixes = [f"l{layer}", *([f"l{layer}_reverse"] if model.contender.bidirectional else [])]

    def stacked(kind: str) -> Floats:
        return np.stack(
            [_reordered(model, weights[f"recurrent.{kind}_{suffix}"]) for suffix in suffixes]
        )

    biases = np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
    return [
        graph.constant(f"W_{layer}", stacked("weight_ih")),
        graph.constant(f"R_{layer}", stacked("weight_hh")),
        graph.constant(f"B_{layer}", biases),
    ]


def _reordered(model: TrainedModel, rows: Floats) -> Floats:
    """Reorders gate blocks from PyTorch's to ONNX's order."""
    cell = CELLS[model.contender.cell]
    if not cell.gates:
        return rows
    blocks = np.split(rows, cell.blocks)
    return np.concatenate([blocks[cell.block_of(gate)] for gate in _ORDER[cell.name]])


def in_units(graph: GraphNodes, model: TrainedModel, raw: str) -> str:
    """Probabilities, or values in the targets' units, from raw outputs (batch, ..., outputs)."""
    preprocessing = model.preprocessing
    own = preprocessing.series_scaling
    every = None if own is None else np.arange(len(own.names) + 1)
    scales = preprocessing.target_scales(every)
    if scales is None:
        return graph.add("Softmax", raw, axis=1)
    scale = graph.constant("target_scale", scales[1])
    center = graph.constant("target_center", scales[0])
    if own is not None:
        scale = graph.add("Gather", scale, "series")
        center = graph.add("Gather", center, "series")
    wide = graph.add("Cast", raw, to=TensorProto.DOUBLE)
    values = graph.add("Add", graph.add("Mul", wide, scale), center)
    return graph.add("Cast", values, to=output_type(model))


def input_type(model: TrainedModel) -> int:
    """The ONNX type of the input: double where single precision would lose digits."""
    own = model.preprocessing.series_scaling
    scaler = model.preprocessing.input_scaler if own is None else own.inputs
    needs_doubles = scaler.needs_doubles
    return int(TensorProto.DOUBLE if needs_doubles else TensorProto.FLOAT)


def output_type(model: TrainedModel) -> int:
    """The ONNX type of the output: double where single precision would lose digits."""
    own = model.preprocessing.series_scaling
    scaler = model.preprocessing.target_scaler if own is None else own.targets
    needs_doubles = scaler is not None and scaler.needs_doubles
    return int(TensorProto.DOUBLE if needs_doubles else TensorProto.FLOAT)


def finished(
    graph: GraphNodes,
    model: TrainedModel,
    ends: tuple[list[Any], list[Any]],
    properties: Mapping[str, str],
) -> ModelProto:
    """The checked model of a graph with these inputs and outputs."""
    onnx_graph = helper.make_graph(
        graph.nodes, model.contender.name or "model", *ends, graph.constants
    )
    onnx_model = helper.make_model(
        onnx_graph,
        producer_name="Gate Studio",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(onnx_model, dict(properties))
    checker.check_model(onnx_model, full_check=True)
    return onnx_model
