"""The ONNX graph of a model: from raw sequences to predictions in their units.

ONNX has the three cells as operators with PyTorch's equations (the GRU with
linear_before_reset = 1), and convolutions, so the graph is built from them directly and its batch
and time axes are free. docs/adr/0006 explains why torch.onnx is not used.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.results.trained_model import TrainedModel
from studio.export.onnx.convolutions import convolutional_steps
from studio.export.onnx.graph_nodes import GraphNodes
from studio.export.onnx.network_nodes import (
    OPERATOR,
    cell_attributes,
    embedded,
    finished,
    in_units,
    input_type,
    layer_constants,
    output_type,
    scaled,
)

_NO_LIMIT = 2**31 - 1


class _Valid(NamedTuple):
    """Names of values that tell the steps of each sequence from padding.

    Attributes:
        lengths: Steps of each sequence, (batch,) int64.
        mask: Whether a step is one of them, (time, batch, 1).
        is_last: Whether it is the last of them, (time, batch, 1).
    """

    lengths: str
    mask: str
    is_last: str


def build_onnx(
    model: TrainedModel, weights: Mapping[str, Floats], properties: Mapping[str, str]
) -> ModelProto:
    """The checked ONNX model.

    Its input "sequences" is (batch, time, channels) in the inputs' own units, or vocabulary codes
    (batch, time, 1). Where each series has its own scaler, a second input "series", (batch,) int64,
    is the index of each sequence's series in the stored description, -1 for a series that was not
    fitted. The optional input "lengths", (batch,) int64, gives the steps of sequences that are
    padded at the end with anything; without it all fill the time axis. Its output "answers" is
    (batch, outputs): class probabilities, or values in the targets' units, by step ahead, then
    target, then quantile, as the stored description names them under "outputs"; with a target at
    each step (batch, time, outputs), NaN after a sequence's length. Inputs and outputs are float32,
    or float64 where the units are so far from zero that float32 loses digits. An example with a
    missing value (NaN) is answered by NaN.

    Args:
        model: The model.
        weights: Weights by torch.nn names, prefixed with "recurrent.", "convolutions.", "head." or
            "score.".
        properties: Metadata stored with the model.
    """
    graph = GraphNodes()
    valid, given = _valid_steps(graph, model)
    network_input = (
        embedded(graph, weights, given)
        if model.preprocessing.embeds
        else scaled(graph, model, given)
    )
    if CELLS[model.contender.cell].is_recurrent:
        steps, final = _recurrent(graph, model, weights, network_input, valid)
    else:
        steps = convolutional_steps(graph, model, weights, network_input)
        final = _sum_over_time(graph, _where(graph, valid.is_last, steps, 0.0), keepdims=1)
    if model.preprocessing.per_step:
        predictions = _step_predictions(graph, model, weights, steps)
        by_example = graph.add("Transpose", valid.mask, perm=[1, 0, 2])
        unknown = graph.constant("no_step", np.array(np.nan, dtype=_output_dtype(model)))
        predictions = graph.add("Where", by_example, predictions, unknown)
    else:
        pooled = _pooled(graph, model, weights, (steps, final), valid)
        head = graph.constant("head.weight", weights["head.weight"])
        bias = graph.constant("head.bias", weights["head.bias"])
        predictions = in_units(graph, model, graph.add("Gemm", pooled, head, bias, transB=1))
    if not model.preprocessing.embeds:
        predictions = _unknown_where_missing(graph, model, given, predictions)
    graph.nodes.append(helper.make_node("Identity", [predictions], ["answers"]))
    return finished(graph, model, _ends(model), properties)


def _valid_steps(graph: GraphNodes, model: TrainedModel) -> tuple[_Valid, str]:
    """Which steps are no padding, and the sequences with zeros for padding."""
    graph.constant("lengths", np.array([_NO_LIMIT], dtype=np.int64))  # the default of the input
    zero, one = (
        graph.constant(name, np.array(number, dtype=np.int64))
        for name, number in (("zero", 0), ("one", 1))
    )
    shape = graph.add("Shape", "sequences")
    time = graph.add("Gather", shape, one, axis=0)
    batch = graph.add("Slice", shape, *_places(graph, "batch_axis", 0, 1))
    within = graph.add("Max", graph.add("Min", "lengths", time), one)
    lengths = graph.add("Expand", within, batch)
    numbers = graph.add("Range", zero, time, one)
    columns = graph.add("Unsqueeze", numbers, graph.constant("columns", np.array([1, 2])))
    rows = graph.add("Unsqueeze", lengths, graph.constant("rows", np.array([0, 2])))
    mask = graph.add("Less", columns, rows)
    is_last = graph.add("Equal", columns, graph.add("Sub", rows, one))
    by_example = graph.add("Transpose", mask, perm=[1, 0, 2])
    dtype = helper.tensor_dtype_to_np_dtype(input_type(model))
    padding = graph.constant("padding", np.array(0, dtype=dtype))
    return _Valid(lengths, mask, is_last), graph.add("Where", by_example, "sequences", padding)


def _places(graph: GraphNodes, name: str, first: int, last: int) -> tuple[str, str]:
    return (
        graph.constant(f"{name}_first", np.array([first], dtype=np.int64)),
        graph.constant(f"{name}_last", np.array([last], dtype=np.int64)),
    )


def _where(graph: GraphNodes, condition: str, values: str, otherwise: float) -> str:
    name = f"otherwise_{len(graph.constants)}"
    other = graph.constant(name, np.array(otherwise, dtype=np.float32))
    return graph.add("Where", condition, values, other)


def _sum_over_time(graph: GraphNodes, values: str, keepdims: int = 0) -> str:
    axes = graph.constant(f"time_axis_{len(graph.constants)}", np.array([0], dtype=np.int64))
    return graph.add("ReduceSum", values, axes, keepdims=keepdims)


def _recurrent(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str, valid: _Valid
) -> tuple[str, str]:
    """All steps (time, batch, width) and the final states (directions, batch, hidden)."""
    spec = model.contender
    width = spec.hidden_size * (2 if spec.bidirectional else 1)
    shape = graph.constant("step_shape", np.array([0, 0, width], dtype=np.int64))
    lengths = graph.add("Cast", valid.lengths, to=TensorProto.INT32)
    final = ""
    for layer in range(spec.num_layers):
        node = helper.make_node(
            OPERATOR[spec.cell],
            [steps, *layer_constants(graph, model, weights, layer), lengths],
            [f"layer_{layer}", f"final_{layer}"],
            f"recurrent_{layer}",
            hidden_size=spec.hidden_size,
            direction="bidirectional" if spec.bidirectional else "forward",
            **cell_attributes(model),
        )
        graph.nodes.append(node)
        final = f"final_{layer}"
        # (time, directions, batch, hidden) to (time, batch, directions * hidden)
        swapped = graph.add("Transpose", f"layer_{layer}", perm=[0, 2, 1, 3])
        steps = graph.add("Reshape", swapped, shape)
    return steps, final


def _pooled(
    graph: GraphNodes,
    model: TrainedModel,
    weights: Mapping[str, Floats],
    outputs: tuple[str, str],
    valid: _Valid,
) -> str:
    """One vector per example, (batch, width)."""
    spec = model.contender
    steps, final = outputs
    if spec.pooling == "last":
        width = spec.hidden_size * (2 if spec.bidirectional else 1)
        shape = graph.constant("final_shape", np.array([-1, width], dtype=np.int64))
        return graph.add("Reshape", graph.add("Transpose", final, perm=[1, 0, 2]), shape)
    if spec.pooling == "mean":
        total = _sum_over_time(graph, _where(graph, valid.mask, steps, 0.0))
        axis = graph.constant("count_axis", np.array([1], dtype=np.int64))
        counts = graph.add("Cast", valid.lengths, to=TensorProto.FLOAT)
        return graph.add("Div", total, graph.add("Unsqueeze", counts, axis))
    if spec.pooling == "max":
        only = _where(graph, valid.mask, steps, -np.inf)
        return graph.add("ReduceMax", only, axes=[0], keepdims=0)
    column = graph.constant("score.weight", weights["score.weight"].T)
    bias = graph.constant("score.bias", weights["score.bias"])
    scores = graph.add("Add", graph.add("MatMul", steps, column), bias)
    shares = graph.add("Softmax", _where(graph, valid.mask, scores, -np.inf), axis=0)
    return _sum_over_time(graph, graph.add("Mul", shares, steps))


def _unknown_where_missing(
    graph: GraphNodes, model: TrainedModel, given: str, predictions: str
) -> str:
    """NaN for each example with a missing input, which the cells would turn into a number."""
    is_missing = graph.add("Cast", graph.add("IsNaN", given), to=TensorProto.FLOAT)
    by_example = graph.add("ReduceMax", is_missing, axes=[1, 2], keepdims=0)
    flags = graph.add("Cast", by_example, to=TensorProto.BOOL)
    axes = [1, 2] if model.preprocessing.per_step else [1]
    flags = graph.add("Unsqueeze", flags, graph.constant("answer_axes", np.array(axes)))
    unknown = graph.constant("unknown", np.array(np.nan, dtype=_output_dtype(model)))
    return graph.add("Where", flags, unknown, predictions)


def _output_dtype(model: TrainedModel) -> np.dtype[np.floating]:
    dtype: np.dtype[np.floating] = helper.tensor_dtype_to_np_dtype(output_type(model))
    return dtype


def _step_predictions(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> str:
    """Probabilities or numbers in their units at every step, from outputs (time, batch, width)."""
    head = graph.constant("head.weight", weights["head.weight"].T)
    bias = graph.constant("head.bias", weights["head.bias"])
    by_example = graph.add("Transpose", steps, perm=[1, 0, 2])
    raw = graph.add("Add", graph.add("MatMul", by_example, head), bias)
    if model.preprocessing.target_scaler is not None:
        return in_units(graph, model, raw)
    if model.preprocessing.outcomes is None:
        return graph.add("Sigmoid", raw)
    return graph.add("Softmax", raw, axis=-1)


def _ends(model: TrainedModel) -> tuple[list[ValueInfoProto], list[ValueInfoProto]]:
    """The inputs and outputs."""
    preprocessing = model.preprocessing
    info = helper.make_tensor_value_info
    size = preprocessing.input_size
    inputs = [info("sequences", input_type(model), ["batch", "time", size])]
    if preprocessing.series_scaling is not None:
        inputs.append(info("series", TensorProto.INT64, ["batch"]))
    inputs.append(info("lengths", TensorProto.INT64, ["batch or 1"]))
    time = ["time"] if preprocessing.per_step else []
    shape: list[str | int | None] = ["batch", *time, preprocessing.output_size]
    return inputs, [info("answers", output_type(model), shape)]
