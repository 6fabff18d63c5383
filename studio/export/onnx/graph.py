"""The ONNX graph of a model: from raw sequences to predictions in their units.

ONNX has the three cells as operators with PyTorch's equations (the GRU with
linear_before_reset = 1), and convolutions, so the graph is built from them directly and its batch
and time axes are free. docs/adr/0006 explains why torch.onnx is not used.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper

from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.results.trained_model import TrainedModel
from studio.export.onnx.convolutions import convolutional_steps
from studio.export.onnx.graph_nodes import GraphNodes

_OPSET = 17
_IR_VERSION = 8
_ORDER = {"gru": ("update", "reset", "new"), "lstm": ("input", "output", "forget", "cell")}
_OPERATOR = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}


def build_onnx(
    model: TrainedModel, weights: Mapping[str, Floats], properties: Mapping[str, str]
) -> ModelProto:
    """The checked ONNX model.

    Its input "sequences" is (batch, time, channels) in the inputs' own units, all of one length,
    or vocabulary codes (batch, time, 1). Where each series has its own scaler, a second input
    "series", (batch,) int64, is the index of each sequence's series in the stored description, -1
    for a series that was not fitted. Its output "answers" is (batch, outputs): class
    probabilities, or values in the targets' units, by step ahead, then target, then quantile, as
    the stored description names them under "outputs"; with a target at each step
    (batch, time, outputs). Both are float32, or float64 where the units are so far from zero that
    float32 loses digits. An example with a missing value (NaN) is answered by NaN.

    Args:
        model: The model.
        weights: Weights by torch.nn names, prefixed with "recurrent.", "convolutions.", "head." or
            "score.".
        properties: Metadata stored with the model.
    """
    graph = GraphNodes()
    network_input = (
        _embedded(graph, weights) if model.preprocessing.embeds else _scaled(graph, model)
    )
    read_by = _recurrent if CELLS[model.contender.cell].is_recurrent else convolutional_steps
    steps, final = read_by(graph, model, weights, network_input)
    if model.preprocessing.per_step:
        predictions = _step_predictions(graph, model, weights, steps)
    else:
        pooled = _pooled(graph, model, weights, steps, final)
        head = graph.constant("head.weight", weights["head.weight"])
        bias = graph.constant("head.bias", weights["head.bias"])
        predictions = _predictions(graph, model, graph.add("Gemm", pooled, head, bias, transB=1))
    if not model.preprocessing.embeds:
        predictions = _unknown_where_missing(graph, model, predictions)
    graph.nodes.append(helper.make_node("Identity", [predictions], ["answers"]))
    return _finish(graph, model, properties)


def _scaled(graph: GraphNodes, model: TrainedModel) -> str:
    """Scaled inputs, time first; in double precision, as large centres would cancel in single."""
    own = model.preprocessing.series_scaling
    scaler = model.preprocessing.input_scaler if own is None else own.inputs
    center = graph.constant("input_center", np.array(scaler.center, dtype=np.float64))
    scale = graph.constant("input_scale", np.array(scaler.scale, dtype=np.float64))
    if own is not None:  # (series + 1, channels) to (batch, 1, channels)
        axis = graph.constant("series_axis", np.array([1], dtype=np.int64))
        center = graph.add("Unsqueeze", graph.add("Gather", center, "series"), axis)
        scale = graph.add("Unsqueeze", graph.add("Gather", scale, "series"), axis)
    wide = graph.add("Cast", "sequences", to=TensorProto.DOUBLE)
    scaled = graph.add("Div", graph.add("Sub", wide, center), scale)
    narrow = graph.add("Cast", scaled, to=TensorProto.FLOAT)
    return graph.add("Transpose", narrow, perm=[1, 0, 2])


def _embedded(graph: GraphNodes, weights: Mapping[str, Floats]) -> str:
    """Embedding vectors of the codes, time first."""
    vectors = graph.constant("embedding.weight", weights["embedding.weight"])
    axis = graph.constant("code_axis", np.array([2], dtype=np.int64))
    codes = graph.add("Cast", graph.add("Squeeze", "sequences", axis), to=TensorProto.INT64)
    return graph.add("Transpose", graph.add("Gather", vectors, codes), perm=[1, 0, 2])


def _recurrent(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> tuple[str, str]:
    """All steps (time, batch, width) and the final states (directions, batch, hidden)."""
    spec = model.contender
    width = spec.hidden_size * (2 if spec.bidirectional else 1)
    shape = graph.constant("step_shape", np.array([0, 0, width], dtype=np.int64))
    final = ""
    for layer in range(spec.num_layers):
        tensors = _layer_constants(graph, model, weights, layer)
        node = helper.make_node(
            _OPERATOR[spec.cell],
            [steps, *tensors],
            [f"layer_{layer}", f"final_{layer}"],
            f"recurrent_{layer}",
            hidden_size=spec.hidden_size,
            direction="bidirectional" if spec.bidirectional else "forward",
            **_cell_attributes(model),
        )
        graph.nodes.append(node)
        final = f"final_{layer}"
        # (time, directions, batch, hidden) to (time, batch, directions * hidden)
        swapped = graph.add("Transpose", f"layer_{layer}", perm=[0, 2, 1, 3])
        steps = graph.add("Reshape", swapped, shape)
    return steps, final


def _cell_attributes(model: TrainedModel) -> dict[str, Any]:
    spec = model.contender
    if spec.cell == "gru":
        return {"linear_before_reset": 1}
    if spec.cell == "rnn":
        activation = (spec.nonlinearity or "tanh").capitalize()
        return {"activations": [activation] * (2 if spec.bidirectional else 1)}
    return {}


def _layer_constants(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], layer: int
) -> list[str]:
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


def _pooled(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str, final: str
) -> str:
    """One vector per example, (batch, width)."""
    spec = model.contender
    if spec.pooling == "last":
        width = spec.hidden_size * (2 if spec.bidirectional else 1)
        shape = graph.constant("final_shape", np.array([-1, width], dtype=np.int64))
        return graph.add("Reshape", graph.add("Transpose", final, perm=[1, 0, 2]), shape)
    if spec.pooling == "mean":
        return graph.add("ReduceMean", steps, axes=[0], keepdims=0)
    if spec.pooling == "max":
        return graph.add("ReduceMax", steps, axes=[0], keepdims=0)
    column = graph.constant("score.weight", weights["score.weight"].T)
    bias = graph.constant("score.bias", weights["score.bias"])
    scores = graph.add("Add", graph.add("MatMul", steps, column), bias)
    shares = graph.add("Softmax", scores, axis=0)
    axes = graph.constant("time_axis", np.array([0], dtype=np.int64))
    return graph.add("ReduceSum", graph.add("Mul", shares, steps), axes, keepdims=0)


def _predictions(graph: GraphNodes, model: TrainedModel, raw: str) -> str:
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


def _unknown_where_missing(graph: GraphNodes, model: TrainedModel, predictions: str) -> str:
    """NaN for each example with a missing input, which the cells would turn into a number."""
    is_missing = graph.add("Cast", graph.add("IsNaN", "sequences"), to=TensorProto.FLOAT)
    by_example = graph.add("ReduceMax", is_missing, axes=[1, 2], keepdims=0)
    flags = graph.add("Cast", by_example, to=TensorProto.BOOL)
    axes = [1, 2] if model.preprocessing.per_step else [1]
    flags = graph.add("Unsqueeze", flags, graph.constant("answer_axes", np.array(axes)))
    dtype = helper.tensor_dtype_to_np_dtype(output_type(model))
    unknown = graph.constant("unknown", np.array(np.nan, dtype=dtype))
    return graph.add("Where", flags, unknown, predictions)


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


def _step_predictions(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> str:
    """Probabilities or numbers in their units at every step, from outputs (time, batch, width)."""
    head = graph.constant("head.weight", weights["head.weight"].T)
    bias = graph.constant("head.bias", weights["head.bias"])
    by_example = graph.add("Transpose", steps, perm=[1, 0, 2])
    raw = graph.add("Add", graph.add("MatMul", by_example, head), bias)
    if model.preprocessing.target_scaler is not None:
        return _predictions(graph, model, raw)
    if model.preprocessing.outcomes is None:
        return graph.add("Sigmoid", raw)
    return graph.add("Softmax", raw, axis=-1)


def _finish(graph: GraphNodes, model: TrainedModel, properties: Mapping[str, str]) -> ModelProto:
    preprocessing = model.preprocessing
    sequences = helper.make_tensor_value_info(
        "sequences", input_type(model), ["batch", "time", preprocessing.input_size]
    )
    inputs = [sequences]
    if preprocessing.series_scaling is not None:
        inputs.append(helper.make_tensor_value_info("series", TensorProto.INT64, ["batch"]))
    predictions = helper.make_tensor_value_info(
        "answers",
        output_type(model),
        ["batch", *(["time"] if preprocessing.per_step else []), preprocessing.output_size],
    )
    onnx_graph = helper.make_graph(
        graph.nodes, model.contender.name or "model", inputs, [predictions], graph.constants
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
