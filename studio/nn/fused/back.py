"""The backward pass of a layer: buffers, and the jobs of its kernels."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from studio.nn.fused.ahead import MOST_ROWS
from studio.nn.fused.buffers import (
    Layer,
    Sizes,
    States,
    Weights,
    address_of,
    job_of,
    of_sizes,
    rows_of,
)  # fmt: skip
from studio.nn.fused.kernel_names import PANEL_GAP
from studio.nn.fused.packed import pack_back

_CHUNK_FLOATS = 72_000  # gradients and states that are gathered at once: half of a usual L2 cache
_LEAST_CHUNK_ROWS = 64


class Given(NamedTuple):
    """Gradients that come from above; None where nothing asks for one."""

    outputs: Tensor | None
    h: Tensor | None
    c: Tensor | None


class Wanted(NamedTuple):
    """Which gradients are asked for beside those of the weights."""

    inputs: bool
    h: bool
    c: bool
    states: bool


class Found(NamedTuple):
    """Gradients: of the inputs, initial states, each state (as the outputs lie), and weights."""

    inputs: Tensor | None
    h: Tensor | None
    c: Tensor | None
    states: Tensor | None
    weights: tuple[Tensor, ...]


@dataclass(frozen=True)
class Done:
    """What a forward pass leaves for the backward pass."""

    inputs: Tensor
    outputs: Tensor
    kept: Tensor | None
    lengths: Tensor | None
    before: States


class _Plan(NamedTuple):
    """How the batch and the steps are cut, and what each shard needs."""

    shards: int
    pieces: int
    chunk: int
    scratch_stride: int
    sums_stride: int


def run_backward(  # noqa: PLR0913, PLR0917 - what a layer reads
    layer: Layer, sizes: Sizes, done: Done, weights: Weights, given: Given, wanted: Wanted
) -> Found:
    """All gradients that are wanted."""
    plan = _plan(layer, sizes)
    packed, stride = pack_back(layer, sizes, weights, inputs=wanted.inputs)
    items = sizes.directions * plan.shards
    scratch, sums = torch.empty(items * plan.scratch_stride), torch.empty(items * plan.sums_stride)
    found = _room(sizes, done, weights, wanted)
    job = job_of(
        ITEMS=items,
        SHARDS=plan.shards,
        PIECES=plan.pieces,
        SCRATCH=scratch.data_ptr(),
        SCRATCH_STRIDE=plan.scratch_stride,
        LENGTHS=address_of(done.lengths),
        H0=done.before.h.data_ptr(),
        C0=address_of(done.before.c),
        KEPT=address_of(done.kept),
        PACKED=packed.data_ptr(),
        PACKED_STRIDE=stride,
        DHN=address_of(given.h),
        DCN=address_of(given.c),
        DSTATES=address_of(found.states),
        DX=address_of(found.inputs),
        DH0=address_of(found.h),
        DC0=address_of(found.c),
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=plan.sums_stride,
        CHUNK=plan.chunk,
        **of_sizes(sizes),
        **rows_of("X", done.inputs),
        **rows_of("OUT", done.outputs),
        **({} if given.outputs is None else rows_of("DOUT", given.outputs)),
    )
    layer.library.run("backward", job, layer.threads)
    _collect(layer, sizes, plan, sums, found)
    return found


def _plan(layer: Layer, sizes: Sizes) -> _Plan:
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


def _room(sizes: Sizes, done: Done, weights: Weights, wanted: Wanted) -> Found:
    """Where the gradients go."""
    of_inputs = sizes.directions, sizes.batch, sizes.steps, sizes.inputs
    return Found(
        inputs=torch.empty(of_inputs) if wanted.inputs else None,
        h=torch.empty_like(done.before.h) if wanted.h else None,
        c=torch.empty_like(done.before.h) if wanted.c else None,
        states=torch.empty_like(done.outputs) if wanted.states else None,
        weights=tuple(torch.empty_like(weight) for weight in weights.each),
    )


def _collect(layer: Layer, sizes: Sizes, plan: _Plan, sums: Tensor, found: Found) -> None:
    """Adds the shards' sums."""
    weights = Weights(found.weights)
    job = job_of(
        ITEMS=sizes.directions * len(layer.cell.torch_h),
        SHARDS=plan.shards,
        SUMS=sums.data_ptr(),
        SUMS_STRIDE=plan.sums_stride,
        **of_sizes(sizes),
        **weights.fields(),
    )
    layer.library.run("collect", job, layer.threads_for(weights))
