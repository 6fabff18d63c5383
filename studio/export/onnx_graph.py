"""The ONNX graph of a model: raw sequences in, answers in their units out.

ONNX has the three cells as operators with PyTorch's equations (the GRU with
linear_before_reset = 1), so the graph is built from them directly and its batch and time axes
are free. docs/adr/0006 says why torch.onnx is not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from studio.core.arrays import Floats
from studio.core.cells import CELLS
from studio.core.model import TrainedModel

_OPSET = 17
_IR_VERSION = 8
_ORDER = {"gru": ("update", "reset", "new"), "lstm": ("input", "output", "forget", "cell")}
_OPERATOR = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}


@dataclass
class _Graph:
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - ONNX attributes
        """A node; returns the name of its output."""
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def constant(self, name: str, values: Any) -> str:  # noqa: ANN401 - anything NumPy takes
        """A stored tensor; returns its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def build_onnx(
    model: TrainedModel, weights: Mapping[str, Floats], properties: Mapping[str, str]
) -> ModelProto:
    """The checked ONNX model.

    Its input "sequences" is (batch, time, channels) float32 in the inputs' own units, all of one
    length, or codes of the vocabulary (batch, time, 1) as float32; its output "answers" is
    (batch, outputs) float32: class probabilities, or values in the targets' units, horizon first;
    where every step is answered (batch, time, outputs).

    Args:
        model: The model.
        weights: By the names of torch.nn, "recurrent." and "head." and "score." before them.
        properties: Texts stored with the model.
    """
    graph = _Graph()
    read = _embedded(graph, weights) if model.preparation.embeds else _scaled(graph, model)
    steps, final = _recurrent(graph, model, weights, read)
    if model.preparation.stepwise:
        answers = _answered_steps(graph, model, weights, steps)
    else:
        pooled = _pooled(graph, model, weights, steps, final)
        head = graph.constant("head.weight", weights["head.weight"])
        bias = graph.constant("head.bias", weights["head.bias"])
        answers = _answered(graph, model, graph.add("Gemm", pooled, head, bias, transB=1))
    graph.nodes.append(helper.make_node("Identity", [answers], ["answers"]))
    return _finish(graph, model, properties)


def _scaled(graph: _Graph, model: TrainedModel) -> str:
    """Scaled inputs, time first; in double precision, as far centres would cancel in single."""
    scaler = model.preparation.input_scaler
    center = graph.constant("input_center", np.array(scaler.center, dtype=np.float64))
    scale = graph.constant("input_scale", np.array(scaler.scale, dtype=np.float64))
    wide = graph.add("Cast", "sequences", to=TensorProto.DOUBLE)
    scaled = graph.add("Div", graph.add("Sub", wide, center), scale)
    narrow = graph.add("Cast", scaled, to=TensorProto.FLOAT)
    return graph.add("Transpose", narrow, perm=[1, 0, 2])


def _embedded(graph: _Graph, weights: Mapping[str, Floats]) -> str:
    """Vectors of the codes, time first."""
    vectors = graph.constant("embedding.weight", weights["embedding.weight"])
    axis = graph.constant("code_axis", np.array([2], dtype=np.int64))
    codes = graph.add("Cast", graph.add("Squeeze", "sequences", axis), to=TensorProto.INT64)
    return graph.add("Transpose", graph.add("Gather", vectors, codes), perm=[1, 0, 2])


def _recurrent(
    graph: _Graph, model: TrainedModel, weights: Mapping[str, Floats], steps: str
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
        turned = graph.add("Transpose", f"layer_{layer}", perm=[0, 2, 1, 3])
        steps = graph.add("Reshape", turned, shape)
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
    graph: _Graph, model: TrainedModel, weights: Mapping[str, Floats], layer: int
) -> list[str]:
    ends = [f"l{layer}", *([f"l{layer}_reverse"] if model.contender.bidirectional else [])]

    def stacked(kind: str) -> Floats:
        each = [_reordered(model, weights[f"recurrent.{kind}_{end}"]) for end in ends]
        return np.stack(each)

    biases = np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)
    return [
        graph.constant(f"W_{layer}", stacked("weight_ih")),
        graph.constant(f"R_{layer}", stacked("weight_hh")),
        graph.constant(f"B_{layer}", biases),
    ]


def _reordered(model: TrainedModel, rows: Floats) -> Floats:
    """From PyTorch's order of gate blocks to that of ONNX."""
    cell = CELLS[model.contender.cell]
    if not cell.gates:
        return rows
    blocks = np.split(rows, cell.blocks)
    return np.concatenate([blocks[cell.block_of(gate)] for gate in _ORDER[cell.name]])


def _pooled(
    graph: _Graph, model: TrainedModel, weights: Mapping[str, Floats], steps: str, final: str
) -> str:
    """One vector for each example, (batch, width)."""
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


def _answered(graph: _Graph, model: TrainedModel, raw: str) -> str:
    preparation = model.preparation
    scaler = preparation.target_scaler
    if scaler is None:
        return graph.add("Softmax", raw, axis=1)
    repeats = preparation.horizon
    scale = graph.constant("target_scale", np.tile(np.array(scaler.scale), repeats))
    center = graph.constant("target_center", np.tile(np.array(scaler.center), repeats))
    wide = graph.add("Cast", raw, to=TensorProto.DOUBLE)
    values = graph.add("Add", graph.add("Mul", wide, scale), center)
    return graph.add("Cast", values, to=TensorProto.FLOAT)


def _answered_steps(
    graph: _Graph, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> str:
    """Probabilities of every step, from outputs (time, batch, width)."""
    head = graph.constant("head.weight", weights["head.weight"].T)
    bias = graph.constant("head.bias", weights["head.bias"])
    by_example = graph.add("Transpose", steps, perm=[1, 0, 2])
    raw = graph.add("Add", graph.add("MatMul", by_example, head), bias)
    if model.preparation.outcomes is None:
        return graph.add("Sigmoid", raw)
    return graph.add("Softmax", raw, axis=-1)


def _finish(graph: _Graph, model: TrainedModel, properties: Mapping[str, str]) -> ModelProto:
    preparation = model.preparation
    sequences = helper.make_tensor_value_info(
        "sequences", TensorProto.FLOAT, ["batch", "time", preparation.input_size]
    )
    answers = helper.make_tensor_value_info(
        "answers",
        TensorProto.FLOAT,
        ["batch", *(["time"] if preparation.stepwise else []), preparation.output_size],
    )
    whole = helper.make_graph(
        graph.nodes, model.contender.name or "model", [sequences], [answers], graph.constants
    )
    made = helper.make_model(
        whole,
        producer_name="Gate Studio",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    helper.set_model_props(made, dict(properties))
    checker.check_model(made, full_check=True)
    return made
