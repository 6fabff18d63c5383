"""The levels of a causal convolutional network as ONNX nodes."""

from collections.abc import Mapping

from studio.core.arrays import Floats
from studio.core.results.trained_model import TrainedModel
from studio.export.onnx.graph_nodes import GraphNodes


def convolutional_steps(
    graph: GraphNodes, model: TrainedModel, weights: Mapping[str, Floats], steps: str
) -> str:
    """All steps (time, batch, channels) from inputs (time, batch, inputs)."""
    spec = model.contender
    values = graph.add("Transpose", steps, perm=[1, 2, 0])
    for level in range(spec.num_layers):
        prefix, dilation = f"convolutions.blocks.{level}", 2**level
        hidden = values
        for name in ("first", "second"):
            convolved = _convolution(graph, weights, f"{prefix}.{name}", hidden, dilation)
            hidden = graph.add("Relu", convolved)
        residual = f"{prefix}.residual"
        if f"{residual}.weight" in weights:
            values = _convolution(graph, weights, residual, values)
        values = graph.add("Relu", graph.add("Add", hidden, values))
    return graph.add("Transpose", values, perm=[2, 0, 1])


def _convolution(
    graph: GraphNodes, weights: Mapping[str, Floats], name: str, values: str, dilation: int = 1
) -> str:
    """Zeros stand before the first step, so that an output sees no later one."""
    weight = weights[f"{name}.weight"]
    kernel_size = weight.shape[2]
    return graph.add(
        "Conv",
        values,
        graph.constant(f"{name}.weight", weight),
        graph.constant(f"{name}.bias", weights[f"{name}.bias"]),
        dilations=[dilation],
        kernel_shape=[kernel_size],
        pads=[(kernel_size - 1) * dilation, 0],
    )
