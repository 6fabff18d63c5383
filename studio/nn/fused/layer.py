"""One recurrent layer of all its directions as an operation of torch's autograd."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from studio.nn.fused.ahead import run_forward
from studio.nn.fused.back import Done, Given, Wanted, run_backward
from studio.nn.fused.buffers import Layer, Sizes, States, Weights, dense_features


class RunLayer(torch.autograd.Function):
    """outputs, h_n, c_n = RunLayer.apply(layer, keep, lengths, x, h_0, c_0, nudge, *weights).

    keep says whether there may be a backward pass.

    The nudge is None, or zeros as the outputs lie that stand for an addition to each state: its
    gradient is the whole gradient of each state, over all later steps.
    """

    @staticmethod
    def forward(  # noqa: PLR0913, PLR0917 - torch passes what it is given
        ctx: Any,  # noqa: ANN401
        layer: Layer,
        keep: bool,  # noqa: FBT001
        lengths: Tensor | None,
        inputs: Tensor,
        h: Tensor,
        c: Tensor | None,
        nudge: Tensor | None,  # noqa: ARG004 - only its gradient is of use
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """See the class."""
        inputs, h = dense_features(inputs), h.contiguous()
        c = None if c is None else c.contiguous()
        weights = tuple(weight.contiguous() for weight in weights)
        batch, steps, width = inputs.shape
        sizes = Sizes(layer.library.lanes, len(weights) // 4, batch, steps, width, h.shape[2])
        keep = keep and any(ctx.needs_input_grad)
        outputs, last, kept = run_forward(
            layer, sizes, inputs, lengths, States(h, c), Weights(weights), keep=keep
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
        *given: Tensor | None,
    ) -> tuple[Tensor | None, ...]:
        """See the class."""
        inputs, outputs, kept, lengths, h, c, *weights = ctx.saved_tensors
        _, _, _, *needs = ctx.needs_input_grad
        from_outputs, from_h, from_c = given
        done = Done(inputs, outputs, kept, lengths, States(h, c))
        found = run_backward(
            ctx.layer,
            ctx.sizes,
            done,
            Weights(tuple(weights)),
            _merged(from_outputs, from_h, from_c, ctx.sizes, lengths),
            Wanted(*needs[:4]),
        )
        dx = None if found.inputs is None else _summed(found.inputs)
        return None, None, None, dx, found.h, found.c, found.states, *found.weights


def _summed(inputs: Tensor) -> Tensor:
    return inputs[0] if len(inputs) == 1 else inputs[0] + inputs[1]


def _merged(
    outputs: Tensor | None, h: Tensor | None, c: Tensor | None, sizes: Sizes, lengths: Tensor | None
) -> Given:
    """The gradient of the last h is that of an output where both are asked for."""
    c = None if c is None else c.contiguous()
    if outputs is None or h is None:
        dense = None if outputs is None else dense_features(outputs)
        return Given(dense, None if h is None else h.contiguous(), c)
    merged = outputs.clone(memory_format=torch.contiguous_format)
    examples = torch.arange(sizes.batch)
    last = torch.full_like(examples, sizes.steps) if lengths is None else lengths
    places: Sequence[Tensor] = (last - 1, torch.zeros_like(examples))
    for number, each in enumerate(h):
        units = slice(number * sizes.units, (number + 1) * sizes.units)
        merged[examples, places[number], units] += each
    return Given(merged, None, c)
