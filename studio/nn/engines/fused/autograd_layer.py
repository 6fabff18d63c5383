"""One recurrent layer, all directions, as an operation of torch's autograd."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from studio.nn.engines.fused.backward_pass import (
    OutputGradients,
    RequestedGradients,
    SavedForward,
    run_backward,
)
from studio.nn.engines.fused.buffers import Layer, LayerSizes, LayerTensors, States, dense_features
from studio.nn.engines.fused.forward_pass import run_forward


class RunLayer(torch.autograd.Function):
    """outputs, h_n, c_n = RunLayer.apply(layer, keep, lengths, x, h_0, c_0, nudge, *weights).

    keep says whether there can be a backward pass.

    The nudge is None, or zeros in the shape of the outputs that represent an addition to each
    state: its gradient is the gradient of each state over all later steps.
    """

    @staticmethod
    def forward(  # noqa: PLR0913, PLR0917 - as torch calls it
        ctx: Any,  # noqa: ANN401
        layer: Layer,
        keep: bool,  # noqa: FBT001
        lengths: Tensor | None,
        inputs: Tensor,
        h: Tensor,
        c: Tensor | None,
        nudge: Tensor | None,  # noqa: ARG004 - only its gradient is used
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """See the class."""
        inputs, h = dense_features(inputs), h.contiguous()
        c = None if c is None else c.contiguous()
        weights = tuple(weight.contiguous() for weight in weights)
        batch, steps, width = inputs.shape
        sizes = LayerSizes(layer.library.lanes, len(weights) // 4, batch, steps, width, h.shape[2])
        keep = keep and any(ctx.needs_input_grad)
        outputs, last, kept = run_forward(
            layer, sizes, inputs, lengths, States(h, c), LayerTensors(weights), keep=keep
        )
        if keep:
            ctx.save_for_backward(inputs, outputs, kept, lengths, h, c, *weights)
            ctx.layer, ctx.sizes = layer, sizes
            ctx.set_materialize_grads(False)
        return outputs, last.h, last.c

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401
        *outer: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        """See the class."""
        inputs, outputs, kept, lengths, h, c, *weights = ctx.saved_tensors
        _, _, _, *needs = ctx.needs_input_grad
        from_outputs, from_h, from_c = outer
        saved = SavedForward(inputs, outputs, kept, lengths, States(h, c))
        gradients = run_backward(
            ctx.layer,
            ctx.sizes,
            saved,
            LayerTensors(tuple(weights)),
            _merge_gradients(from_outputs, from_h, from_c, ctx.sizes, lengths),
            RequestedGradients(*needs[:4]),
        )
        dx = None if gradients.inputs is None else _sum_directions(gradients.inputs)
        return None, None, None, dx, gradients.h, gradients.c, gradients.states, *gradients.weights


def _sum_directions(inputs: Tensor) -> Tensor:
    return inputs[0] if len(inputs) == 1 else inputs[0] + inputs[1]


def _merge_gradients(
    outputs: Tensor | None,
    h: Tensor | None,
    c: Tensor | None,
    sizes: LayerSizes,
    lengths: Tensor | None,
) -> OutputGradients:
    """Adds the gradient of the final h to that of its output if there are both."""
    c = None if c is None else c.contiguous()
    if outputs is None or h is None:
        dense = None if outputs is None else dense_features(outputs)
        return OutputGradients(dense, None if h is None else h.contiguous(), c)
    merged = outputs.clone(memory_format=torch.contiguous_format)
    examples = torch.arange(sizes.batch)
    last = torch.full_like(examples, sizes.steps) if lengths is None else lengths
    positions: Sequence[Tensor] = (last - 1, torch.zeros_like(examples))
    for number, gradient in enumerate(h):
        units = slice(number * sizes.units, (number + 1) * sizes.units)
        merged[examples, positions[number], units] += gradient
    return OutputGradients(merged, None, c)
