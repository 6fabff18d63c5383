"""The backward pass of a layer: buffers, and jobs for its kernels."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.engines.fused.buffers import (
    Layer,
    LayerSizes,
    LayerTensors,
    States,
    address_of,
    kernel_arguments,
    row_arguments,
    size_arguments,
)  # fmt: skip
from studio.nn.engines.fused.forward_pass import MOST_ROWS
from studio.nn.engines.fused.kernel_names import PANEL_GAP
from studio.nn.engines.fused.pack_weights import pack_back

_CHUNK_FLOATS = 72_000  # gradients and states of a chunk: half of a typical L2 cache
_LEAST_CHUNK_ROWS = 64


class OutputGradients(NamedTuple):
    """Gradients of a layer's outputs and final states; None if there is none."""

    outputs: Tensor | None
    h: Tensor | None
    c: Tensor | None


class RequestedGradients(NamedTuple):
    """Which gradients are needed besides those of the weights."""

    inputs: bool
    h: bool
    c: bool
    states: bool


class Gradients(NamedTuple):
    """Gradients of inputs, initial states, each state (in the layout of outputs), and weights."""

    inputs: Tensor | None
    h: Tensor | None
    c: Tensor | None
    states: Tensor | None
    weights: tuple[Tensor, ...]


@dataclass(frozen=True)
class SavedForward:
    """What a forward pass saves for the backward pass."""

    inputs: Tensor
    outputs: Tensor
    kept: Tensor | None
    lengths: Tensor | None
    before: States


class _Plan(NamedTuple):
    """How batch and steps are divided, and the memory per shard."""

    shards: int
    pieces: int
    chunk: int
    scratch_stride: int
    sums_stride: int


def run_backward(  # noqa: PLR0913, PLR0917 - the inputs of a layer
    layer: Layer,
    sizes: LayerSizes,
    saved: SavedForward,
    weights: LayerTensors,
    outer: OutputGradients,
    wanted: RequestedGradients,
) -> Gradients:
    """The requested gradients."""
    plan = _plan(layer, sizes)
    packed, stride = pack_back(layer, sizes, weights, inputs=wanted.inputs)
    items = sizes.directions * plan.shards
    scratch, sums = torch.empty(items * plan.scratch_stride), torch.empty(items * plan.sums_stride)
    gradients = _allocate(sizes, saved, weights, wanted)
    job = kernel_arguments(
        ITEMS=items,
        SHARDS=plan.shards,
        PIECES=plan.pieces,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=plan.scratch_stride,
        LENGTHS=address_of(saved.lengths),
        H0=saved.before.h.data_ptr(),
        C0=address_of(saved.before.c),
        KEPT=address_of(saved.kept),
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        DHN=address_of(outer.h),
        DCN=address_of(outer.c),
        DSTATES=address_of(gradients.states),
        DX=address_of(gradients.inputs),
        DH0=address_of(gradients.h),
        DC0=address_of(gradients.c),
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=plan.sums_stride,
        CHUNK=plan.chunk,
        **size_arguments(sizes),
        **row_arguments("X", saved.inputs),
        **row_arguments("OUT", saved.outputs),
        **({} if outer.outputs is None else row_arguments("DOUT", outer.outputs)),
    )
    layer.library.run("backward", job, layer.threads)
    _collect(layer, sizes, plan, sums, gradients)
    return gradients


def _plan(layer: Layer, sizes: LayerSizes) -> _Plan:
    cell, padded = layer.cell, sizes.unit_blocks * sizes.lanes
    shards = sizes.shards(layer.threads)
    pieces = math.ceil(sizes.batch / (shards * MOST_ROWS))
    rows = math.ceil(sizes.batch / (shards * pieces))
    of_row = (cell.blocks + 1) * padded + sizes.inputs + 1
    chunk_rows = max(_LEAST_CHUNK_ROWS, _CHUNK_FLOATS // of_row)
    chunk = max(2, min(sizes.steps, chunk_rows // rows))
    gaps = (cell.blocks + 1) * sizes.unit_blocks * PANEL_GAP
    scratch = chunk * rows * of_row + gaps + (rows + 1) * padded + 8 * rows
    read = len(cell.torch_h) * padded + len(cell.torch_x) * (sizes.inputs + 1) + cell.first_x
    return _Plan(shards, pieces, chunk, scratch + -scratch % 16, padded * read)


def _allocate(
    sizes: LayerSizes, saved: SavedForward, weights: LayerTensors, wanted: RequestedGradients
) -> Gradients:
    of_inputs = sizes.directions, sizes.batch, sizes.steps, sizes.inputs
    return Gradients(
        inputs=torch.empty(of_inputs) if wanted.inputs else None,
        h=torch.empty_like(saved.before.h) if wanted.h else None,
        c=torch.empty_like(saved.before.h) if wanted.c else None,
        states=torch.empty_like(saved.outputs) if wanted.states else None,
        weights=tuple(torch.empty_like(weight) for weight in weights.tensors),
    )


def _collect(
    layer: Layer, sizes: LayerSizes, plan: _Plan, sums: Tensor, gradients: Gradients
) -> None:
    """Adds the sums of all shards to the weight gradients."""
    weights = LayerTensors(gradients.weights)
    job = kernel_arguments(
        ITEMS=sizes.directions * len(layer.cell.torch_h),
        SHARDS=plan.shards,
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=plan.sums_stride,
        **size_arguments(sizes),
        **weights.fields(),
    )
    layer.library.run("collect", job, layer.threads_for(weights))
