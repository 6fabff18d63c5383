"""The ONNX graph of one step: an input and a state to a prediction and the next state."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.results.trained_model import TrainedModel
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


class _After(NamedTuple):
    """Names of the values after a step.

    Attributes:
        top: The state h of the last layer, (batch, hidden).
        states: The new value of each state by its name.
    """

    top: str
    states: dict[str, str]


def states_of(model: TrainedModel) -> dict[str, tuple[int | str, ...]]:
    """The shape of each state by its name.

    "h", and for an LSTM "c", hold all layers. Networks that pool over time have the pooled vector
    so far, and how many steps it covers.
    """
    spec = model.contender
    layers = (spec.num_layers, "batch", spec.hidden_size)
    shapes: dict[str, tuple[int | str, ...]] = dict.fromkeys(CELLS[spec.cell].states, layers)
    if not model.preprocessing.per_step and spec.pooling in {"mean", "max"}:
        shapes["pooled"] = ("batch", spec.hidden_size)
        shapes["steps"] = ("batch", 1)
    return shapes


def build_step(
    model: TrainedModel, weights: Mapping[str, Floats], properties: Mapping[str, str]
) -> ModelProto:
    """The checked ONNX model of one step.

    Its input "x" is one step (batch, channels) in the inputs' own units, or vocabulary codes
    (batch, 1); "series", (batch,) int64, is there as in the graph of whole sequences. Each state
    of `states_of` is an input, zeros at the start of a sequence, and an output with "_next" after
    its name. The output "answer" is (batch, outputs), as in the graph of whole sequences. A step
    with a missing value (NaN) is answered by NaN and leaves the state as it was.

    Args:
        model: A model that can be served step by step.
        weights: Weights by torch.nn names, prefixed with "recurrent." or "head.".
        properties: Metadata stored with the model.
    """
    graph = GraphNodes()
    axis = graph.constant("axis_of_time", np.array([1], dtype=np.int64))
    given = graph.add("Unsqueeze", "x", axis)
    embeds = model.preprocessing.embeds
    steps = embedded(graph, weights, given) if embeds else scaled(graph, model, given)
    after = _layers(graph, model, weights, steps)
    top, states = _pooled(graph, model, after)
    head = graph.constant("head.weight", weights["head.weight"])
    bias = graph.constant("head.bias", weights["head.bias"])
    raw = graph.add("Gemm", top, head, bias, transB=1)
    is_playing = model.preprocessing.kind == "next-step"
    answer = graph.add("Sigmoid", raw) if is_playing else in_units(graph, model, raw)
    flags = _missing(graph)
    dtype = helper.tensor_dtype_to_np_dtype(output_type(model))
    unknown = graph.constant("unknown", np.array(np.nan, dtype=dtype))
    answer = graph.add("Where", flags, unknown, answer)
    graph.nodes.append(helper.make_node("Identity", [answer], ["answer"]))
    for name, value in states.items():
        graph.nodes.append(helper.make_node("Where", [flags, name, value], [f"{name}_next"]))
    return finished(graph, model, _ends(model), properties)


def _layers(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> _After:
    spec = model.contender
    names = CELLS[spec.cell].states
    after: dict[str, list[str]] = {name: [] for name in names}
    for layer in range(spec.num_layers):
        place = graph.constant(f"layer_{layer}", np.array([layer], dtype=np.int64))
        before = [graph.add("Gather", name, place, axis=0) for name in names]
        outputs = [f"{name}_after_{layer}" for name in names]
        node = helper.make_node(
            OPERATOR[spec.cell],
            [steps, *layer_constants(graph, model, weights, layer), "", *before],
            ["", *outputs],
            f"recurrent_{layer}",
            hidden_size=spec.hidden_size,
            **cell_attributes(model),
        )
        graph.nodes.append(node)
        for name, output in zip(names, outputs, strict=True):
            after[name].append(output)
        steps = outputs[0]
    axis = graph.constant("axis_of_layers", np.array([0], dtype=np.int64))
    states = {name: graph.add("Concat", *each, axis=0) for name, each in after.items()}
    return _After(graph.add("Squeeze", steps, axis), states)


def _pooled(graph: GraphNodes, model: TrainedModel, after: _After) -> tuple[str, dict[str, str]]:
    """What the head reads, and all states after the step."""
    if "pooled" not in states_of(model):
        return after.top, after.states
    one = graph.constant("one_step", np.array(1, dtype=np.float32))
    steps = graph.add("Add", "steps", one)
    if model.contender.pooling == "mean":
        change = graph.add("Div", graph.add("Sub", after.top, "pooled"), steps)
        pooled = graph.add("Add", "pooled", change)
    else:
        larger = graph.add("Max", "pooled", after.top)
        is_first = graph.add("Less", "steps", one)
        pooled = graph.add("Where", is_first, after.top, larger)
    return pooled, {**after.states, "pooled": pooled, "steps": steps}


def _missing(graph: GraphNodes) -> str:
    """Whether a step has a missing value, (batch, 1)."""
    flags = graph.add("Cast", graph.add("IsNaN", "x"), to=TensorProto.FLOAT)
    return graph.add("Cast", graph.add("ReduceMax", flags, axes=[1]), to=TensorProto.BOOL)


def _ends(model: TrainedModel) -> tuple[list[ValueInfoProto], list[ValueInfoProto]]:
    """The inputs and outputs."""
    info = helper.make_tensor_value_info
    given = TensorProto.FLOAT if model.preprocessing.embeds else input_type(model)
    inputs = [info("x", given, ["batch", model.preprocessing.input_size])]
    if model.preprocessing.series_scaling is not None:
        inputs.append(info("series", TensorProto.INT64, ["batch"]))
    outputs = [info("answer", output_type(model), ["batch", model.preprocessing.output_size])]
    for name, shape in states_of(model).items():
        inputs.append(info(name, TensorProto.FLOAT, shape))
        outputs.append(info(f"{name}_next", TensorProto.FLOAT, shape))
    return inputs, outputs
